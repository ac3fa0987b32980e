"""How a run ended, with the numbers that say so."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PyTree

from ._types import Matrix, Players, Scalar, Vector
from .game import field
from .parameters import vector
from .restriction import Restriction
from .updates.base import AbstractRule, advance


class Outcome(eqx.Enumeration):
    """The end of a run.

    ``Outcome[path.outcome]`` is the sentence, ``path.outcome == Outcome.plateau`` a test. *Cycle* is said by
    ``trajectory``, ``flow`` and ``basins``; an ensemble (``simulate``) keeps no more of its runs than it is
    asked for, so that one on a cycle is still moving there: play it with ``trajectory`` to know. *Not judged*
    are the runs of an ensemble that was simulated with ``tolerance=None``.
    """

    plateau = "converged to a plateau: the field is gone and no root is near"
    point = "converged to a point: a root of the field is near"
    moving = "still moving when the steps were over"
    left_domain = "left the domain of a part and was stopped at its last valid point"
    overflowed = "overflowed and was stopped at its last valid point"
    cycle = "ended on a cycle: it comes back, neither growing nor shrinking"
    not_judged = "took all its steps; how it ended was not asked"


OUTCOMES = {
    name: getattr(Outcome, name)
    for name in ("plateau", "point", "moving", "left_domain", "overflowed", "cycle", "not_judged")
}


class Evidence(eqx.Module):
    """The numbers an outcome rests on, at the end of the run (over the free parameters).

    Attributes:
        field_norm: |f|, the size of the field (per unit of the parameters).
        newton_distance: |d|, d = -J^+ f the Newton step to the nearest root, J the field's Jacobian. What of
            f is within the rounding of theta, f ~ eps |J| (1 + |theta|), counts as 0; inf where J has
            underflowed.
        newton_ratio: |f(theta + d)| / |f(theta)|. Near a simple root it is close to 0, at its rounding
            about 1; on a plateau, where f and J decay together towards infinity, d stays long and Newton's
            method runs after them with ratio about 1/e.
        growth: the growth of log|f| if the run went on for as many steps again as it does on the next (up to
            64) steps of the rule, rotations averaged over half of these; 0 where these steps are lost in the
            rounding of theta. A run with growth > 0 is leaving a slow stretch or an unstable root. Of a flow
            it is that of the linearised flow for as long again, in 64 parts.

    Of more than 500 parameters no root is sought: the distance is inf, the ratio 1, an end a plateau at most.
    """

    field_norm: Float[Array, "*runs"]
    newton_distance: Float[Array, "*runs"]
    newton_ratio: Float[Array, "*runs"]
    growth: Float[Array, "*runs"]

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
_AHEAD = 64  # steps
_MANY = 500  # parameters beyond which no Newton step is taken
FEW = 8  # parameters in whose directions a field is differentiated at once; in two of more, for the memory


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
    """The evidence for a run of steps of ``rule``, over the free parameters at ``game.players``."""
    logs, moved = _next_steps(game, rule, state)
    found = _first_order(game, moved[0] * steps.astype(game.point.dtype))
    growth = _growth(game, logs, moved, jnp.clip(steps, 1, _AHEAD), steps, found.growth)
    return eqx.tree_at(lambda found: found.growth, found, growth)


def evidence_of_flow(game: Restriction, velocity: Callable[[Vector], Vector], time: Scalar) -> Evidence:
    """The same for a flow along ``velocity``, a function of the free parameters, followed for ``time``."""
    found = _first_order(game, norm(velocity(game.point)) * time)
    growth = _growth_of_flow(game, velocity, time, found.growth)
    return eqx.tree_at(lambda found: found.growth, found, growth)


def _first_order(game: Restriction, ahead: Scalar) -> Evidence:
    """Field, Newton step, what it gains; growth over the length ``ahead`` in the direction of the field."""
    here = game.point
    if here.size > _MANY:
        return _without_newton(game, ahead)
    slope, force = _slope_and_value(game.field, here)
    size, steepness = norm(force), jnp.max(jnp.abs(slope))
    tiny = 100 * jnp.finfo(size.dtype).tiny
    flat_here = steepness < tiny  # force and slope have underflowed together
    scale = jnp.where(flat_here, 1, steepness)
    newton = _newton_step(slope / scale, force / scale, norm(here))
    unit = jnp.where(size > 0, size, 1)
    after = norm(game.field(here + newton)) / unit
    ratio = jnp.where(size > 0, after, jnp.where(flat_here, 1, 0).astype(after.dtype))
    direction = force / unit
    growth = (direction @ slope @ direction) * ahead / unit
    return Evidence(size, jnp.where(flat_here, jnp.inf, norm(newton)), ratio, growth)


def _slope_and_value(function: Callable[[Vector], Vector], here: Vector) -> tuple[Matrix, Vector]:
    """The Jacobian and the value, in memory for a few directions."""
    if here.size <= FEW:
        return jax.jacfwd(lambda point: (function(point),) * 2, has_aux=True)(here)

    def along(direction: Vector) -> Vector:
        return jax.jvp(function, (here,), (direction,))[1]

    columns = jax.lax.map(along, jnp.eye(here.size, dtype=here.dtype), batch_size=2)
    return columns.T, function(here)


def _newton_step(slope: Float[Array, "k k"], force: Float[Array, " k"], size: Scalar) -> Float[Array, " k"]:
    """-J^+ f for a J of size 1, without the parts of f and of J that are rounding."""
    left, values, right = jnp.linalg.svd(slope)
    eps = jnp.finfo(force.dtype).eps
    along = jnp.sum(left * force[:, None], axis=0)
    resolved = (jnp.abs(along) > 8 * eps * (1 + size)) & (values > 10 * force.size * eps * values[0])
    step = jnp.where(resolved, along / jnp.where(resolved, values, 1), 0)
    return -jnp.sum(right * step[:, None], axis=0)


def _next_steps(game: Restriction, rule: AbstractRule, state: PyTree) -> tuple[Vector, Vector]:
    """log|f| here and after each of the next steps of the rule, and how far from here each of these is."""
    here = game.reduce(game.players)

    def once(now: tuple[PyTree, PyTree], _: None) -> tuple[tuple[PyTree, PyTree], tuple[Scalar, Scalar]]:
        players, _ = now
        return advance(game, rule, *now), (
            norm(vector(field(game, players))),
            norm(vector(players) - vector(here)),
        )

    _, (sizes, moved) = jax.lax.scan(once, (here, state), length=_AHEAD + 1)
    return jnp.log(sizes), moved[1:]


def _growth_of_flow(
    game: Restriction, velocity: Callable[[Vector], Vector], time: Scalar, otherwise: Scalar
) -> Scalar:
    """``Evidence.growth`` from e^{A t} v, t to ``time``: the flow near its end, v its velocity, A = dv/dx."""
    here = game.point
    if here.size > _MANY:
        return otherwise
    pace, share = velocity(here), time / _AHEAD
    step = jax.scipy.linalg.expm(jax.jacfwd(velocity)(here) * share)

    def once(
        carry: tuple[Vector, Scalar, Scalar], _: None
    ) -> tuple[tuple[Vector, Scalar, Scalar], tuple[Scalar, Scalar]]:
        direction, log_size, moved = carry
        after = step @ direction
        size = norm(after)
        log_size = log_size + jnp.log(size)
        moved = moved + share * jnp.exp(log_size)
        return (after / jnp.where(size > 0, size, 1), log_size, moved), (log_size, moved)

    size = norm(pace)
    first = jnp.log(size)
    _, (later, moved) = jax.lax.scan(
        once, (pace / jnp.where(size > 0, size, 1), first, jnp.zeros_like(size)), length=_AHEAD
    )
    every = jnp.concatenate([first[None], later])
    return _growth(game, every, moved, jnp.asarray(_AHEAD), jnp.asarray(_AHEAD), otherwise)


def _growth(
    game: Restriction,
    logs: Vector,
    moved: Vector,
    last: Int[Array, ""],
    steps: Int[Array, ""],
    otherwise: Scalar,
) -> Scalar:
    """From log|f| at the ``last`` next steps, of which each is ``moved`` away, over as many as ``steps``."""
    k, half = jnp.arange(_AHEAD + 1), last // 2
    peaks = [jnp.max(jnp.where(part, logs, -jnp.inf)) for part in (k <= half, (k > half) & (k <= last))]
    rate = (peaks[1] - peaks[0]) / (last - half).astype(logs.dtype)
    rounding = 64 * jnp.finfo(logs.dtype).eps * norm(vector(game.players))
    settled = jnp.max(jnp.where(k[1:] <= last, moved, 0)) <= rounding
    growth = jnp.where(jnp.isfinite(rate), rate * steps.astype(logs.dtype), otherwise)
    return jnp.where(settled, 0, growth)


def _without_newton(game: Restriction, ahead: Scalar) -> Evidence:
    """For networks, whose Jacobian is too large: one product with it in its place, and no root is sought."""
    here = game.point
    force = game.field(here)
    size = norm(force)
    unit = jnp.where(size > 0, size, 1)
    direction = force / unit
    _, turned = jax.jvp(game.field, (here,), (direction,))
    growth = jnp.sum(direction * turned) * ahead / unit
    return Evidence(size, jnp.full_like(size, jnp.inf), jnp.ones_like(size), growth)


def classify_outcome(evidence: Evidence, players: Players, tolerance: Scalar) -> Outcome:
    """Plateau, point or moving."""
    dtype = evidence.field_norm.dtype
    size = 1 + norm(vector(players))
    close = evidence.newton_distance <= jnp.sqrt(jnp.finfo(dtype).eps) * size  # never on a plateau
    near = evidence.newton_distance <= _ROOT_DISTANCE * size
    rooted = ((evidence.newton_ratio <= _ROOT_RATIO) & near) | close
    resting = Outcome.where(rooted, Outcome.point, Outcome.plateau)
    leaving = evidence.growth > _LEAVING
    return Outcome.where((evidence.field_norm <= tolerance.astype(dtype)) & ~leaving, resting, Outcome.moving)
