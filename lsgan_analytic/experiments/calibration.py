"""Is `predict` right about whole laws: Mahalanobis distances of simulated ends, quantile against quantile."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, listed, plain
from ._cases import Case, CASE_A, CASE_B
from ._ensembles import Free
from ._run import Arrays, Experiment, side_by_side
from ._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_SETTINGS: dict[str, tuple[Free, Literal["fixed", "fresh"]]] = {
    "2-D, fixed": (("b", "h"), "fixed"),
    "2-D, fresh": (("b", "h"), "fresh"),
    "4-D, fixed": (None, "fixed"),
}
_COLORS = (VERMILION, ORANGE, GREEN, SKY)
_MARKS = {"2-D, fixed": (BLUE, "o"), "2-D, fresh": (GREEN, "s"), "4-D, fixed": (VERMILION, "^")}
_TOP = 60.0  # of the distances that are drawn


@dataclass(frozen=True)
class Config:
    """Ensembles of drawn points and, for many samples, of counts on nodes of the laws.

    ``level``: of the ellipsoids whose share of ends is counted, and of bands.
    """

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    samples: tuple[int, ...] = (30, 100, 1000)
    on_nodes: tuple[int, ...] = (1000, 10_000, 100_000)
    runs: int = 500
    updates: int = 249
    step: float = 0.4
    seed: int = 2021
    level: float = 0.95

    def quick(self) -> Self:
        return replace(self, samples=(30, 100), on_nodes=(1000,), runs=20, updates=30)


def compute(config: Config) -> Arrays:
    """Of every case and setting: sorted distances (samples, runs), of points and on nodes."""
    parts = side_by_side(*(partial(_setting, config, setting) for setting in _SETTINGS))
    data = {"samples": np.asarray(config.samples), "on_nodes": np.asarray(config.on_nodes)}
    return data | {name: values for part in parts for name, values in part.items()}


def _setting(config: Config, setting: str) -> Arrays:
    """Both cases. Bias and covariance are predicted once: both go with 1/m."""
    free, protocol = _SETTINGS[setting]
    data, rule = {}, lsgan.Simultaneous(step=config.step)
    for case in config.cases:
        band = lsgan.predict(
            case.game(),
            rule,
            case.players(),
            samples=config.samples[-1],
            steps=config.updates,
            free=free,
            protocol=protocol,
        )
        ends = partial(_distances, config, case, setting, rule, band)
        data |= {
            f"distances_{case.name}_{setting}": np.stack([ends(m, None) for m in config.samples]),
            f"node_distances_{case.name}_{setting}": np.stack([ends(m, "auto") for m in config.on_nodes]),
        }
    return data


def _distances(
    config: Config,
    case: Case,
    setting: str,
    rule: lsgan.Simultaneous,
    band: lsgan.Band,
    samples: int,
    nodes: Literal["auto"] | None,
) -> np.ndarray:
    """Of the ends from the predicted mean in predicted sd, sorted; infinite where a run stops early."""
    free, protocol = _SETTINGS[setting]
    runs = lsgan.simulate(
        case.game(),
        rule,
        case.players(),
        key=jax.random.key(config.seed),
        runs=config.runs,
        samples=samples,
        steps=config.updates,
        save_every=config.updates,
        free=free,
        protocol=protocol,
        nodes=nodes,
    )
    scale = config.samples[-1] / samples
    off = np.asarray(runs.values[:, -1]) - np.asarray(band.mean[-1] + scale * band.bias[-1])
    weights = np.linalg.pinv(scale * np.asarray(band.covariance[-1]), hermitian=True)
    distances = np.sqrt(np.einsum("ri,ij,rj->r", off, weights, off))
    return np.sort(np.where(np.asarray(runs.completed), distances, np.inf))


def _dimension(setting: str) -> int:
    free, _ = _SETTINGS[setting]
    return 4 if free is None else len(free)


def expected(runs: int, setting: str, level: float) -> tuple[np.ndarray, np.ndarray]:
    """(runs,) quantiles of the chi law, and the (2, runs) band in which each sorted distance then falls."""
    from scipy import stats

    law, ranks = stats.chi(_dimension(setting)), np.arange(1, runs + 1)
    order = stats.beta(ranks, runs + 1 - ranks)  # of the sorted probabilities
    return law.ppf((ranks - 0.5) / runs), law.ppf(np.stack([order.ppf(tail) for tail in _tails(level)]))


def _tails(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def share_inside(distances: np.ndarray, setting: str, level: float) -> np.ndarray:
    """The share of the ends in the predicted ellipsoid that should hold ``level`` of them."""
    from scipy import stats

    return np.mean(distances <= stats.chi(_dimension(setting)).ppf(level), axis=-1)


def plot(data: Arrays, config: Config) -> "Figure":
    """A row for each case: Q-Q of each setting, and the share of the ends in the ellipsoid against m."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.2), layout="constrained")
    panels = figure.subplots(2, 4)
    for case, row, letters in zip(config.cases, panels, ("abcd", "efgh"), strict=True):
        for setting, axes, letter in zip(_SETTINGS, row, letters, strict=False):
            _draw_quantiles(axes, data, case.name, setting, config)
            panel_letter(axes, letter, f"Case {case.name}: {setting}")
        _draw_shares(row[3], data, case.name, config)
        panel_letter(row[3], letters[3], f"ends in the {100 * config.level:g} % set")
        row[0].set_ylabel("simulated distance")
    for axes in panels[1, :3]:
        axes.set_xlabel(r"predicted distance ($\chi$)")
    panels[1, 3].set_xlabel("samples $m$")
    panels[0, 0].legend(
        loc="upper left", frameon=False, handletextpad=0.1, borderaxespad=0.1, labelspacing=0.2, markerscale=2
    )
    panels[0, 3].legend(
        loc="lower right", frameon=False, handlelength=1.2, labelspacing=0.2, title="hollow: on nodes"
    )
    return figure


def _draw_quantiles(axes: "Axes", data: Arrays, case: str, setting: str, config: Config) -> None:
    """Points, and the most samples on nodes."""
    every = [*data[f"distances_{case}_{setting}"], data[f"node_distances_{case}_{setting}"][-1]]
    quantiles, band = expected(every[0].size, setting, config.level)
    axes.fill_between(quantiles, *band, color=GREY, alpha=0.3, linewidth=0)
    axes.plot(quantiles, quantiles, color=BLACK, linewidth=0.6)
    colors = (*_COLORS[: len(every) - 1], _COLORS[-1])
    for samples, distances, color in zip(
        (*data["samples"], data["on_nodes"][-1]), every, colors, strict=True
    ):
        look = {"color": color, "markersize": 2.2, "label": f"$m={_short(int(samples))}$", "rasterized": True}
        axes.plot(quantiles, distances, ".", **look)
    axes.set(xscale="log", yscale="log", xlim=(0.05, 6), ylim=(0.03, _TOP))
    axes.set_xticks((0.1, 1), ("0.1", "1"))
    axes.set_yticks((0.1, 1, 10), ("0.1", "1", "10"))
    beyond = int(np.sum(np.stack(every) > _TOP))
    if beyond:
        axes.text(0.97, 0.03, f"{beyond} above", transform=axes.transAxes, ha="right")


def _short(samples: int) -> str:
    """As it is said: 30, 10^5."""
    power = len(str(samples)) - 1
    return f"10^{power}" if samples == 10**power and power > 3 else str(samples)


def _draw_shares(axes: "Axes", data: Arrays, case: str, config: Config) -> None:
    """Filled: points; hollow: on nodes."""
    from scipy import stats

    low, high = (
        stats.binom(config.runs, config.level).ppf(tail) / config.runs for tail in _tails(config.level)
    )
    axes.axhspan(low, high, color=GREY, alpha=0.3, linewidth=0)
    for setting, (color, marker) in _MARKS.items():
        for kind, m, face, label in (
            ("distances", "samples", color, setting),
            ("node_distances", "on_nodes", "white", None),
        ):
            share = share_inside(data[f"{kind}_{case}_{setting}"], setting, config.level)
            look = {"color": color, "marker": marker, "markersize": 3.5, "markerfacecolor": face}
            axes.plot(data[m], share, label=label, **look)
    axes.set(xscale="log", ylim=(0, 1.03), ylabel="share of the ends")


def caption(data: Arrays, config: Config) -> str:
    """What is compared, and the shares of the ends in the ellipsoids against m."""
    counts = [listed([str(m) for m in data[name]]) for name in ("samples", "on_nodes")]
    parts = []
    for case in config.cases:
        shares = []
        for setting in _SETTINGS:
            both = [data[f"{kind}_{case.name}_{setting}"] for kind in ("distances", "node_distances")]
            told = [100 * share_inside(one, setting, config.level) for one in both]
            texts = [", ".join(plain(one, 3) for one in some) for some in told]
            shares.append(f"{setting}: {texts[0]} % and {texts[1]} %")
        parts.append(f"Case {case.name}: {'; '.join(shares)}")
    return (
        f"{config.runs} runs of {config.updates} simultaneous steps of size {given(config.step)} (seed "
        f"{config.seed}), each on m = {counts[0]} points of either law, and on counts on nodes of the laws "
        f"that stand for m = {counts[1]} points. Fixed: every run keeps its points; fresh: new ones at every "
        "step. First three columns: the sorted Mahalanobis distances of the ends from mean and covariance of "
        f"`predict` (the largest m: on nodes) against quantiles of the chi law; on the line: calibrated; "
        f"grey: where each would fall in {given(100 * config.level)} % of repetitions. A run that stops "
        f"early is infinitely far; how many are above a panel is said there. Last column: the share of the "
        "ends in the set predicted to hold "
        f"{given(100 * config.level)} % of them; filled: points, hollow: nodes; grey: where "
        f"{given(100 * config.level)} % of shares of {config.runs} calibrated runs are. For these m it is, "
        f"on points and on nodes, {'. '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "calibration",
        "End points against the law that `predict` gives them: calibrated on fresh points at every sample "
        "size tried, on fixed points only with enough of them",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
