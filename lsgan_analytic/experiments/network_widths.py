"""Which verdicts of low-dimensional models hold for networks of 2 to 64 hidden units.

Two piecewise-linear networks, normal latent variable, two normal modes, SGD on fresh batches. A network of w
units is one of 64 with the others 0, which receive no gradient: all widths are one program.

The motion of G late in training holds its drift and the sampling noise too, which are not told apart: that
alternation and R1 do not lessen it does not say that they would not help where something oscillates.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, listed, of
from ._run import Arrays, Experiment, side_by_side
from ._style import BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MANY = 25  # quantiles by which generated laws are compared
_BOTH = 0.1  # of the mass on the poorer side: both modes are covered


@dataclass(frozen=True)
class Config:
    """The target, the networks, SGD; gap, narrow: of the two normal laws of claim 4.

    The step is ``pace`` over the width: slopes of a network's output have a square that grows with its width.
    """

    mode: float = 2.0
    std: float = 0.5
    widths: tuple[int, ...] = (2, 4, 8, 16, 32, 64)
    seeds: int = 8
    leak: float = 0.2
    pace: float = 0.2
    steps: int = 1000
    every: int = 20
    batch: int = 128
    strength: float = 0.3
    gap: float = 1.0
    narrow: float = 0.1

    def quick(self) -> Self:
        return replace(self, widths=(2, 4), seeds=2, steps=40, every=10, batch=16)

    def settings(self) -> dict[str, tuple[lsgan.losses.AbstractLoss, tuple, Callable[..., Any]]]:
        """Loss, regularisers, rule."""
        penalty = (lsgan.R1(self.strength),)
        return {
            "saturating": (lsgan.Minimax(), (), lsgan.Simultaneous),
            "saturating, alternating": (lsgan.Minimax(), (), lsgan.Alternating),
            "saturating, R1": (lsgan.Minimax(), penalty, lsgan.Simultaneous),
            "non-saturating": (lsgan.NonSaturating(), (), lsgan.Simultaneous),
            "least squares": (lsgan.LeastSquares(fake=0, real=1, target=1), (), lsgan.Simultaneous),
        }

    def players(self) -> lsgan.Players:
        """All starts, (widths x seeds)."""
        each = [self._one(width, seed) for width in self.widths for seed in range(self.seeds)]
        return jax.tree.map(lambda *parts: jnp.stack(parts), *each)

    def _one(self, width: int, seed: int) -> lsgan.Players:
        keys = jax.random.split(jax.random.key(seed))
        whole = max(self.widths)
        pair = lsgan.Players(
            lsgan.ReLUNetwork.random(keys[0], width),
            lsgan.LeakyReLUNetwork.random(keys[1], width, leak=self.leak),
        )

        def padded(leaf: jax.Array) -> jax.Array:
            return jnp.pad(leaf, [(0, whole - n if n == width else 0) for n in leaf.shape])

        return jax.tree.map(padded, pair)


def compute(config: Config) -> Arrays:
    """Of every setting (widths, seeds): motion, mass on the poorer side, hops; for claim 4 two slopes."""
    names = list(config.settings())
    jobs = [partial(_trained, config, name) for name in names] + [partial(_slopes, config)]
    *quantiles, slopes = side_by_side(*jobs)
    return measures(np.stack(quantiles), config) | {"slopes": slopes[:, :, -1]}


def _played(
    config: Config,
    laws: tuple,
    start: lsgan.Players,
    setting: tuple,
    look: Callable[[lsgan.Players], jax.Array],
) -> np.ndarray:
    """``look`` at every start's players every so many steps of SGD: (starts, T, ...)."""
    loss, parts, kind = setting

    def once(rule: lsgan.AbstractRule, now: tuple, key: jax.Array) -> tuple[tuple, None]:
        keys = jax.random.split(key)
        points = [lsgan.PointMasses(law.sample(k, config.batch)) for law, k in zip(laws, keys, strict=True)]
        return lsgan.advance(lsgan.Game(points[0], points[1], loss, parts), rule, *now), None

    def one(players: lsgan.Players, key: jax.Array, step: jax.Array) -> jax.Array:
        rule = kind(step)

        def some(now: tuple, keys: jax.Array) -> tuple[tuple, jax.Array]:
            now, _ = jax.lax.scan(partial(once, rule), now, keys)
            return now, look(now[0])

        keys = jax.random.split(key, (config.steps // config.every, config.every))
        return jax.lax.scan(some, (players, rule.init(players)), keys)[1]

    n = len(config.widths) * config.seeds
    paces = jnp.repeat(config.pace / jnp.asarray(config.widths, float), config.seeds)
    every = jax.jit(jax.vmap(one))(start, jax.random.split(jax.random.key(1), n), paces)
    return np.asarray(every).reshape(len(config.widths), config.seeds, *every.shape[1:])


def _trained(config: Config, name: str) -> np.ndarray:
    modes = tuple(lsgan.Normal(mean, config.std) for mean in (-config.mode, config.mode))
    laws = lsgan.Mixture([0.5, 0.5], modes), lsgan.Normal()
    z = jax.scipy.special.ndtri((jnp.arange(400, dtype=float) + 0.5) / 400)

    def look(players: lsgan.Players) -> jax.Array:
        return jnp.sort(players.gen(z)).reshape(_MANY, -1).mean(axis=1)

    return _played(config, laws, config.players(), config.settings()[name], look)


def _slopes(config: Config) -> np.ndarray:
    """(widths, seeds, T, 2): |dJ_G/dshift| of a still generator far from the data, saturating and not."""
    laws = lsgan.Normal(0.0, config.narrow), lsgan.Normal(config.gap, config.narrow)
    points = config.gap + config.narrow * jax.scipy.special.ndtri((jnp.arange(100, dtype=float) + 0.5) / 100)

    def look(players: lsgan.Players) -> jax.Array:
        def objective(loss: lsgan.losses.AbstractLoss, shift: jax.Array) -> Any:
            return loss.objectives(
                lambda phi: 0.0, lambda phi: jnp.mean(phi.of(players.disc, points + shift))
            )[1]

        losses = lsgan.Minimax(), lsgan.NonSaturating()
        return jnp.stack([jnp.abs(jax.grad(partial(objective, loss))(0.0)) for loss in losses])

    whole = config.players()
    n = len(config.widths) * config.seeds
    still = lsgan.Affine(scale=1.0, shift=0.0)
    start = lsgan.Players(whole.disc, jax.tree.map(lambda x: jnp.broadcast_to(x, (n,)), still))
    return _played(config, laws, start, (_DiscOnly(), (), lsgan.Simultaneous), look)


class _DiscOnly(lsgan.Minimax):
    """The generator stays."""

    def objectives(self, real: Callable, fake: Callable) -> tuple:
        cost = real(self.real) + fake(self.fake)
        return cost, 0.0 * cost


def measures(laws: np.ndarray, config: Config) -> Arrays:
    """Of every setting, width and seed, in units of x or counts, over the second half of the steps.

    ``laws``: (settings, widths, seeds, T, quantiles).
    """
    late = laws[:, :, :, laws.shape[3] // 2 :]
    mean = late.mean(axis=-1)
    return {
        "motion": np.abs(np.diff(late, axis=3)).mean(axis=(3, 4)),
        "lesser": np.minimum((late[:, :, :, -1] > 0).mean(axis=-1), (late[:, :, :, -1] < 0).mean(axis=-1)),
        "hops": _hops(mean, 0.5 * config.mode),
    }


def _hops(mean: np.ndarray, beyond: float) -> np.ndarray:
    """How often the mean of the generated points goes from beyond one side to beyond the other."""
    count, side = np.zeros(mean.shape[:-1], int), np.zeros(mean.shape[:-1])
    for k in range(mean.shape[-1]):
        now = np.where(np.abs(mean[..., k]) > beyond, np.sign(mean[..., k]), side)
        count += (now * side) < 0
        side = now
    return count


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


EXPERIMENTS = (
    Experiment(
        "network_widths",
        "Five verdicts of low-dimensional models, asked of networks of 2 to 64 hidden units: at small steps "
        "claim 4 holds at every width, claim 9 for most starts; no hopping, no help by alternation or R1",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
