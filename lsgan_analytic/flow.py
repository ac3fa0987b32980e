"""Continuous time."""

from collections.abc import Callable
from typing import cast, Generic, TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jax.flatten_util import ravel_pytree
from jaxtyping import Float

from ._checks import checked_int, positive_number
from ._types import Disc, Flag, Gen, Players, Scalar, ScalarLike, Vector
from .drift import modified_field
from .game import AbstractGame, field
from .outcome import classify_outcome, Evidence, evidence_of_flow, norm, Outcome
from .parameters import Names, vector
from .restriction import restrict, Restriction
from .trajectory import checked_start, finite, Path, with_cycle
from .updates.base import AbstractMemorylessRule

if TYPE_CHECKING:
    from diffrax import AbstractSolver, AbstractStepSizeController

_MOST_STEPS = 100_000


class Flow(eqx.Module, Generic[Disc, Gen]):
    """One run in continuous time, at T points.

    Attributes:
        times: (T,), equally spaced from 0.
        players: the parameters, each with a leading axis of length T.
        cost_terms: (T, 2), J1 and J2 at the same points.
        field_norm: (T,), the size of the field over the free parameters.
        outcome: how it ended, an ``Outcome``; evidence: the numbers behind it.
        reached: the last time it was followed to; later points repeat the last valid one.
        period: of a run that ends on a cycle (seen at its ``points``, as of ``trajectory``), the time after
            which it comes back; else NaN.
    """

    times: Float[Array, " T"]
    players: Players[Disc, Gen]
    cost_terms: Float[Array, "T 2"]
    field_norm: Float[Array, " T"]
    outcome: Outcome
    evidence: Evidence
    reached: Scalar
    period: Scalar

    @property
    def cost(self) -> Float[Array, " T"]:
        """J = J1 + J2 at every point."""
        return self.cost_terms.sum(axis=-1)


def flow(
    game: AbstractGame,
    players: Players[Disc, Gen],
    time: ScalarLike,
    points: int = 201,
    free: Names = None,
    *,
    rule: AbstractMemorylessRule | None = None,
    order: int = 2,
    rest: ScalarLike | None = None,
    tolerance: ScalarLike = 1e-2,
    rtol: float | None = None,
    atol: float | None = None,
    solver: "AbstractSolver | None" = None,
    step: float | None = None,
) -> Flow[Disc, Gen]:
    """Follow d theta/dt = field(theta), both players always at the same time, also inside a solver's stages.

    Args:
        game, players, free, tolerance: as for ``trajectory``; a game that projects players after a step
            (``Clip``) has no continuous time and is refused.
        time: how long, > 0: training with step size h for k steps is near time k h. With ``rule``: in steps.
        points: number of points of the result, >= 2.
        rule: one without memory, with constant step sizes: follow what its steps do, one unit of time a
            step, to this ``order`` >= 1 in the step sizes (see ``drift``).
        rest: stop where the field's norm has come down to this, > 0 (None: never).
        rtol, atol: error of a step of the solver; by default 1e-9 and 1e-11, in float32 1e-5 and 1e-6.
        solver: of diffrax, default Tsit5. step: a constant step size for it instead of rtol and atol.

    Returns:
        A ``Flow``. A run that leaves a part's domain, blows up or needs more than 100 000 steps of the solver
        stops at its last valid point and says so in ``outcome``.

    Raises:
        ValueError: time, rest or tolerance <= 0, points < 2, order < 1, a rule without a drift, unknown
            names, a start that is not finite.
        ImportError: diffrax is not installed (extra ``flow``).

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.0))
    >>> run = lsgan.flow(game, players, time=3.14159265, points=3)  # half a turn
    >>> [round(float(w), 5) for w in run.players.disc.w]
    [1.0, 0.0, -1.0]
    """
    try:
        import diffrax
    except ImportError as error:
        raise ImportError('flow needs diffrax: python -m pip install "lsgan_analytic[flow]"') from error
    dtype = vector(players).dtype
    time = positive_number("time")(time).astype(dtype)
    points, part = checked_int(points, "points", 2), restrict(game, checked_start(players), free)
    still = None if rest is None else positive_number("rest")(rest).astype(dtype)
    if part.projects:
        raise ValueError(f"game: expected one without projection (Clip, say) for a flow, got {game!r}")
    single = dtype == jnp.float32
    if step is None:
        control = diffrax.PIDController(
            rtol=rtol or (1e-5 if single else 1e-9), atol=atol or (1e-6 if single else 1e-11)
        )
    else:
        control = diffrax.ConstantStepSize()
        step = float(positive_number("step")(step))
    method = (solver or diffrax.Tsit5(), control, step)
    followed = (rule, checked_int(order, "order"))
    level = positive_number("tolerance")(tolerance)
    run = _flow(part, time, points, followed, still, level, method)
    return with_cycle(run, run.players, run.times[1] - run.times[0])


Followed = tuple[AbstractMemorylessRule | None, int]  # the rule that is followed, and to which order


def _along(game: AbstractGame, followed: Followed, players: Players) -> Players:
    """d players/dt."""
    rule, order = followed
    return field(game, players) if rule is None else modified_field(game, rule, players, order)


@eqx.filter_jit
def _flow(
    part: Restriction,
    time: Scalar,
    points: int,
    followed: Followed,
    rest: Scalar | None,
    tolerance: Scalar,
    method: tuple["AbstractSolver", "AbstractStepSizeController", float | None],
) -> Flow:
    import diffrax

    start, rebuild = ravel_pytree(part.reduce(part.players))
    solver, control, step = method
    events = {"left": lambda t, y, args, **_: ~part.in_domain(rebuild(y))}
    if rest is not None:
        events["rest"] = lambda t, y, args, **_: norm(vector(field(part, rebuild(y)))) <= rest
    times = time * jnp.linspace(0, 1, points, dtype=time.dtype)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(lambda t, y, args: vector(_along(part, followed, rebuild(y)))),
        solver,
        t0=times[0],
        t1=times[-1],
        dt0=step,
        y0=start,
        saveat=diffrax.SaveAt(subs=(diffrax.SubSaveAt(ts=times), diffrax.SubSaveAt(t1=True))),
        stepsize_controller=control,
        event=diffrax.Event(events),
        max_steps=_MOST_STEPS,
        throw=False,
    )
    (_, (ending,)), (saved, (end,)) = solution.ts, solution.ys  # pyright: ignore[reportGeneralTypeIssues]
    stopped = cast(dict[str, Array], solution.event_mask)
    rested = stopped["rest"] if rest is not None else jnp.asarray(False)
    # points after an event are not finite: at rest they are where it came to rest
    arrived = rested & (times > ending)
    saved = jnp.where(arrived[:, None], end[None], saved)
    valid = jax.vmap(lambda y: finite(rebuild(y)) & part.in_domain(rebuild(y)))(saved)
    last = jnp.sum(jnp.cumprod(valid.astype(jnp.int32))) - 1
    values = saved[jnp.minimum(jnp.arange(points), last)]
    complete = last == points - 1
    reached = jnp.where(rested, ending, times[last])
    left = stopped["left"] | jnp.any(jnp.all(jnp.isfinite(saved), axis=-1) & ~valid)
    stop = Outcome.where(left, Outcome.left_domain, Outcome.overflowed)
    return _judged(part, followed, tolerance, rebuild, times, values, reached, complete, stop)


def _judged(
    part: Restriction,
    followed: Followed,
    tolerance: Scalar,
    rebuild: Callable[[Vector], Players],
    times: Float[Array, " T"],
    values: Float[Array, "T k"],
    reached: Scalar,
    complete: Flag,
    stop: Outcome,
) -> Flow:
    """Costs, field and outcome of the points ``values``."""
    points = jax.vmap(lambda y: part.whole(rebuild(y)))(values)

    def costs_and_norm(y: Array) -> tuple[Array, Array]:
        return jnp.stack(part.cost_terms(rebuild(y))), norm(vector(field(part, rebuild(y))))

    terms, norms = jax.vmap(costs_and_norm)(values)
    last = Restriction(part.game, part.whole(rebuild(values[-1])), part.positions)

    def velocity(y: Array) -> Array:
        return vector(_along(part, followed, last.reduced_at(y)))[last.order]

    evidence = evidence_of_flow(last, velocity, reached)
    outcome = Outcome.where(complete, classify_outcome(evidence, last.players, tolerance), stop)
    return Flow(times, points, terms, norms, outcome, evidence, reached, jnp.full_like(reached, jnp.nan))


def path_distance(path: Path | Flow, run: Path | Flow) -> Float[Array, " T"]:
    """The Euclidean distance of a path from a flow (or any two), point by point, in all parameters.

    Args:
        path: of T points; run: of as many, at the same times. A path of ``trajectory(..., steps=steps)`` has
            the times of ``flow(..., time=step * steps, points=steps + 1)`` and of ``flow(..., time=steps,
            points=steps + 1, rule=rule)``. ValueError for another number of points.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.0))
    >>> run = lsgan.flow(game, players, time=3.14159265, points=3)
    >>> away = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.5))
    >>> apart = lsgan.path_distance(run, lsgan.flow(game, away, time=3.14159265, points=3))
    >>> [round(float(d), 5) for d in apart]
    [0.5, 0.5, 0.5]
    """
    first, second = (jax.vmap(vector)(one.players) for one in (path, run))
    if first.shape != second.shape:
        raise ValueError(f"run: expected points and parameters {first.shape} like path, got {second.shape}")
    return jnp.sqrt(jnp.sum(jnp.square(first - second), axis=-1))
