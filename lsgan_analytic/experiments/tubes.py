"""Mean +- 3 standard deviations of stochastic runs against the iteration, predicted and simulated."""

from dataclasses import dataclass, field, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._cases import Case, CASE_A, CASE_B
from ._ensembles import BREAKS, Free, Play
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, GREY, panel_letter, PARAMETER_COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RARE = 0.15  # a relative error of the simulated sd that is told
_FAR, _NODES = 9.0, 20001  # of the latent law, by the trapezoidal rule: beyond, the density is below 1e-17


@dataclass(frozen=True)
class Config:
    """Both cases; ``free`` parameters move (None: all four)."""

    free: Free
    height: float
    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    play: Play = field(default_factory=Play)
    sigmas: float = 3.0

    def quick(self) -> Self:
        return replace(self, play=self.play.quick())


def compute(config: Config) -> Arrays:
    """For each case (T, k) means and sds, predicted and simulated, and the (T,) nonlinearity."""
    data = {}
    for case in config.cases:
        runs, band = config.play.simulate(case, config.free), config.play.predict(case, config.free)
        data |= {
            f"predicted_mean_{case.name}": np.asarray(band.mean + band.bias),
            f"predicted_std_{case.name}": np.asarray(band.std),
            f"simulated_mean_{case.name}": np.asarray(runs.mean),
            f"simulated_std_{case.name}": np.asarray(runs.std),
            **_first_step(config, case),
            f"nonlinearity_{case.name}": np.asarray(band.nonlinearity).max(axis=-1),
            "names": np.asarray(band.names),
        }
    return data


def _first_step(config: Config, case: Case) -> Arrays:
    """Of the first step and the free parameters of the generator, 0 for the others: (k,) kurtosis of what one
    latent point adds, and standard error of the sd of the runs over the sd, sqrt((kurtosis - 3)/m + 2)/sqrt(4 R).
    """
    game, players = case.game(), case.players()
    z = jnp.linspace(0.0, _FAR, _NODES)
    weights = jax.vmap(game.latent.pdf)(z) * (z[1] - z[0])

    def term(gen: lsgan.Square, z: jax.Array) -> jax.Array:
        return jnp.square(1 - players.disc(gen(z)))

    pulls = jax.vmap(jax.grad(term), (None, 0))(players.gen, z)
    kurtosis = dict.fromkeys(parameters := lsgan.parameter_names(players), 3.0)
    for name in ("g", "h"):
        pull = getattr(pulls, name)
        off = pull - jnp.sum(weights * pull)
        kurtosis[name] = float(jnp.sum(weights * off**4) / jnp.sum(weights * off**2) ** 2)
    own = np.asarray([kurtosis[name] for name in config.free or parameters])
    error = np.sqrt(((own - 3) / config.play.samples + 2) / (4 * config.play.runs))
    return {f"kurtosis_{case.name}": own, f"std_error_{case.name}": error}


def plot(data: Arrays, config: Config) -> "Figure":
    """A column for each case, a row for each parameter and a strip with the nonlinearity."""
    from matplotlib.figure import Figure

    names = [str(name) for name in data["names"]]
    heights = [*(1.0 for _ in names), 0.5]
    figure = Figure(figsize=(DOUBLE, config.height), layout="constrained")
    panels = figure.subplots(len(heights), 2, sharex=True, height_ratios=heights, squeeze=False)
    for column, case in enumerate(config.cases):
        for index, name in enumerate(names):
            _draw_tube(panels[index, column], data, case.name, index, name, config.sigmas)
        _draw_strip(panels[-1, column], data[f"nonlinearity_{case.name}"])
        _mark_breaks(panels[:, column], data[f"nonlinearity_{case.name}"])
        play = config.play
        panel_letter(
            panels[0, column], "ab"[column], f"Case {case.name}: {play.runs} runs, {play.samples} samples"
        )
        panels[-1, column].set_xlabel("iteration $k$")
    for axes, label in zip(panels[:, 0], [*(f"${name}$" for name in names), "nonlinearity"], strict=True):
        axes.set_ylabel(label)
    top = max(axes.get_ylim()[1] for axes in panels[-1])
    for axes in panels[-1]:
        axes.set_ylim(-0.05 * top, top)
    panels[0, 0].legend(loc="lower right", frameon=False)
    figure.align_ylabels()
    return figure


def _draw_tube(axes: "Axes", data: Arrays, case: str, index: int, name: str, sigmas: float) -> None:
    mean, std = (data[f"predicted_{what}_{case}"][:, index] for what in ("mean", "std"))
    color, times = PARAMETER_COLORS[name], np.arange(len(mean))
    low, high = mean - sigmas * std, mean + sigmas * std
    tube = rf"predicted mean $\pm{sigmas:g}$ sd"
    guide = _beyond(data[f"nonlinearity_{case}"])  # paler and dashed, where it is only that
    axes.fill_between(times, low, high, where=~_inner(guide), color=color, alpha=0.3, linewidth=0, label=tube)
    axes.fill_between(times, low, high, where=guide, color=color, alpha=0.12, linewidth=0)
    axes.plot(np.where(_inner(guide), np.nan, mean), color=color, linewidth=1.6, label="predicted mean")
    axes.plot(np.where(guide, mean, np.nan), ":", color=color, linewidth=1.0)
    mean, std = (data[f"simulated_{what}_{case}"][:, index] for what in ("mean", "std"))
    axes.plot(mean, color=BLACK, linewidth=0.8, label="simulated mean")
    for side, label in ((-1, rf"simulated mean $\pm{sigmas:g}$ sd"), (1, None)):
        axes.plot(mean + side * sigmas * std, "--", color=BLACK, linewidth=0.7, label=label)
    axes.set_xlim(0, len(mean) - 1)


def _beyond(nonlinearity: np.ndarray) -> np.ndarray:
    """(T,), from the first to the last iteration above the threshold: between two the bias may cross 0."""
    above = nonlinearity > BREAKS
    return np.logical_or.accumulate(above) & np.logical_or.accumulate(above[::-1])[::-1]


def _inner(beyond: np.ndarray) -> np.ndarray:
    """The same without its ends, so that what is drawn outside meets what is drawn inside."""
    return beyond & np.append(beyond[1:], True) & np.append(True, beyond[:-1])


def _mark_breaks(column: "np.ndarray", nonlinearity: np.ndarray) -> None:
    """Grey from the first to the last iteration where linear theory is only a guide."""
    beyond = np.flatnonzero(_beyond(nonlinearity))
    if not beyond.size:
        return
    for axes in column:
        axes.axvspan(beyond[0], beyond[-1], color=GREY, alpha=0.18, linewidth=0, zorder=0)
    right = beyond[-1] < 0.7 * len(nonlinearity)
    place, side = (beyond[-1] + 4, "left") if right else (beyond[-1] - 4, "right")
    text = "linear theory breaks (grey)"
    column[-1].text(place, 0.8 * nonlinearity.max(), text, ha=side, va="center")


def _draw_strip(axes: "Axes", nonlinearity: np.ndarray) -> None:
    axes.plot(nonlinearity, color=BLACK, linewidth=0.9)
    axes.axhline(BREAKS, color=GREY, linewidth=0.7, linestyle="--")


def caption(data: Arrays, config: Config) -> str:
    """What is predicted and what simulated, and where the prediction is only a guide."""
    play, times = config.play, given(config.sigmas)
    return (
        f"Columns: Cases A and B, {play.runs} runs of {play.updates} simultaneous steps of size "
        f"{given(play.step)}, each on its own {play.samples} data and latent points (seed {play.seed}). "
        f"Coloured: mean and mean +- {times} standard deviations as `predict` gives them without any run; "
        f"black: the same of the runs (dashed: +- {times} standard deviations). Bottom: the nonlinearity "
        f"|bias|/sd, the largest over the parameters; above {given(BREAKS)} (dashed; grey from the first to "
        f"the last such step) the mean of the runs leaves linear theory, whose prediction is drawn pale. "
        f"{' '.join(_agreement(data, case.name) for case in config.cases)}"
    )


def _agreement(data: Arrays, case: str) -> str:
    """The ratio of the standard deviations on either side of the threshold."""
    ratio = data[f"predicted_std_{case}"][1:] / data[f"simulated_std_{case}"][1:]
    beyond = _beyond(data[f"nonlinearity_{case}"])[1:]
    rare = np.any(data[f"std_error_{case}"] > _RARE)
    text = f"Case {case}: predicted over simulated sd, outside the grey: {_spread(ratio[~beyond])}"
    text += f"{_at_first(data, case)}" if rare else ""
    if not beyond.any():
        return f"{text}; the threshold is never passed."
    first, last = np.flatnonzero(beyond)[[0, -1]] + 1
    edge = ratio[first - 2]
    return (
        f"{text}; at the last step before the grey up to {plain(edge.max(), 3)}: the nonlinearity is that of "
        f"the mean, and the sd changes at the same order, 1/m, even where the bias is small; in the grey "
        f"(steps {first} to {last}): {_spread(ratio[beyond])}."
    )


def _at_first(data: Arrays, case: str) -> str:
    """Why the first steps differ: the prediction is exact there, and the simulated sd a bad estimate."""
    names = [str(name) for name in data["names"]]
    worst = int(np.argmax(data[f"std_error_{case}"]))
    ratio = data[f"predicted_std_{case}"][1, worst] / data[f"simulated_std_{case}"][1, worst]
    return (
        f"; the largest of ${names[worst]}$ at step 1 ({plain(ratio, 2)}), where the prediction is exact "
        "(the step is a mean over independent points) and the simulated sd is not: few points in the tail of "
        "the latent law carry the gradient, the kurtosis of one point is "
        f"{plain(data[f'kurtosis_{case}'][worst], 2)}, and the sd of these runs has a relative standard error "
        f"of {plain(100 * data[f'std_error_{case}'][worst], 2)} %"
    )


def _spread(values: np.ndarray) -> str:
    low, middle, high = np.percentile(values, (0, 50, 100))
    return f"median {plain(middle, 2)}, from {plain(low, 2)} to {plain(high, 2)}"


EXPERIMENTS = (
    Experiment(
        "tubes",
        "Mean +- 3 sd of stochastic runs of b and h, predicted and simulated",
        "new",
        Config(("b", "h"), height=4.2),
        compute,
        plot,
        caption=caption,
    ),
    Experiment(
        "tubes_4d",
        "Mean +- 3 sd of stochastic runs of a, b, g and h, predicted and simulated",
        "new",
        Config(None, height=6.4),
        compute,
        plot,
        caption=caption,
    ),
)
