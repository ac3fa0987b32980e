"""How the verdicts are drawn against the width, and what is said of them."""

from typing import TYPE_CHECKING

import numpy as np

from .._captions import given, listed, of
from .._run import Arrays
from .._style import BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION
from ._config import Config

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_BOTH = 0.1  # of the mass on the poorer side: both modes are covered


_COLORS = {
    "saturating": VERMILION,
    "saturating, alternating": ORANGE,
    "saturating, R1": BLUE,
    "non-saturating": GREEN,
    "least squares": GREY,
}


def plot(data: Arrays, config: Config) -> "Figure":
    """Each claim against the width: medians over seeds, and every seed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.4), layout="constrained")
    (slopes, lesser, hops), (rules, penalty, key) = figure.subplots(2, 3)
    found, late = data, data["slopes"]
    for k, (name, color) in enumerate({"saturating": VERMILION, "non-saturating": GREEN}.items()):
        _draw(slopes, config, np.maximum(late[..., k], 1e-4), name, color)
    slopes.text(0.98, 0.12, "lowest points: 0, D is flat", transform=slopes.transAxes, ha="right")
    slopes.set(yscale="log", ylabel=r"$|\mathrm{d} J_G/\mathrm{d}\,$shift$|$ at a gap of 10 s.d.")
    panel_letter(slopes, "a", "claim 4 holds: saturating slopes are small")
    for name in ("saturating", "non-saturating", "least squares"):
        _draw(lesser, config, found["lesser"][list(_COLORS).index(name)], name, _COLORS[name])
        _draw(hops, config, found["hops"][list(_COLORS).index(name)], name, _COLORS[name])
    both = found["lesser"][list(_COLORS).index("saturating")] >= _BOTH
    lesser.axhline(_BOTH, color=GREY, linewidth=0.6, linestyle=":")
    lesser.text(
        0.98,
        0.04,
        f"saturating: {both.sum()} of {both.size} above .1",
        transform=lesser.transAxes,
        ha="right",
    )
    lesser.set(ylim=(-0.06, 0.52), ylabel="mass on the poorer side at the end")
    panel_letter(lesser, "b", "claim 9: most starts cover both modes")
    hops.set(ylabel=f"hops between modes, last {config.steps // 2} steps", ylim=(-0.5, 5))
    panel_letter(hops, "c", "claim 13: no mode hopping")
    for axes, other in ((rules, "saturating, alternating"), (penalty, "saturating, R1")):
        for name in ("saturating", other):
            _draw(axes, config, found["motion"][list(_COLORS).index(name)], name, _COLORS[name])
        axes.set(yscale="log", ylabel=f"motion of $G$ in {config.every} steps, late")
    panel_letter(rules, "d", "claim 15: alternation changes nothing")
    panel_letter(penalty, "e", "claim 18: R1 changes little")
    key.axis("off")
    for name, color in _COLORS.items():
        key.plot([], [], "o-", color=color, markersize=4, label=name)
    key.legend(
        loc="center", frameon=False, title=f"lines: medians of {config.seeds} starts\npoints: every start"
    )
    return figure


def _draw(axes: "Axes", config: Config, values: np.ndarray, name: str, color: str) -> None:
    """(widths, seeds) against the width."""
    widths = np.asarray(config.widths)
    shift = 1.06 ** (list(_COLORS).index(name) - 2)
    axes.plot(
        np.repeat(widths * shift, values.shape[1]), values.ravel(), ".", color=color, markersize=2, alpha=0.7
    )
    axes.plot(widths * shift, np.median(values, axis=1), "o-", color=color, markersize=4, linewidth=1)
    axes.set_xscale("log", base=2)
    axes.set_xticks(widths, [str(width) for width in widths])
    axes.set(xlabel="hidden units")


def caption(data: Arrays, config: Config) -> str:
    """What is drawn, and how many starts cover both modes."""
    lesser = dict(zip(_COLORS, data["lesser"], strict=True))
    covered = [
        f"{name} {of(int((lesser[name] >= _BOTH).sum()), lesser[name].size)}"
        for name in ("saturating", "non-saturating", "least squares")
    ]
    return (
        f"Networks of one hidden layer, both players of the same width, {config.seeds} starts each; two "
        "modes "
        f"at +-{given(config.mode)} of s.d. {given(config.std)}; SGD with batches of {config.batch}, "
        f"{config.steps} steps of size {given(config.pace)}/width. Large marks: medians, small ones: every "
        "start. (a) Slope of the generator's objective in a shift of a narrow generated law "
        f"{given(config.gap / config.narrow)} s.d. from equally narrow data, D trained. (b) Generated mass "
        "on "
        f"the poorer side of 0 at the end; at least {given(_BOTH)} in {listed(covered)} starts. (c) How "
        "often "
        f"the mean of the generated points changes sides in the second half of the steps: "
        f"{int(data['hops'].sum())} times in all runs together. (d, e) Mean motion of the quantiles of the "
        f"generated law in {config.every} steps, second half: alternating steps, and R1 of strength "
        f"{given(config.strength)}, beside simultaneous steps without a penalty."
    )
