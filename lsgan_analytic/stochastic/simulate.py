"""Stochastic training: the same update rule, played on sampled games."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from .._checks import count, positive
from .._types import Players, Scalar
from ..game import Game
from ..outcome import Evidence, Outcome
from ..parameters import HeldGame, indices, Names, parameter_names
from ..trajectory import checked_start, play
from ..updates.base import AbstractRule
from ._sampling import checked_protocol, pair, Protocol, sampled, Samples
from .ensemble import Ensemble

_TILE = 20


def simulate(
    game: Game,
    rule: AbstractRule,
    players: Players,
    *,
    key: Array,
    runs: int,
    samples: Samples,
    steps: int,
    protocol: Protocol = "fixed",
    free: Names = None,
    save_every: int = 1,
    tile: int | None = None,
    tolerance: ArrayLike = 1e-2,
) -> Ensemble:
    """Play ``rule`` on games drawn from ``game``: R = runs independent runs from one start.

    Args:
        game: the exact game; its laws are what is sampled.
        rule: an update rule.
        players: the common start.
        key: a JAX random key, typed or raw. Run r uses ``fold_in(key, r)``: its result does not depend on
            how many runs there are.
        runs: number of runs.
        samples: points per sample of each law; a pair (data, latent) for different numbers.
        steps: number of steps; a multiple of ``save_every``.
        protocol: "fixed": each run draws one data set and one latent set and descends on those (what
            Pulford & Kondrashov did). "fresh": a new sample at every step (stochastic gradient descent).
        free: names of the parameters that move (None: all).
        save_every: keep every so many steps: T = 1 + steps / save_every points.
        tile: runs computed side by side. It bounds the memory, and a run has the same bits in every
            ensemble of the same tile.
        tolerance: as for ``trajectory``; the outcome of a run is judged on its own sample ("fixed") or on
            the exact game ("fresh").

    Returns:
        An ``Ensemble``. A run that overflows or leaves a domain is recorded and stops alone.

    Raises:
        ValueError: counts < 1, steps no multiple of save_every, tile > runs, an unknown protocol, unknown
            names in ``free``, a start that is not finite. TypeError: not a key.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> runs = lsgan.simulate(game, lsgan.Simultaneous(step=0.4), players, key=jax.random.key(0),
    ...                       runs=4, samples=100, steps=10, free=("b", "h"))
    >>> runs.players.disc.b.shape, runs.values.shape
    ((4, 11), (4, 11, 2))
    """
    runs, steps, save_every = count(runs, "runs"), count(steps, "steps"), count(save_every, "save_every")
    if steps % save_every:
        raise ValueError(f"steps: expected a multiple of save_every={save_every}, got {steps}")
    tile = _TILE if tile is None else count(tile, "tile")
    if tile > runs and tile != _TILE:
        raise ValueError(f"tile: expected at most runs={runs}, got {tile}")
    positions = indices(players, free)
    names = tuple(parameter_names(players)[i] for i in positions)
    saved, outcome, seen, taken = _simulate(
        game,
        rule,
        checked_start(players),
        _typed(key),
        (runs, steps, save_every, tile),
        pair(samples),
        checked_protocol(protocol),
        positions,
        positive("tolerance")(tolerance),
    )
    return Ensemble(saved, jnp.arange(0, steps + 1, save_every), outcome, seen, taken, names)


def _typed(key: Array) -> Array:
    """A typed key; raw uint32 keys are wrapped."""
    if not isinstance(key, jax.Array):
        raise TypeError(f"key: expected a JAX random key, e.g. jax.random.key(0), got {key!r}")
    if not jnp.issubdtype(key.dtype, jax.dtypes.prng_key):
        if key.dtype != jnp.uint32:
            raise TypeError(f"key: expected a JAX random key, e.g. jax.random.key(0), got dtype {key.dtype}")
        key = jax.random.wrap_key_data(key)
    if key.shape != ():
        raise TypeError(f"key: expected one key, got shape {key.shape}")
    return key


@eqx.filter_jit
def _simulate(
    game: Game,
    rule: AbstractRule,
    players: Players,
    key: Array,
    sizes: tuple[int, int, int, int],
    samples: tuple[int, int],
    protocol: Protocol,
    positions: tuple[int, ...],
    tolerance: Scalar,
) -> tuple[Players, Outcome, Evidence, Array]:
    runs, steps, save_every, tile = sizes

    def one(run: Array) -> tuple[Players, Outcome, Evidence, Array]:
        own = jax.random.fold_in(key, run)
        if protocol == "fixed":
            held = last = HeldGame(sampled(game, own, samples), positions)
            end, saved = play(lambda _: held, rule, players, steps, save_every)
        else:
            last = HeldGame(game, positions)

            def game_at(k: Array) -> HeldGame:
                return HeldGame(sampled(game, jax.random.fold_in(own, k), samples), positions)

            end, saved = play(game_at, rule, players, steps, save_every)
        return saved, *end.judged(last, positions, tolerance), end.steps_taken

    tiles = -(-runs // tile)
    results = jax.lax.map(jax.vmap(one), jnp.arange(tiles * tile).reshape(tiles, tile))
    return jax.tree.map(lambda x: x.reshape(tiles * tile, *x.shape[2:])[:runs], results)
