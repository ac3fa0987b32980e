"""Animations as MP4, where ffmpeg is there and where it is not."""

import shutil
import subprocess

import matplotlib as mpl
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan
from lsgan_analytic import plotting

FFMPEG = shutil.which("ffmpeg")
X = np.linspace(-3, 6, 31)


@pytest.fixture
def path():
    return lsgan.trajectory(CASES["A"].game, lsgan.Simultaneous(0.4), CASES["A"].players, steps=8)


def test_without_ffmpeg_the_error_names_what_to_do(path, tmp_path):
    with (
        mpl.rc_context({"animation.ffmpeg_path": "no_such_program"}),
        pytest.raises(RuntimeError, match=r"ffmpeg, which is not found at 'no_such_program'.* write a \.gif"),
    ):
        plotting.animate(path, CASES["A"].game, X, tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(FFMPEG is None, reason="needs ffmpeg")
def test_a_film_has_a_frame_for_each_point_that_is_shown(path, tmp_path):
    """Counted by ffmpeg itself; an odd number of pixels is made even, as H.264 wants it."""
    file = plotting.animate(path, CASES["A"].game, X, tmp_path / "a.mp4", frames=3, size=(4.51, 2.81))
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp4"]
    command = [str(FFMPEG), "-i", str(file), "-map", "0:v", "-f", "null", "-"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    assert "frame=    3" in said
    assert "yuv420p" in said
    assert "450x280" in said
