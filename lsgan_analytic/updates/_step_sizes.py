"""Step sizes: of two players, constant or changing from step to step."""

from collections.abc import Callable, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.core import Tracer
from jaxtyping import Int

from .._checks import positive
from .._types import Numbers, Scalar, ScalarLike, Values

Count = Int[Array, ""]
StepSize = Numbers | Callable[[Scalar], ScalarLike]
Step = StepSize | Sequence[StepSize]

_WANTED = (
    "a number, an array with one size for every step or a function of the step number, or a pair (disc, gen) "
    "of these"
)


class _Schedule(eqx.Module):
    """The step size of one player."""

    sizes: Array  # () or (steps,)
    function: Callable[..., Any] | None = eqx.field(static=True)

    def __init__(self, step: Any):
        self.function = step if callable(step) else None
        self.sizes = jnp.zeros(()) if callable(step) else positive("step")(step)
        if self.function is not None:
            shape = self._shape_of_values()
            if shape != ():
                raise ValueError(f"step: expected a function whose values are numbers, got shape {shape}")
        if self.sizes.ndim > 1 or self.sizes.size == 0:
            raise ValueError(f"step: expected {_WANTED}, got an array of shape {self.sizes.shape}")

    def _shape_of_values(self) -> tuple[int, ...]:
        try:
            return jax.eval_shape(self, jax.ShapeDtypeStruct((), jnp.int32)).shape
        except TypeError as error:
            raise ValueError(
                "step: expected a function of the step number, which comes as a floating-point number in the "
                f"dtype of the players, got one that does not take it: {error}"
            ) from error

    @property
    def changes(self) -> bool:
        return self.function is not None or self.sizes.ndim == 1

    def check(self, steps: int) -> None:
        """One size for each of ``steps`` steps; of a function, numbers >= 0 (0: a schedule's end)."""
        if self.sizes.ndim == 1 and self.sizes.shape[0] != steps:
            raise ValueError(f"step: expected one size for each of {steps} steps, got {self.sizes.shape[0]}")
        if self.function is None:
            return
        with jax.ensure_compile_time_eval():
            sizes = jax.vmap(self)(jnp.arange(steps))
        if isinstance(sizes, Tracer):
            return  # of a function of traced values nothing is known
        known = np.asarray(sizes)
        bad = np.flatnonzero(~(np.isfinite(known) & (known >= 0)))
        if bad.size:
            got = f"{known[bad[0]]} at step {bad[0]}"
            raise ValueError(f"step: expected a function whose values are finite and >= 0, got {got}")

    def __call__(self, k: Count | None, dtype: jnp.dtype | None = None) -> Values:
        if self.function is not None and k is not None:
            number = k.astype(jnp.result_type(float) if dtype is None else dtype)
            with jax.numpy_dtype_promotion("standard"):  # functions may mix dtypes
                return jnp.asarray(self.function(number))
        if k is None or self.sizes.ndim == 0:
            return self.sizes
        return self.sizes[jnp.minimum(k, self.sizes.shape[0] - 1)]


class StepSizes(eqx.Module):
    """The step sizes of both players.

    Args:
        step: a number > 0, the size of every step; or an array, one size > 0 for each step; or a function
            of the step number k = 0, 1, ... (an optax schedule, say), whose values are finite and >= 0: they
            are looked at when the number of steps is known. k comes as a floating-point number in the dtype
            of the players, so that a function of it is as accurate as they are. A pair (disc, gen) of these
            gives each player its own. ValueError otherwise.
    """

    disc: _Schedule
    gen: _Schedule

    def __init__(self, step: Step):
        both = tuple(step) if isinstance(step, tuple | list) else (step, step)
        if len(both) != 2:
            raise ValueError(f"step: expected {_WANTED}, got {step!r}")
        self.disc, self.gen = _Schedule(both[0]), _Schedule(both[1])

    def start(self) -> Count | None:
        """The step number before the first step; None where sizes do not depend on it."""
        return jnp.zeros((), jnp.int32) if self.disc.changes or self.gen.changes else None

    def __call__(self, k: int | Count | None = None, dtype: jnp.dtype | None = None) -> tuple[Scalar, Scalar]:
        """(disc, gen) at step k, which functions are given as a number of this dtype (None: the default)."""
        number = None if k is None else jnp.asarray(k)
        return self.disc(number, dtype), self.gen(number, dtype)

    def check(self, steps: int) -> None:
        """ValueError unless arrays have one size for each of ``steps`` steps, and functions give sizes."""
        for schedule in (self.disc, self.gen):
            schedule.check(steps)


def next_count(k: Count | None) -> Count | None:
    """The next step number."""
    return None if k is None else k + 1
