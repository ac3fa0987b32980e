"""SGD of every setting at every width: quantiles of the generated law, slopes of the objective of G."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._config import Config

_MANY = 25  # quantiles by which generated laws are compared


def generated_quantiles(config: Config, name: str) -> np.ndarray:
    """(widths, seeds, T, quantiles) of G(z) in the setting ``name``."""
    modes = tuple(lsgan.Normal(mean, config.std) for mean in (-config.mode, config.mode))
    laws = lsgan.Mixture([0.5, 0.5], modes), lsgan.Normal()
    z = jax.scipy.special.ndtri((jnp.arange(400, dtype=float) + 0.5) / 400)

    def quantiles(players: lsgan.Players) -> jax.Array:
        return jnp.sort(players.gen(z)).reshape(_MANY, -1).mean(axis=1)

    return _along_sgd(config, laws, config.players(), config.settings()[name], quantiles)


def generator_slopes(config: Config) -> np.ndarray:
    """(widths, seeds, T, 2): |dJ_G/dshift| of a still generator far from the data, saturating and not."""
    laws = lsgan.Normal(0.0, config.narrow), lsgan.Normal(config.gap, config.narrow)
    points = config.gap + config.narrow * jax.scipy.special.ndtri((jnp.arange(100, dtype=float) + 0.5) / 100)

    def slopes(players: lsgan.Players) -> jax.Array:
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
    return _along_sgd(config, laws, start, (_DiscOnly(), (), lsgan.Simultaneous), slopes)


class _DiscOnly(lsgan.Minimax):
    """The generator stays."""

    def objectives(self, real: Callable, fake: Callable) -> tuple:
        cost = real(self.real) + fake(self.fake)
        return cost, 0.0 * cost


def _along_sgd(
    config: Config,
    laws: tuple,
    start: lsgan.Players,
    setting: tuple,
    measure: Callable[[lsgan.Players], jax.Array],
) -> np.ndarray:
    """``measure`` of every start's players every so many steps of SGD: (starts, T, ...)."""
    loss, parts, kind = setting

    def once(rule: lsgan.AbstractRule, now: tuple, key: jax.Array) -> tuple[tuple, None]:
        keys = jax.random.split(key)
        points = [lsgan.PointMasses(law.sample(k, config.batch)) for law, k in zip(laws, keys, strict=True)]
        return lsgan.advance(lsgan.Game(points[0], points[1], loss, parts), rule, *now), None

    def one(players: lsgan.Players, key: jax.Array, step: jax.Array) -> jax.Array:
        rule = kind(step)

        def some(now: tuple, keys: jax.Array) -> tuple[tuple, jax.Array]:
            now, _ = jax.lax.scan(partial(once, rule), now, keys)
            return now, measure(now[0])

        keys = jax.random.split(key, (config.steps // config.every, config.every))
        return jax.lax.scan(some, (players, rule.init(players)), keys)[1]

    n = len(config.widths) * config.seeds
    paces = jnp.repeat(config.pace / jnp.asarray(config.widths, float), config.seeds)
    every = jax.jit(jax.vmap(one))(start, jax.random.split(jax.random.key(1), n), paces)
    return np.asarray(every).reshape(len(config.widths), config.seeds, *every.shape[1:])
