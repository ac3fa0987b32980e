"""How a run ended, with the numbers that say so."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PyTree

from ._types import Players, Scalar
from .parameters import vector
from .restriction import Restriction
from .updates.base import AbstractRule, advance


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
        growth: the growth of log|f| if the run went on for as many steps again at its present pace; a run
            with growth > 0 is leaving a slow stretch.

    Of more than 500 parameters no root is sought: the distance is inf, the ratio 1, an end a plateau at most.
    """

    field_norm: Scalar
    newton_distance: Scalar
    newton_ratio: Scalar
    growth: Scalar

    def __str__(self) -> str:
        """The numbers in a line, for one run."""
        if self.field_norm.ndim:
            return f"Evidence of {self.field_norm.shape} runs"
        return (
            f"|field| = {self.field_norm:.2e}, Newton step {self.newton_distance:.2e} long "
            f"leaves {self.newton_ratio:.2f} of it, growth {self.growth:.1e}"
        )


_ROOT_RATIO = 0.2  # below the 1/4 of a double root and the 1/e of an exponential tail
_ROOT_DISTANCE = 0.1  # relative to 1 + |theta|
_LEAVING = 0.1
_MANY = 500  # parameters beyond which no Newton step is taken


def norm(values: Float[Array, " k"]) -> Scalar:
    """The Euclidean norm, also of numbers whose squares underflow; its gradient at 0 is 0."""
    scale = jax.lax.stop_gradient(jnp.max(jnp.abs(values)))
    present = scale > 0
    safe = jnp.where(present, scale, 1)
    squares = jnp.sum(jnp.square(values / safe))
    return jnp.where(present, safe * jnp.sqrt(jnp.where(present, squares, 1)), 0)


def evidence(
    game: Restriction,
    rule: AbstractRule,
    state: PyTree,
    steps: Int[Array, ""],
) -> Evidence:
    """Field, Newton step and what it gains, over the free parameters at ``game.players``."""
    here = game.point
    if here.size > _MANY:
        return _without_newton(game, rule, state, steps)
    force, slope = game.field(here), game.jacobian(here)
    size, steepness = norm(force), jnp.max(jnp.abs(slope))
    tiny = 100 * jnp.finfo(size.dtype).tiny
    flat_here = steepness < tiny  # force and slope have underflowed together
    scale = jnp.where(flat_here, 1, steepness)
    newton = -jnp.linalg.pinv(slope / scale) @ (force / scale)
    unit = jnp.where(size > 0, size, 1)
    after = norm(game.field(here + newton)) / unit
    ratio = jnp.where(size > 0, after, jnp.where(flat_here, 1, 0).astype(after.dtype))
    direction = force / unit
    pace = _displacement(game, rule, state) / unit  # the step size, in effect
    growth = (direction @ slope @ direction) * pace * steps.astype(pace.dtype)
    return Evidence(size, norm(newton), ratio, growth)


def _displacement(game: Restriction, rule: AbstractRule, state: PyTree) -> Scalar:
    """How far the next step goes."""
    here = game.reduce(game.players)
    there, _ = advance(game, rule, here, state)
    return norm(vector(there) - vector(here))


def _without_newton(game: Restriction, rule: AbstractRule, state: PyTree, steps: Int[Array, ""]) -> Evidence:
    """For networks, whose Jacobian is too large: one product with it in its place, and no root is sought."""
    here = game.point
    force = game.field(here)
    size = norm(force)
    direction = force / jnp.where(size > 0, size, 1)
    _, turned = jax.jvp(game.field, (here,), (direction,))
    pace = _displacement(game, rule, state) / jnp.where(size > 0, size, 1)
    growth = jnp.sum(direction * turned) * pace * steps.astype(pace.dtype)
    return Evidence(size, jnp.full_like(size, jnp.inf), jnp.ones_like(size), growth)


def judge(seen: Evidence, players: Players, tolerance: Scalar) -> Outcome:
    """Plateau, point or moving."""
    dtype = seen.field_norm.dtype
    close = seen.newton_distance <= jnp.sqrt(jnp.finfo(dtype).eps)
    near = seen.newton_distance <= _ROOT_DISTANCE * (1 + norm(vector(players)))
    rooted = ((seen.newton_ratio <= _ROOT_RATIO) & near) | (close & (seen.newton_ratio < 1))
    resting = Outcome.where(rooted, Outcome.point, Outcome.plateau)
    leaving = (seen.growth > _LEAVING) & ~close
    return Outcome.where((seen.field_norm <= tolerance.astype(dtype)) & ~leaving, resting, Outcome.moving)
