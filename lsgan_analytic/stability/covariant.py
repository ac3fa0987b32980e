"""Covariant Lyapunov vectors: the directions in which neighbouring runs part, step for step."""

from dataclasses import replace

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float, Int

from .._checks import checked_int
from .._types import Matrix, Players, Values, Vector
from ..game import AbstractGame
from ..parameters import Names
from ..restriction import restrict, Restriction
from ..trajectory import checked_start, play, Progress
from ..updates.base import AbstractRule, checked_rule
from .lyapunov import Stretched


class CovariantVectors(eqx.Module):
    """At every point of a run, the directions that its steps carry into each other.

    Attributes:
        vectors: (T, n, n): ``vectors[k, i]`` is the i-th of the point after ``steps[k]`` steps, of length 1;
            coordinates are the free parameters, then the numbers of the rule's memory. The sign is arbitrary.
        growth: (T, n), log of the growth of each in the next step.
        players: the points, each parameter with a leading axis T.
        steps: (T,), the number of steps before each point.
    """

    vectors: Float[Array, "T n n"]
    growth: Float[Array, "T n"]
    players: Players
    steps: Int[Array, " T"]

    @property
    def exponents(self) -> Vector:
        """(n,), the mean growth of each per step: over many points the Lyapunov exponents, largest first."""
        return jnp.mean(self.growth, axis=-2)

    def angles(self, fast: int) -> Values:
        """(T,), the smallest angle (radians) between the spans of the ``fast`` first vectors and of the rest.

        Where it comes near 0 growing and decaying directions touch: the dynamics are not hyperbolic there.

        Args:
            fast: how many, from 1 to n - 1; ValueError otherwise.
        """
        n = self.vectors.shape[-1]
        if checked_int(fast, "fast") >= n:
            raise ValueError(f"fast: expected an integer from 1 to n - 1 = {n - 1}, got {fast}")
        rows = jnp.swapaxes(self.vectors, -1, -2)
        one, other = (jnp.linalg.qr(part)[0] for part in (rows[..., :fast], rows[..., fast:]))
        # of the part of one span outside the other: arccos of a cosine near 1 has no digits
        inside = jnp.einsum("...ij,...ik->...jk", other, one)
        outside = one - jnp.einsum("...ij,...jk->...ik", other, inside)
        return jnp.arcsin(jnp.clip(jnp.linalg.norm(outside, ord=-2, axis=(-2, -1)), 0, 1))


def covariant_vectors(
    game: AbstractGame,
    rule: AbstractRule,
    players: Players,
    steps: int,
    free: Names = None,
    transient: int = 200,
) -> CovariantVectors:
    """The covariant Lyapunov vectors of ``rule`` played on ``game`` at ``steps`` points of a run.

    J_k v_i(k) is parallel to v_i(k + 1), J_k the Jacobian of step k (parameters and the rule's memory), and
    the mean of log|J_k v_i(k)| is the i-th Lyapunov exponent. At an equilibrium they are the eigenvectors of
    the step, on a periodic orbit those of its Floquet matrix. With J_k Q_k = Q_{k+1} R_k played forward, the
    coefficients C of v = Q C follow backward, C_k = R_k^-1 C_{k+1}, each column scaled to length 1: Ginelli
    et al., Phys. Rev. Lett. 99 (2007) 130601.

    Args:
        game, rule, players, free: as for ``trajectory``.
        steps: points, the first after ``transient`` steps.
        transient: steps before the first point, and steps played beyond the last, in which the directions
            settle, at the rate of the differences of the exponents; >= 1.

    Returns:
        ``CovariantVectors``; NaN where a run was stopped before its last step, and at all points before a
        step that forgets a direction (a singular Jacobian). Whether the directions have settled is seen with
        twice the transient. Where exponents are equal, as of a pair of complex multipliers,
        the vectors of the pair span the right plane, and their place in it is arbitrary.

    Raises:
        ValueError: bad arguments as for ``trajectory``; transient < 1; a rule with sizes for fewer than the
            steps + 2 transient steps that are played.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> rule = lsgan.Simultaneous(step=0.4)
    >>> found = lsgan.covariant_vectors(game, rule, players, steps=50, free=("b", "h"))
    >>> found.vectors.shape, bool((found.exponents[1:] < found.exponents[:-1]).all())
    ((50, 2, 2), True)
    """
    steps, transient = checked_int(steps, "steps"), checked_int(transient, "transient")
    checked_rule(rule).check(steps + 2 * transient)
    return _vectors(restrict(game, checked_start(players), free), rule, steps, transient)


@eqx.filter_jit
def _vectors(restriction: Restriction, rule: AbstractRule, steps: int, transient: int) -> CovariantVectors:
    game = restriction.game
    start = Stretched.begin(Progress.begin(rule, restriction), restriction)
    # the axes may be invariant directions, from which the frame would not turn to the fastest growing one
    frame, _ = jnp.linalg.qr(jax.random.normal(jax.random.key(0), start.frame.shape, start.frame.dtype))
    every = steps + 2 * transient
    _, (frames, triangles, players) = play(
        lambda _: game,
        rule,
        replace(start, frame=frame),
        every,
        keep=lambda now: (now.frame, now.triangle, now.run.players),
    )

    def back(after: Matrix, step: tuple[Matrix, Matrix]) -> tuple[Matrix, tuple[Matrix, Vector]]:
        frame, triangle = step
        raw = jax.scipy.linalg.solve_triangular(triangle, after)
        sizes = jnp.linalg.norm(raw, axis=0)
        here = raw / sizes[None]
        return here, (jnp.matmul(frame, here, precision="highest").T, -jnp.log(sizes))

    last = jnp.triu(jnp.ones_like(frames[0]))
    last = last / jnp.linalg.norm(last, axis=0)[None]
    _, (vectors, growth) = jax.lax.scan(back, last, (frames[:-1], triangles[1:]), reverse=True)
    shown = slice(transient - 1, transient - 1 + steps)
    points = jax.tree.map(lambda leaf: leaf[shown], players)
    return CovariantVectors(vectors[shown], growth[shown], points, jnp.arange(transient, transient + steps))
