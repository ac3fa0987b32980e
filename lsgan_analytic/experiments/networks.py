"""A neural GAN solved exactly: two piecewise-linear networks on the line, their exact path and its spectra.

Normal latent variable, mixtures of two and of eight modes, the non-saturating loss, simultaneous gradient
steps. The exact game gives the path of infinitely many samples, the Hessians and the Jacobian on it, and the
covariance of stochastic runs about it to first order in 1/batch: what low-dimensional theory offers, here for
players with dozens of parameters, beside runs of SGD.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

import lsgan_analytic as lsgan

from ._captions import given, listed, plain
from ._run import Arrays, Experiment, side_by_side
from ._style import BLACK, BLUE, DOUBLE, GREY, ORANGE, panel_letter, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLORS = (SKY, ORANGE, VERMILION)


@dataclass(frozen=True)
class Config:
    """Both targets, the networks and the runs.

    Attributes:
        mode, std: of the two modes at -mode and mode; spacing, narrow: of the eight modes, and their std.
        width, wide: hidden units of both players, for two and for eight modes; leak: of the generator.
        batches, runs: of SGD; every: steps between what is kept of it.
        nodes: points of each law on which the noise of one step is averaged.
    """

    mode: float = 2.0
    std: float = 0.5
    spacing: float = 1.0
    narrow: float = 0.15
    width: int = 6
    wide: int = 16
    leak: float = 0.2
    seed: int = 1
    step: float = 0.1
    steps: int = 400
    long: int = 3000
    batches: tuple[int, ...] = (64, 4096)
    runs: int = 24
    every: int = 10
    nodes: int = 512

    def quick(self) -> Self:
        return replace(self, width=2, wide=2, steps=20, long=40, runs=4, nodes=64)

    def two(self) -> lsgan.Mixture:
        modes = tuple(lsgan.Normal(mean, self.std) for mean in (-self.mode, self.mode))
        return lsgan.Mixture([0.5, 0.5], modes)

    def eight(self) -> lsgan.Mixture:
        return lsgan.Mixture([0.125] * 8, tuple(lsgan.Normal(mean, self.narrow) for mean in self.centers()))

    def centers(self) -> np.ndarray:
        return self.spacing * (np.arange(8) - 3.5)

    def players(self, width: int) -> lsgan.Players:
        disc, gen = jax.random.split(jax.random.key(self.seed))
        return lsgan.Players(
            lsgan.ReLUNetwork.random(disc, width),
            lsgan.LeakyReLUNetwork.random(gen, width, leak=self.leak),
        )

    def game(self, data: lsgan.Mixture) -> lsgan.Game:
        return lsgan.Game(data, lsgan.Normal(), lsgan.NonSaturating())


def quantiles(law: lsgan.laws.AbstractLaw, n: int) -> jax.Array:
    return law.quantile((jnp.arange(n, dtype=float) + 0.5) / n)


def compute(config: Config) -> Arrays:
    """Of two modes: path, tube, runs, spectra; of eight: modes held along the exact path and by SGD."""
    parts = side_by_side(partial(_two_modes, config), partial(_eight_modes, config))
    return {name: values for part in parts for name, values in part.items()}


def mean_point(gen: lsgan.LeakyReLUNetwork) -> jax.Array:
    """E G(z)."""
    return lsgan.expectation(
        lsgan.pushforward(lsgan.Normal(), gen), lsgan.Linear(w=1.0), lsgan.Wasserstein().real
    )


def played(game: lsgan.Game, rule: lsgan.Simultaneous, start: lsgan.Players, steps: int) -> lsgan.Players:
    """The exact path, steps + 1 points."""

    @jax.jit
    def play(start: lsgan.Players) -> lsgan.Players:
        def once(now: tuple, _: None) -> tuple:
            after = lsgan.advance(game, rule, *now)
            return after, after[0]

        _, later = jax.lax.scan(once, (start, rule.init(start)), length=steps)
        return jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), start, later)

    return play(start)


def _two_modes(config: Config) -> Arrays:
    game, start = config.game(config.two()), config.players(config.width)
    rule, total = lsgan.Simultaneous(config.step), config.steps + config.long
    every = played(game, rule, start, total)
    path = jax.tree.map(lambda x: x[: config.steps + 1], every)
    seen = jnp.append(jnp.arange(config.steps + 1), total)
    slopes = _slopes(game, jax.tree.map(lambda x: x[seen], every))
    look = jax.jit(lambda gens: jax.lax.map(mean_point, gens, batch_size=64))
    shown = jax.tree.map(lambda x: x[:: config.every], every)
    data: Arrays = {
        "cost": np.asarray(jax.jit(lambda own: jax.lax.map(game.cost, own))(shown)),
        "mean": np.asarray(look(shown.gen)),
        "variance": _variance(config, game, path, slopes[:-1]),
    }
    size = ravel_pytree(start.disc)[0].size
    data |= _spectra(np.asarray(slopes[:: 2 * config.every]), size, "")
    data |= _spectra(np.asarray(slopes[-1:]), size, "end_")
    end = jax.tree.map(lambda x: x[-1], every)
    data["end_field"] = np.asarray(jnp.linalg.norm(ravel_pytree(lsgan.field(game, end))[0]))
    for batch in config.batches:
        gens = _runs(config, game, start, batch, config.steps).gen
        flat = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), gens)
        data[f"mean_{batch}"] = np.asarray(look(flat)).reshape(config.runs, -1)
    return data


def _runs(config: Config, game: lsgan.Game, start: lsgan.Players, batch: int, steps: int) -> lsgan.Players:
    """Runs of SGD, a fresh batch at every step: (runs, steps/every + 1) of every parameter.

    Without the outcomes that ``simulate`` finds from the exact Jacobian of every run, which take longer.
    """
    rule = lsgan.Simultaneous(config.step)

    def once(now: tuple, key: jax.Array) -> tuple[tuple, None]:
        keys = jax.random.split(key)
        laws = [
            lsgan.PointMasses(law.sample(k, batch))
            for law, k in zip((game.data, game.latent), keys, strict=True)
        ]
        return lsgan.advance(lsgan.Game(laws[0], laws[1], game.loss), rule, *now), None

    def some(now: tuple, keys: jax.Array) -> tuple[tuple, lsgan.Players]:
        now, _ = jax.lax.scan(once, now, keys)
        return now, now[0]

    def one(key: jax.Array) -> lsgan.Players:
        keys = jax.random.split(key, (steps // config.every, config.every))
        _, later = jax.lax.scan(some, (start, rule.init(start)), keys)
        return jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), start, later)

    return jax.jit(jax.vmap(one))(jax.random.split(jax.random.key(batch), config.runs))


def _slopes(game: lsgan.Game, players: lsgan.Players) -> jax.Array:
    """The Jacobian of the exact field at each of ``players``."""

    def one(players: lsgan.Players) -> jax.Array:
        theta, unravel = ravel_pytree(players)
        return jax.jacfwd(lambda t: ravel_pytree(lsgan.field(game, unravel(t)))[0])(theta)

    return jax.jit(lambda players: jax.lax.map(one, players))(players)


def _variance(config: Config, game: lsgan.Game, path: lsgan.Players, slopes: jax.Array) -> np.ndarray:
    """Variance of E G(z) over runs of batch 1, to first order, at every step: divide by the batch.

    Cov' = A Cov A^T + step^2 E[psi psi^T], A = 1 + step times the Jacobian of the exact field; psi, the field
    of a point less its mean, averaged over quantiles of the laws.
    """
    unravel = ravel_pytree(jax.tree.map(lambda x: x[0], path))[1]
    x, z = quantiles(game.data, config.nodes), quantiles(game.latent, config.nodes)

    def one_point(x: jax.Array, z: jax.Array, players: lsgan.Players) -> jax.Array:
        laws = [lsgan.PointMasses.unchecked(v[None], jnp.ones(1)) for v in (x, z)]
        return ravel_pytree(lsgan.field(lsgan.Game(laws[0], laws[1], game.loss), players))[0]

    def noise(players: lsgan.Players) -> jax.Array:
        of_x = jax.vmap(lambda v: one_point(v, z[0], players))(x)
        of_z = jax.vmap(lambda v: one_point(x[0], v, players))(z)
        return jnp.cov(of_x, rowvar=False, bias=True) + jnp.cov(of_z, rowvar=False, bias=True)

    def once(covariance: jax.Array, now: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        theta, slope = now
        players = unravel(theta)
        still = jax.tree.map(jnp.zeros_like, players.disc)
        along = ravel_pytree(lsgan.Players(still, jax.grad(mean_point)(players.gen)))[0]
        step = jnp.eye(theta.size) + config.step * slope
        after = step @ covariance @ step.T + config.step**2 * noise(players)
        return after, along @ covariance @ along

    thetas = jax.vmap(lambda players: ravel_pytree(players)[0])(path)
    zero = jnp.zeros((thetas.shape[1],) * 2)
    return np.asarray(jax.jit(lambda: jax.lax.scan(once, zero, (thetas, slopes))[1])())


def _spectra(slopes: np.ndarray, size: int, name: str) -> Arrays:
    """Eigenvalues: of the Jacobian of the field, of H_D = d2 J_D/dD2 and of H_G = d2 J_G/dG2."""
    disc, gen = slopes[:, :size, :size], -slopes[:, size:, size:]
    return {
        f"{name}jacobian": np.linalg.eigvals(slopes).astype(complex),
        f"{name}disc": np.linalg.eigvalsh(0.5 * (disc + disc.transpose(0, 2, 1))),
        f"{name}gen": np.linalg.eigvalsh(0.5 * (gen + gen.transpose(0, 2, 1))),
    }


def _eight_modes(config: Config) -> Arrays:
    """Along the exact path and SGD's: modes with 1/32 of the mass within three std, mass within one."""
    game, start = config.game(config.eight()), config.players(config.wide)
    rule = lsgan.Simultaneous(config.step)
    z, centers = quantiles(lsgan.Normal(), 2048), jnp.asarray(config.centers())

    @jax.jit
    def look(gens: lsgan.LeakyReLUNetwork) -> tuple[jax.Array, jax.Array]:
        def one(gen: lsgan.LeakyReLUNetwork) -> tuple[jax.Array, jax.Array]:
            off = jnp.abs(gen(z)[:, None] - centers[None]) / config.narrow
            return jnp.sum((off < 3).mean(axis=0) > 1 / 32), (off.min(axis=1) < 1).mean()

        return jax.lax.map(one, gens, batch_size=64)

    steps = 5 * config.steps
    path = played(game, rule, start, steps).gen
    batch = config.batches[0]
    gens = _runs(config, game, start, batch, steps).gen
    held, near = look(jax.tree.map(lambda x: x[:: config.every], path))
    held_runs, near_runs = look(jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), gens))
    shape = config.runs, -1
    return {
        "held": np.asarray(held),
        "near": np.asarray(near),
        "held_runs": np.asarray(held_runs).reshape(shape),
        "near_runs": np.asarray(near_runs).reshape(shape),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    """Path and tube; what the tube promises; spectra; eight modes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.6), layout="constrained")
    (tube, ratio, cost), (spectrum, nash, eight) = figure.subplots(2, 3)
    kept = np.arange(0, config.steps + 1, config.every)
    mean, std = data["mean"][: kept.size], np.sqrt(data["variance"][:: config.every])
    for batch, color in zip(config.batches, _COLORS, strict=False):
        runs = data[f"mean_{batch}"]
        tube.fill_between(
            kept,
            mean - 2 * std / batch**0.5,
            mean + 2 * std / batch**0.5,
            color=color,
            alpha=0.35,
            linewidth=0,
        )
        tube.plot(kept, runs[:8].T, color=color, linewidth=0.4)
        measured = runs.std(axis=0, ddof=1)[1:] * batch**0.5 / std[1:]
        ratio.plot(kept[1:], measured, color=color, label=f"batch {batch}")
    tube.plot(kept, mean, color=BLACK, linewidth=1)
    tube.set(xlabel="step $k$", ylabel=r"mean of generated points $\mathrm{E}\,G(z)$", xlim=(0, config.steps))
    panel_letter(tube, "a", r"exact path, predicted $\pm 2$ s.d., 8 runs each")
    half = 2 / (2 * (config.runs - 1)) ** 0.5
    ratio.axhspan(1 - half, 1 + half, color="#DDDDDD", linewidth=0)
    ratio.axhline(1, color=GREY, linewidth=0.6)
    ratio.set(xlabel="step $k$", ylabel="s.d. measured / predicted", xlim=(0, config.steps), ylim=(0, 2))
    ratio.legend(frameon=False, loc="lower right")
    panel_letter(ratio, "b", f"{config.runs} runs (grey: 2 s.e.)")
    every = config.every * np.arange(data["cost"].size)
    cost.plot(every, data["cost"], color=BLACK)
    cost.axhline(-np.log(4), color=GREY, linewidth=0.6, linestyle="--")
    cost.text(0.98 * every[-1], -np.log(4) - 0.004, r"$-\log 4$", ha="right", va="top")
    cost.axvline(config.steps, color=GREY, linewidth=0.6, linestyle=":")
    cost.set(xlabel="step $k$", ylabel="exact cost $J$", xlim=(0, every[-1]), ylim=(-1.5, -1.2))
    panel_letter(cost, "c", "beyond (a): oscillates, then creeps")
    _draw_spectrum(spectrum, data)
    steps = 2 * config.every * np.arange(len(data["disc"]))
    nash.plot(steps, data["disc"].max(axis=1), color=BLUE, label="largest of $H_D$")
    nash.plot(steps, data["gen"].min(axis=1), color=VERMILION, label="smallest of $H_G$")
    nash.axhline(0, color=GREY, linewidth=0.6)
    nash.set(xlabel="step $k$", ylabel="eigenvalue", xlim=(0, config.steps))
    nash.legend(frameon=False, loc="upper center")
    panel_letter(nash, "e", r"local Nash: blue $\leq 0 \leq$ red")
    _draw_eight(eight, data, config)
    return figure


def _draw_spectrum(axes: "Axes", data: Arrays) -> None:
    values = data["end_jacobian"][0]
    rising = values.real > 1e-6
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.plot(values[~rising].real, values[~rising].imag, "o", color=BLUE, markersize=3)
    axes.plot(values[rising].real, values[rising].imag, "x", color=VERMILION, markersize=4)
    axes.set_xscale("symlog", linthresh=1e-3)
    axes.set(xlabel=r"Re $\lambda$ (linear within $\pm 10^{-3}$)", ylabel=r"Im $\lambda$")
    axes.set_xticks([-10, -0.1, -1e-3, 1e-3], ["$-10$", "$-10^{-1}$", "$-10^{-3}$", "$10^{-3}$"])
    panel_letter(axes, "d", f"Jacobian at the end: {rising.sum()} of {values.size} right of 0")


def _draw_eight(axes: "Axes", data: Arrays, config: Config) -> None:
    steps = config.every * np.arange(data["held"].size)
    axes.plot(steps, data["near_runs"].T, color=SKY, linewidth=0.3)
    axes.plot(steps, data["near"], color=BLACK)
    axes.axhline(0.6827, color=GREY, linewidth=0.6, linestyle="--")
    uniform = 2 * config.narrow / config.spacing
    axes.axhline(uniform, color=GREY, linewidth=0.6, linestyle=":")
    for level, name in ((0.6827, "data"), (uniform, "a uniform law")):
        axes.text(0.98 * steps[-1], level + 0.02, name, ha="right", va="bottom")
    axes.set(
        xlabel="step $k$", ylabel="generated mass within 1 s.d. of a mode", xlim=(0, steps[-1]), ylim=(0, 0.8)
    )
    panel_letter(axes, "f", f"eight modes: {data['held'][-1]} held, blurred")


def caption(data: Arrays, config: Config) -> str:
    """What is drawn, and how the path ends."""
    batches = listed([str(batch) for batch in config.batches])
    values = data["end_jacobian"][0]
    kept = np.arange(0, config.steps + 1, config.every)
    std = np.sqrt(data["variance"][:: config.every])[1:]
    ratios = [
        data[f"mean_{batch}"].std(axis=0, ddof=1)[1 : kept.size] * batch**0.5 / std
        for batch in config.batches
    ]
    low, high = np.min(ratios), np.max(ratios)
    return (
        f"Two modes at +-{given(config.mode)} of s.d. {given(config.std)}, normal latent variable, players "
        "of "
        f"one hidden layer of {config.width} units, non-saturating loss, simultaneous gradient steps of size "
        f"{given(config.step)}, one start (seed {config.seed}). (a) Mean of the generated points: exact path "
        f"(black), 8 of {config.runs} runs of SGD with batches of {batches}, predicted mean +- 2 s.d. (b) "
        f"Measured over predicted s.d.: between {plain(low)} and {plain(high)}; grey: 2 standard errors "
        "about "
        f"1. (c) Exact cost, for {config.long} steps more; dashed: -log 4. (d) Eigenvalues of the Jacobian "
        "at "
        f"the end, where the field has norm {plain(data['end_field'])}: {int((values.real > 1e-6).sum())} of "
        f"{values.size} have a positive real part (crosses). (e) The largest eigenvalue of the Hessian of "
        "D's "
        "objective and the smallest of G's: a local Nash point needs <= 0 and >= 0. At the end of (c) they "
        f"are {plain(data['end_disc'].max())} and {plain(data['end_gen'].min())}. (f) Eight modes "
        f"{given(config.spacing)} apart of s.d. {given(config.narrow)}, {config.wide} units: "
        f"{int(data['held'][-1])} modes are held at the end, with {plain(data['near'][-1])} of the generated "
        "mass within one s.d. of a mode; black: exact, thin: runs."
    )


EXPERIMENTS = (
    Experiment(
        "networks",
        "A neural GAN solved exactly (one start): the predicted tube of SGD holds; where the path creeps in "
        "the end no player is at an optimum; eight modes are covered, not resolved",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
