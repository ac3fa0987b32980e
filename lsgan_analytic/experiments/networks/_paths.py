"""Paths of two networks: exact, and of SGD."""

import jax
import jax.numpy as jnp

import lsgan_analytic as lsgan

from ._config import Config


def exact_path(game: lsgan.Game, rule: lsgan.Simultaneous, start: lsgan.Players, steps: int) -> lsgan.Players:
    """The exact path, steps + 1 points."""

    @jax.jit
    def play(start: lsgan.Players) -> lsgan.Players:
        def once(now: tuple, _: None) -> tuple:
            after = lsgan.advance(game, rule, *now)
            return after, after[0]

        _, later = jax.lax.scan(once, (start, rule.init(start)), length=steps)
        return jax.tree.map(lambda first, rest: jnp.concatenate([first[None], rest]), start, later)

    return play(start)


def sgd_runs(config: Config, game: lsgan.Game, start: lsgan.Players, batch: int, steps: int) -> lsgan.Players:
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
