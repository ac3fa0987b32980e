"""The pages that are made from the package and from the registry of experiments."""

import importlib.util
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import lsgan_analytic as lsgan
from lsgan_analytic import plotting
from lsgan_analytic.experiments._all import EXPERIMENTS
from lsgan_analytic.experiments.claims import CLAIMS

ROOT = Path(__file__).parents[1]
_spec = importlib.util.spec_from_file_location("generated_pages", ROOT / "docs" / "generated_pages.py")
assert _spec is not None
assert _spec.loader is not None
pages = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(pages)


def test_every_public_name_is_in_the_api_page():
    text = pages.api()
    source = Path(lsgan.__file__).read_text(encoding="utf-8")
    exported = {line.split(" as ")[1].split(",")[0].strip() for line in source.splitlines() if " as " in line}
    exported |= {"Flow", "flow", "path_distance", "Evidence", "Outcome", "Path", "trajectory"}
    for name in exported - {"proofs"}:
        assert f"\n### {name}\n" in text, name


def test_a_name_without_a_docstring_is_refused():
    with pytest.raises(ValueError, match=r"lsgan\.bare has no docstring"):
        pages.documented("bare", lambda: None)


def test_an_inherited_docstring_is_none():
    class Bare(lsgan.Simultaneous):
        pass

    with pytest.raises(ValueError, match=r"lsgan\.Bare has no docstring"):
        pages.documented("Bare", Bare)


def test_the_gallery_has_every_experiment_once(tmp_path):
    text = pages.gallery(tmp_path)
    shown = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert shown == [name for name, one in EXPERIMENTS.items() if one not in CLAIMS]
    for name in shown:
        assert f"lsgan {name}\n" in text
        drawn = (ROOT / "figures" / f"{name}.png").exists()  # tests/test_experiments.py: whether it is
        assert (tmp_path / f"{name}.png").exists() == drawn


def test_the_claims_page_has_every_claim(tmp_path):
    text = pages.claims(tmp_path)
    for claim in CLAIMS:
        assert f"\n## {claim.number}. " in text
        assert f"python -m experiments {claim.name}`" in text


def test_captions_are_of_experiments():
    captions = tomllib.loads((ROOT / "docs" / "captions.toml").read_text(encoding="utf-8"))
    assert captions.keys() <= EXPERIMENTS.keys()


def test_every_kind_of_picture_is_shown():
    """Every public name of ``plotting`` is on its page; functions are called there, or drawn by another."""
    text = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
    cells = "".join(re.findall(r"```\{code-cell\}\n(.*?)```", text, re.DOTALL))
    parts = {"streamlines", "nullclines", "plateau"}  # of phase_portrait
    for name in (name for name in vars(plotting) if not name.startswith("_")):
        value = getattr(plotting, name)
        if inspect.isfunction(value) and name not in parts:
            assert f"plotting.{name}(" in cells, name
        elif not inspect.ismodule(value):
            assert f"`{name}`" in text, name
