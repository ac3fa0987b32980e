"""The same two starts under every rule: where each ends, how fast, and which still reach a plateau."""

from dataclasses import dataclass, replace
from typing import cast, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lsgan_analytic as lsgan
from lsgan_analytic.outcome import norm, OUTCOMES
from lsgan_analytic.restriction import restrict, Restriction
from lsgan_analytic.trajectory import play, Progress
from lsgan_analytic.updates.base import AbstractRule

from ._captions import given, of, plain
from ._cases import Case, CASE_A, CASE_B
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, ENDS, GREY, ORANGE, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

_FREE = ("b", "h")
_ACROSS = 4  # cells in a row
_LEVELS = (0.5, 1.0, 1.5)  # of J, drawn in blue, grey and orange


@dataclass(frozen=True)
class Config:
    """Both cases in 2-D, all rules with one step size; Adam has a rate of its own."""

    cases: tuple[Case, Case] = (CASE_A, CASE_B)
    step: float = 0.4
    adam_rate: float = 0.05
    strength: float = 1.0
    momentum: float = -0.5
    unrolled: int = 5
    decay: float = 0.9
    updates: int = 999
    tolerance: float = 0.01
    windows: tuple[tuple[float, float, float, float], ...] = ((-4.0, 3.2, -2.4, 3.1), (-2.0, 3.6, -5.0, 1.4))
    points: int = 121

    def quick(self) -> Self:
        return replace(self, updates=20, points=21)

    def rules(self) -> dict[str, AbstractRule]:
        """Name -> rule."""
        step, slow = self.step, optax.sgd(self.step, momentum=self.momentum)
        adam = optax.adam(self.adam_rate)
        return {
            "simultaneous": lsgan.Simultaneous(step),
            "alternating": lsgan.Alternating(step),
            rf"alternating, momentum ${self.momentum:g}$": lsgan.PerPlayer(slow, slow, order="disc"),
            f"Adam, rate {self.adam_rate:g}": lsgan.PerPlayer(adam, adam),
            "extragradient": lsgan.Extragradient(step),
            "past extragradient": lsgan.PastExtragradient(step),
            "optimistic": lsgan.Optimistic(step),
            f"averaged, decay {self.decay:g}": lsgan.Averaged(lsgan.Simultaneous(step), self.decay),
            "Taylor LOLA": lsgan.TaylorLola(step),
            "LookAhead": lsgan.LookAhead(step),
            rf"consensus, $\gamma={self.strength:g}$": lsgan.Consensus(step, self.strength),
            "symplectic adjustment": lsgan.SymplecticAdjustment(step, self.strength),
            "competitive gradient": lsgan.CompetitiveGradient(step),
            "follow the ridge": lsgan.FollowRidge(step),
            f"unrolled, $k={self.unrolled}$": lsgan.Unrolled(step, self.unrolled),
            "proximal": lsgan.Proximal(step),
        }


def _parts(numbers: jax.Array) -> tuple[lsgan.Game, lsgan.Players]:
    """The game and the start of a case given as (a, b, g, h, c)."""
    a, b, g, h, c = numbers
    game = lsgan.Game(lsgan.Exponential(rate=c), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    return game, lsgan.Players(disc=lsgan.Erf(a=a, b=b), gen=lsgan.Square(g=g, h=h))


def _run(rule: AbstractRule, config: Config, numbers: jax.Array) -> tuple:
    """The path and its outcome, without costs and fields: those are the same for all rules, compiled once."""
    game, start = _parts(numbers)
    end, later = play(
        lambda _: game, rule, Progress.begin(rule, restrict(game, start, _FREE)), config.updates
    )
    points = jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), start, later)
    outcome, _ = end.judged(game, rule, jnp.asarray(config.tolerance))
    return points, outcome


def _measured(numbers: jax.Array, points: lsgan.Players) -> tuple:
    """Costs and sizes of the field along a path."""
    game, start = _parts(numbers)
    positions = restrict(game, start, _FREE).positions

    def measures(players: lsgan.Players) -> tuple[jax.Array, jax.Array]:
        part = Restriction(game, players, positions)
        return game.cost(players), norm(part.field(part.point))

    return jax.vmap(measures)(points)


def compute(config: Config) -> Arrays:
    """(rules, cases, T) b, h, cost; (rules, cases) outcomes and steps to the plateau; the cost maps."""
    rules = config.rules()
    numbers = jnp.asarray([[case.a, case.b, case.g, case.h, case.c] for case in config.cases])
    runs = [
        jax.jit(jax.vmap(lambda values, rule=rule: _run(rule, config, values)))(numbers)
        for rule in rules.values()
    ]
    points, outcome = jax.tree.map(lambda *parts: jnp.stack(parts), *runs)
    cost, size = jax.jit(jax.vmap(jax.vmap(_measured), in_axes=(None, 0)))(numbers, points)
    data = {
        "names": np.asarray(list(rules)),
        "b": np.asarray(points.disc.b, np.float32),
        "h": np.asarray(points.gen.h, np.float32),
        "cost": np.asarray(cost[..., -1]),
        "field_norm": np.asarray(size[..., -1]),
        "outcome": np.select([np.asarray(outcome == one) for one in OUTCOMES.values()], list(OUTCOMES), ""),
        "settled": _settled(np.asarray(size) <= config.tolerance),
    }
    for case, (left, right, low, high) in zip(config.cases, config.windows, strict=True):
        axes = {"b": np.linspace(left, right, config.points), "h": np.linspace(low, high, config.points)}
        values = lsgan.surface(case.game().cost, case.players(), axes)
        data |= {f"{name}_{case.name}": axis for name, axis in axes.items()}
        data[f"cost_{case.name}"] = np.asarray(values, np.float32)
    return data


def _settled(small: np.ndarray) -> np.ndarray:
    """The first step from which on the field is small for good; the number of points if it never is."""
    return small.shape[-1] - np.cumprod(small[..., ::-1], axis=-1).sum(axis=-1)


def plot(data: Arrays, config: Config) -> "Figure":
    """A cell for every rule and case: its path, over that of simultaneous steps."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 6.6), layout="constrained")
    blocks = cast("list[SubFigure]", figure.subfigures(2, 1))
    for column, (block, case, window) in enumerate(zip(blocks, config.cases, config.windows, strict=True)):
        panels = block.subplots(-(-len(data["names"]) // _ACROSS), _ACROSS, sharex=True, sharey=True)
        block.get_layout_engine().set(hspace=0.02, wspace=0.02)  # pyright: ignore
        plateaus = int(np.sum(data["outcome"][:, column] == "plateau"))
        block.suptitle(
            f"({'ab'[column]}) Case {case.name}: {plateaus} of {len(data['names'])} rules end on a plateau",
            x=0.01,
            ha="left",
            fontsize="medium",
        )
        for row, axes in enumerate(panels.flat):
            _draw_cell(axes, data, case.name, row, column)
        left, right, low, high = window
        panels[0, 0].set(xlim=(left, right), ylim=(low, high))
        for axes in panels[-1]:
            axes.set_xlabel("$b$")
        for axes in panels[:, 0]:
            axes.set_ylabel("$h$")
    return figure


def _draw_cell(axes: "Axes", data: Arrays, case: str, row: int, column: int) -> None:
    """The path of a rule in colour, that of the first one in grey, the levels of J behind them."""
    grid = data[f"b_{case}"], data[f"h_{case}"], data[f"cost_{case}"].T
    axes.contour(*grid, _LEVELS, colors=(SKY, GREY, ORANGE), linewidths=0.5)
    paths = np.stack([data["b"][:, column], data["h"][:, column]], axis=1)
    axes.plot(*paths[0], color=GREY, linewidth=2.2, alpha=0.45)
    axes.plot(*paths[row], color=BLUE, linewidth=1.0)
    for at, marker, face, _ in ENDS:
        axes.plot(*paths[row][:, at], marker, color=BLACK, markerfacecolor=face, markersize=3)
    outcome, settled = str(data["outcome"][row, column]), int(data["settled"][row, column])
    rests = outcome == "plateau"
    axes.set_title(str(data["names"][row]), loc="left", fontsize=7, pad=2)
    axes.set_title(
        f"{settled}" if rests else outcome.replace("_", " "),
        loc="right",
        fontsize=7,
        pad=2,
        color=GREY if rests else VERMILION,
    )


def caption(data: Arrays, config: Config) -> str:
    """The rules, and how many end on a plateau, how soon."""
    parts = []
    for column, case in enumerate(config.cases):
        ends = data["outcome"][:, column] == "plateau"
        steps = data["settled"][ends, column]
        said = f"Case {case.name}: {of(int(ends.sum()), len(ends))} rules end on a plateau"
        if steps.size:
            low, middle, high = np.percentile(steps, (0, 50, 100))
            said += f", after {plain(low)} to {plain(high)} steps (median {plain(middle)})"
        parts.append(said)
    return (
        f"Cases A and B, $b$ and $h$ free, {config.updates} steps of size {given(config.step)} (Adam: rate "
        f"{given(config.adam_rate)}) of {len(data['names'])} rules, exact expectations. Blue: the path of "
        "the rule, from the open circle to the square; grey: that of simultaneous steps; thin: $J$ = "
        f"{', '.join(given(level) for level in _LEVELS)} (blue, grey, orange). At the right of each name: "
        f"the steps until the gradient stays below {given(config.tolerance)}, or how a run ends that reaches "
        f"no plateau (it may leave the frame). {'; '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "every_rule",
        "Cases A and B in 2-D under every rule: paths, ends and steps to the plateau",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
