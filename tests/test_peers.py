"""Published rules and penalties against the recorded numbers of their authors' released code."""

import pytest

from lsgan_analytic.experiments import conformance

RUNS = [(peer, name) for peer, recorded in conformance.RECORDED.items() for name in recorded["runs"]]
#: compiled by every run of the tests; the others with ``-m slow``
PLAIN = {
    "WGAN_clip/alternating5",
    "WGAN_GP/simultaneous",
    "GAN_consensus/simultaneous",
    "start (2, 0.5)/New Extragradient",
    "start (2, 0.5)/Extragradient",
    "f3/follow the ridge",
    "f3/symplectic",
}


@pytest.mark.parametrize(
    ("peer", "name"),
    [pytest.param(*run, marks=() if run[1] in PLAIN else pytest.mark.slow) for run in RUNS],
)
def test_ours_agrees_or_there_is_a_reason(peer, name):
    """A row with a reason differs by far where it does; its extrapolated point may never be projected."""
    found = conformance.difference(peer, name)
    if (peer, conformance.row_of(peer, name)) in conformance.REASONS:
        assert found > 0.05 or name == "start (0.3, 0.2)/Extragradient"
    else:
        assert found <= conformance.AGREE


def test_the_cell_called_adam_is_rmsprop(monkeypatch):
    runs = conformance.RECORDED[conformance.BILINEAR]["runs"]
    monkeypatch.setitem(runs, "start (2, 0.5)/RMSProp", runs["start (2, 0.5)/Adam"])
    assert conformance.difference(conformance.BILINEAR, "start (2, 0.5)/RMSProp") <= conformance.AGREE


def test_every_origin_is_named():
    for recorded in conformance.RECORDED.values():
        assert recorded["repository"].startswith("github.com/")
        assert len(recorded["commit"]) == 40
        assert recorded["licence"] == "MIT"
