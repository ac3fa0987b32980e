"""How a run ended, with the numbers that say so."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Float

from ._types import Players, Scalar
from .game import field, HasObjectives
from .parameters import vector


class Outcome(eqx.Enumeration):
    """The end of a run.

    ``Outcome[path.outcome]`` is the sentence, ``path.outcome == Outcome.plateau`` a test.
    """

    plateau = "converged to a plateau: the field is gone and no root is near"
    point = "converged to a point: a root of the field is near"
    moving = "still moving when the steps were over"
    left_domain = "left the domain of a part and was stopped at its last valid point"
    overflowed = "overflowed and was stopped at its last valid point"


OUTCOMES = {
    name: getattr(Outcome, name) for name in ("plateau", "point", "moving", "left_domain", "overflowed")
}


class Evidence(eqx.Module):
    """The numbers an outcome rests on, at the end of the run (over the free parameters).

    Attributes:
        field_norm: |f|, the size of the field (per unit of the parameters).
        newton_distance: |d|, d = -J^+ f the Newton step to the nearest root, J the field's Jacobian.
        newton_ratio: |f(theta + d)| / |f(theta)|. Near a simple root it is close to 0; on a plateau,
            where f decays towards infinity, Newton's method runs after it with ratio about 1/e.
        growth_rate: d log|f| / dt = f.J f / |f|^2 along the flow: positive while a run is leaving.
    """

    field_norm: Scalar
    newton_distance: Scalar
    newton_ratio: Scalar
    growth_rate: Scalar

    def __str__(self) -> str:
        """The numbers in a line."""
        return (
            f"|field| = {self.field_norm:.2e}, Newton step {self.newton_distance:.2e} long "
            f"leaves {self.newton_ratio:.2f} of it, growth rate {self.growth_rate:.1e}"
        )


_ROOT_RATIO = 0.2  # below the 1/4 of a double root and the 1/e of an exponential tail


def evidence(game: HasObjectives, players: Players, positions: tuple[int, ...]) -> Evidence:
    """Field, Newton step and what it gains, over the parameters at ``positions``."""
    flat, rebuild = ravel_pytree(players)
    index = jnp.asarray(positions)

    def moving_field(moving: Float[Array, " k"]) -> Float[Array, " k"]:
        return vector(field(game, rebuild(flat.at[index].set(moving))))[index]

    here = flat[index]
    force, slope = moving_field(here), jax.jacfwd(moving_field)(here)
    newton = -jnp.linalg.pinv(slope) @ force
    size, after = jnp.linalg.norm(force), jnp.linalg.norm(moving_field(here + newton))
    flat_here = jnp.where(jnp.any(slope != 0), 0, 1).astype(size.dtype)
    unit = jnp.where(size > 0, size, 1)
    ratio = jnp.where(size > 0, after / unit, flat_here)
    direction = force / unit
    return Evidence(size, jnp.linalg.norm(newton), ratio, direction @ slope @ direction)


def judge(seen: Evidence, tolerance: Scalar) -> Outcome:
    """Plateau, point or moving."""
    close = seen.newton_distance <= jnp.sqrt(jnp.finfo(seen.field_norm.dtype).eps)
    rooted = (seen.newton_ratio <= _ROOT_RATIO) | (close & (seen.newton_ratio < 1))
    resting = Outcome.where(rooted, Outcome.point, Outcome.plateau)
    gone = seen.field_norm <= tolerance.astype(seen.field_norm.dtype)
    leaving = (seen.growth_rate > 0) & ~close  # a slow stretch, not the end
    return Outcome.where(gone & ~leaving, resting, Outcome.moving)
