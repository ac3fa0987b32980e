"""Eight modes: how many the generator covers, along the exact path and along runs of SGD."""

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from ._config import Config, quantiles
from ._paths import exact_path, sgd_runs


def eight_modes(config: Config) -> Arrays:
    """Along the exact path and SGD's: modes with 1/32 of the mass within three std, mass within one."""
    game, start = config.game(config.eight()), config.players(config.wide)
    rule = lsgan.Simultaneous(config.step)
    z, centers = quantiles(lsgan.Normal(), 2048), jnp.asarray(config.centers())

    @jax.jit
    def covered(gens: lsgan.LeakyReLUNetwork) -> tuple[jax.Array, jax.Array]:
        def one(gen: lsgan.LeakyReLUNetwork) -> tuple[jax.Array, jax.Array]:
            off = jnp.abs(gen(z)[:, None] - centers[None]) / config.narrow
            return jnp.sum((off < 3).mean(axis=0) > 1 / 32), (off.min(axis=1) < 1).mean()

        return jax.lax.map(one, gens, batch_size=64)

    steps = 5 * config.steps
    path = exact_path(game, rule, start, steps).gen
    batch = config.batches[0]
    gens = sgd_runs(config, game, start, batch, steps).gen
    held, near = covered(jax.tree.map(lambda x: x[:: config.every], path))
    held_runs, near_runs = covered(jax.tree.map(lambda x: x.reshape(-1, *x.shape[2:]), gens))
    shape = config.runs, -1
    return {
        "held": np.asarray(held),
        "near": np.asarray(near),
        "held_runs": np.asarray(held_runs).reshape(shape),
        "near_runs": np.asarray(near_runs).reshape(shape),
    }
