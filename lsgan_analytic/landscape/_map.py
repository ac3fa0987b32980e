"""What moves in one step of training, as a vector."""

from collections.abc import Callable, Sequence

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import PyTree

from .._types import Players, Vector


def moving(
    players: Players, state: PyTree, positions: Sequence[int]
) -> tuple[Vector, Callable[[Vector], tuple[Players, PyTree]]]:
    """(vector, put): the parameters at ``positions`` and the real numbers of a rule's state; the way back.

    ``put(vector)`` is players and state; what does not move, counters among it, is as it was.
    """
    flat, rebuild = ravel_pytree(players)
    numbers, others = eqx.partition(state, eqx.is_inexact_array)
    memory, refill = ravel_pytree(numbers)
    index = np.asarray(positions)
    memory = memory.astype(flat.dtype if memory.size == 0 else memory.dtype)

    def put(values: Vector) -> tuple[Players, PyTree]:
        own, extra = jnp.split(values, [index.size])
        return rebuild(flat.at[index].set(own)), eqx.combine(refill(extra), others) if memory.size else state

    return jnp.concatenate([flat[index], memory]), put
