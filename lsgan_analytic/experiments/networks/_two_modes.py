"""Two modes: the exact path, the predicted variance of SGD about it, runs of SGD, and spectra."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

import lsgan_analytic as lsgan

from .._run import Arrays
from ._config import Config, quantiles
from ._paths import exact_path, sgd_runs


def two_modes(config: Config) -> Arrays:
    """Along the exact path: cost, E G(z), its variance over runs of SGD, spectra; E G(z) of runs of SGD."""
    game, start = config.game(config.two()), config.players(config.width)
    rule, total = lsgan.Simultaneous(config.step), config.steps + config.long
    every = exact_path(game, rule, start, total)
    path = jax.tree.map(lambda x: x[: config.steps + 1], every)
    steps = jnp.append(jnp.arange(config.steps + 1), total)
    slopes = _slopes(game, jax.tree.map(lambda x: x[steps], every))
    means = jax.jit(lambda gens: jax.lax.map(mean_point, gens, batch_size=64))
    shown = jax.tree.map(lambda x: x[:: config.every], every)
    data: Arrays = {
        "cost": np.asarray(jax.jit(lambda players: jax.lax.map(game.cost, players))(shown)),
        "mean": np.asarray(means(shown.gen)),
        "variance": _variance(config, game, path, slopes[:-1]),
    }
    size = ravel_pytree(start.disc)[0].size
    data |= _spectra(np.asarray(slopes[:: 2 * config.every]), size, "")
    data |= _spectra(np.asarray(slopes[-1:]), size, "end_")
    end = jax.tree.map(lambda x: x[-1], every)
    data["end_field"] = np.asarray(jnp.linalg.norm(ravel_pytree(lsgan.field(game, end))[0]))
    for batch in config.batches:
        gens = sgd_runs(config, game, start, batch, config.steps).gen
        flat = jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), gens)
        data[f"mean_{batch}"] = np.asarray(means(flat)).reshape(config.runs, -1)
    return data


def mean_point(gen: lsgan.LeakyReLUNetwork) -> jax.Array:
    """E G(z)."""
    return lsgan.expectation(
        lsgan.pushforward(lsgan.Normal(), gen), lsgan.Linear(w=1.0), lsgan.Wasserstein().real
    )


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
