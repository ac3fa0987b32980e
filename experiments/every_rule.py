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
from ._style import (
    BLACK,
    BLUE,
    COST_MAP,
    DOUBLE,
    filled_bands,
    GREEN,
    GREY,
    ORANGE,
    panel_letter,
    PURPLE,
    SKY,
    VERMILION,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

_FREE = ("b", "h")
_COLORS = (BLACK, VERMILION, BLUE, SKY, GREEN, PURPLE, ORANGE, GREY)
_LOOKS = [(color, dash) for color in _COLORS for dash in ("-", "--")]


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

    def look(players: lsgan.Players) -> tuple[jax.Array, jax.Array]:
        part = Restriction(game, players, positions)
        return game.cost(players), norm(part.field(part.point))

    return jax.vmap(look)(points)


def compute(config: Config) -> Arrays:
    """(rules, cases, T) b, h, cost; (rules, cases) outcomes and steps to the plateau; the cost maps."""
    rules = config.rules()
    numbers = jnp.asarray([[case.a, case.b, case.g, case.h, case.c] for case in config.cases])
    runs = [
        jax.jit(jax.vmap(lambda own, rule=rule: _run(rule, config, own)))(numbers) for rule in rules.values()
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
    """The two maps with all paths, and a table of the ends."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.75), layout="constrained")
    top, bottom = cast("list[SubFigure]", figure.subfigures(2, 1))
    for column, (case, (left, right, low, high)) in enumerate(zip(config.cases, config.windows, strict=True)):
        axes = top.add_subplot(1, 2, column + 1)
        _draw_map(axes, data, case.name, column)
        axes.set(xlabel="$b$", ylabel="$h$", xlim=(left, right), ylim=(low, high))
        panel_letter(axes, "ab"[column], f"Case {case.name}: paths on $J(b,h)$, step {config.step:g}")
    table = bottom.add_axes((0.24, 0.12, 0.30, 0.76))
    _draw_table(table, data, config)
    panel_letter(table, "c", rf"steps until $\Vert\nabla_{{b,h}}J\Vert\leq{config.tolerance:g}$ for good")
    return figure


def _draw_map(axes: "Axes", data: Arrays, name: str, column: int) -> None:
    from matplotlib.colors import Normalize

    pale = Normalize(-1.2, 3.2)  # J is in [0, 2]: the paths need the strong colours
    filled_bands(axes, data[f"b_{name}"], data[f"h_{name}"], data[f"cost_{name}"].T, COST_MAP, pale, count=22)
    levels = np.arange(0.25, 2, 0.25)
    lines = axes.contour(
        data[f"b_{name}"], data[f"h_{name}"], data[f"cost_{name}"].T, levels, colors=GREY, linewidths=0.4
    )
    axes.clabel(lines, fmt="%g", fontsize=6)
    for (color, dash), b, h in zip(_LOOKS, data["b"][:, column], data["h"][:, column], strict=False):
        axes.plot(b, h, color=color, linestyle=dash, linewidth=1.0)
        axes.plot(b[-1], h[-1], "s", color=color, markersize=3, markeredgewidth=0)
    axes.plot(data["b"][0, column, 0], data["h"][0, column, 0], "o", color=BLACK, markerfacecolor="white")


_MARKS = (("o", "white"), ("D", None))
_COLUMNS = (1.03, 1.77)  # of the words, in widths of the panel


def _draw_table(axes: "Axes", data: Arrays, config: Config) -> None:
    """A row a rule: steps to rest as marks, outcome and end in words."""
    beside, names = axes.get_yaxis_transform(), list(data["names"])
    for row, (color, dash) in zip(range(len(names)), _LOOKS, strict=False):
        axes.axhline(row, color="#DDDDDD", linewidth=0.4, zorder=0)
        axes.plot([-0.13, -0.02], [row, row], color=color, linestyle=dash, transform=beside, clip_on=False)
        for column, (marker, face) in enumerate(_MARKS):
            settled = data["settled"][row, column]
            if settled <= config.updates:
                axes.plot(
                    settled,
                    row + 0.3 * column - 0.15,
                    marker,
                    color=color,
                    markerfacecolor=face or color,
                    markersize=4,
                )
            axes.text(_COLUMNS[column], row, _words(data, row, column), transform=beside, va="center")
    for case, (marker, face), place in zip(config.cases, _MARKS, _COLUMNS, strict=True):
        axes.text(
            place,
            -1.05,
            f"Case {case.name}, $k={config.updates}$: end, $(b,h)$",
            transform=beside,
            va="center",
        )
        axes.plot([], [], marker, color=BLACK, markerfacecolor=face or BLACK, label=f"Case {case.name}")
    axes.set(xlabel="steps $k$", ylim=(len(names) - 0.5, -0.5))
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0, pad=24)
    axes.legend(loc="center right", frameon=False, handletextpad=0.1)


def _words(data: Arrays, row: int, column: int) -> str:
    b, h = data["b"][row, column, -1], data["h"][row, column, -1]
    outcome = str(data["outcome"][row, column]).replace("_", " ")
    return f"{outcome}, ({b:.2f}, {h:.2f})".replace("-", "\N{MINUS SIGN}")


def caption(data: Arrays, config: Config) -> str:
    """The rules, and how many end on a plateau, how soon."""
    parts = []
    for column, case in enumerate(config.cases):
        ends = data["outcome"][:, column] == "plateau"
        steps = data["settled"][ends, column]
        low, middle, high = np.percentile(steps, (0, 50, 100))
        parts.append(
            f"Case {case.name}: {of(int(ends.sum()), len(ends))} rules end on a plateau, after {plain(low)} "
            f"to {plain(high)} steps (median {plain(middle)})"
        )
    return (
        f"Cases A and B, $b$ and $h$ free, {config.updates} steps of size {given(config.step)} (Adam: rate "
        f"{given(config.adam_rate)}) of {len(data['names'])} rules, exact expectations, on $J$($b$, $h$). "
        f"Steps are counted until the gradient stays below {given(config.tolerance)}. {'; '.join(parts)}."
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
