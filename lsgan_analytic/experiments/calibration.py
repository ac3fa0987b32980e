"""Is `predict` right about whole laws: Mahalanobis distances of simulated ends, quantile against quantile."""

from dataclasses import dataclass, replace
from typing import Literal, Self, TYPE_CHECKING

import jax
import numpy as np
from scipy import stats

import lsgan_analytic as lsgan

from ._captions import given, listed, plain
from ._cases import Case, CASE_A, CASE_B
from ._ensembles import Free
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SETTINGS: dict[str, tuple[Free, Literal["fixed", "fresh"]]] = {
    "2-D, fixed": (("b", "h"), "fixed"),
    "2-D, fresh": (("b", "h"), "fresh"),
    "4-D, fixed": (None, "fixed"),
}
_COLORS = (VERMILION, ORANGE, GREEN, BLUE)
_LOOKS = {"2-D, fixed": (BLUE, "o"), "2-D, fresh": (GREEN, "s"), "4-D, fixed": (VERMILION, "^")}


@dataclass(frozen=True)
class Config:
    """Runs of so many samples each; ``level``: of the ellipses whose share of ends is counted, and of bands."""

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    samples: tuple[int, ...] = (30, 100, 300, 1000)
    runs: int = 200
    updates: int = 249
    step: float = 0.4
    seed: int = 2021
    level: float = 0.95

    def quick(self) -> Self:
        return replace(self, samples=(30, 100), runs=20, updates=30)


def compute(config: Config) -> Arrays:
    """Of every case and setting: (samples, runs) distances, sorted, and the largest nonlinearity at the end."""
    data: Arrays = {"samples": np.asarray(config.samples)}
    for case in config.cases:
        for setting in _SETTINGS:
            found = [_ends(config, case, setting, samples) for samples in config.samples]
            distances, nonlinearity = zip(*found, strict=True)
            data |= {
                f"distances_{case.name}_{setting}": np.stack(distances),
                f"nonlinearity_{case.name}_{setting}": np.asarray(nonlinearity),
            }
    return data


def _ends(config: Config, case: Case, setting: str, samples: int) -> tuple[np.ndarray, float]:
    """Distances of the ends from the predicted mean in predicted sd; a run that stops early is infinitely far."""
    free, protocol = _SETTINGS[setting]
    game, rule, start = case.game(), lsgan.Simultaneous(step=config.step), case.players()
    band = lsgan.predict(
        game, rule, start, samples=samples, steps=config.updates, free=free, protocol=protocol
    )
    runs = lsgan.simulate(
        game,
        rule,
        start,
        key=jax.random.key(config.seed),
        runs=config.runs,
        samples=samples,
        steps=config.updates,
        save_every=config.updates,
        free=free,
        protocol=protocol,
    )
    off = np.asarray(runs.values[:, -1]) - np.asarray(band.mean[-1] + band.bias[-1])
    weights = np.linalg.pinv(np.asarray(band.covariance[-1]), hermitian=True)
    distances = np.sqrt(np.einsum("ri,ij,rj->r", off, weights, off))
    distances = np.where(np.asarray(runs.completed), distances, np.inf)
    return np.sort(distances), float(np.asarray(band.nonlinearity)[-1].max())


def _dimension(setting: str) -> int:
    free, _ = _SETTINGS[setting]
    return 4 if free is None else len(free)


def _expected(runs: int, setting: str, level: float) -> tuple[np.ndarray, np.ndarray]:
    """(runs,) quantiles of the chi law, and the (2, runs) band in which each sorted distance then falls."""
    law, ranks = stats.chi(_dimension(setting)), np.arange(1, runs + 1)
    order = stats.beta(ranks, runs + 1 - ranks)  # of the sorted probabilities
    return law.ppf((ranks - 0.5) / runs), law.ppf(np.stack([order.ppf(q) for q in _tails(level)]))


def _tails(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def share_inside(distances: np.ndarray, setting: str, level: float) -> np.ndarray:
    """The share of the ends in the predicted ellipsoid that should hold ``level`` of them."""
    return np.mean(distances <= stats.chi(_dimension(setting)).ppf(level), axis=-1)


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each case: Q-Q of each setting, and the share of the ends in the ellipsoid against m."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.1), layout="constrained")
    panels = figure.subplots(2, 4)
    for case, row, letters in zip(config.cases, panels, ("abcd", "efgh"), strict=True):
        for setting, axes, letter in zip(_SETTINGS, row, letters, strict=False):
            _draw_quantiles(axes, data, case.name, setting, config)
            panel_letter(axes, letter, f"Case {case.name}: {setting}")
        _draw_shares(row[3], data, case.name, config)
        panel_letter(row[3], letters[3], f"in the {config.level:.0%} ellipsoid")
        row[0].set_ylabel("simulated distance")
    for axes in panels[1, :3]:
        axes.set_xlabel(r"predicted distance ($\chi$)")
    panels[1, 3].set_xlabel("samples $m$")
    panels[0, 0].legend(loc="upper left", frameon=False, handletextpad=0.1, borderaxespad=0.1, fontsize=7)
    panels[1, 3].legend(loc="lower right", frameon=False, handlelength=1.2)
    return figure


def _draw_quantiles(axes: "Axes", data: Arrays, case: str, setting: str, config: Config) -> None:
    every = data[f"distances_{case}_{setting}"]
    expected, band = _expected(every.shape[1], setting, config.level)
    axes.fill_between(expected, *band, color=GREY, alpha=0.3, linewidth=0)
    axes.plot(expected, expected, color=BLACK, linewidth=0.6)
    for samples, distances, color in zip(data["samples"], every, _COLORS, strict=False):
        axes.plot(
            expected, distances, ".", color=color, markersize=2.2, label=f"$m={samples}$", rasterized=True
        )
    axes.set(xscale="log", yscale="log", xlim=(0.05, 6), ylim=(0.05, 200))
    axes.set_xticks((0.1, 1), ("0.1", "1"))
    axes.set_yticks((0.1, 1, 10, 100), ("0.1", "1", "10", "100"))
    beyond = int(np.sum(every > axes.get_ylim()[1]))
    if beyond:
        text = f"{beyond} above"
        axes.text(0.97, 0.97, text, transform=axes.transAxes, ha="right", va="top", fontsize="small")


def _draw_shares(axes: "Axes", data: Arrays, case: str, config: Config) -> None:
    low, high = (stats.binom(config.runs, config.level).ppf(q) / config.runs for q in _tails(config.level))
    axes.axhspan(low, high, color=GREY, alpha=0.3, linewidth=0)
    axes.axhline(config.level, color=BLACK, linewidth=0.6)
    for setting, (color, marker) in _LOOKS.items():
        share = share_inside(data[f"distances_{case}_{setting}"], setting, config.level)
        axes.plot(data["samples"], share, color=color, marker=marker, markersize=3.5, label=setting)
    axes.set(xscale="log", ylim=(0, 1.03), ylabel="share of the ends")


def caption(data: Arrays, config: Config) -> str:
    """What is compared, and the shares of the ends in the ellipsoids against m."""
    parts = []
    for case in config.cases:
        shares = []
        for setting in _SETTINGS:
            share = share_inside(data[f"distances_{case.name}_{setting}"], setting, config.level)
            shares.append(f"{setting}: {', '.join(plain(100 * one, 3) for one in share)} %")
        parts.append(f"Case {case.name}: {'; '.join(shares)}")
    return (
        f"{config.runs} runs of {config.updates} simultaneous steps of size {given(config.step)} for every "
        f"m = {listed([str(m) for m in config.samples])} (seed {config.seed}); fixed: each run on its own m "
        "data and latent points; fresh: new ones at every step. Left: the sorted Mahalanobis distances of "
        "the ends from the mean and covariance of `predict` against quantiles of the chi law; on the line: "
        f"calibrated; grey: where each should fall in {given(100 * config.level)} % of repetitions. A run "
        "that stops early is infinitely far. Right: the share of the ends in the predicted "
        f"{given(100 * config.level)} % ellipsoid. For these m it is, {'. '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "calibration",
        "predicted and simulated distances of end points, quantile against quantile: where `predict` breaks",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
