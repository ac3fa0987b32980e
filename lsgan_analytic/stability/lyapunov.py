"""Lyapunov exponents of training: whether neighbouring runs stay neighbours."""

from dataclasses import replace
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

from .._checks import checked_int
from .._types import Matrix, Players, Scalar, Values, Vector
from ..game import AbstractGame
from ..parameters import Names
from ..restriction import restrict, Restriction
from ..trajectory import checked_start, play, Progress
from ..updates.base import AbstractRule, checked_rule

_FOLD = float(np.log(1e3))  # what counts as growth: a power of the number of steps would not reach it soon
_ERRORS = 3.0


class Sensitivity(eqx.Enumeration):
    """How neighbouring runs part. A statement about the steps that were played.

    ``Sensitivity[spectrum.verdict]`` is the sentence, ``spectrum.verdict == Sensitivity.sensitive`` a test.
    """

    sensitive = "sensitive: neighbours part exponentially, a thousandfold in the second half alone"
    transient = "transient: some neighbours parted a thousandfold, but they do not keep parting"
    regular = "regular: at no step had any neighbours parted a thousandfold"
    stopped = "stopped: the run left its domain or overflowed; the numbers are of the steps before"


class Spectrum(eqx.Module):
    """Lyapunov exponents of one run (per step), largest first, with the evidence for the verdict.

    Attributes:
        exponents: (n,), averages over the steps after the transient: one for each free parameter and each
            number of the rule's memory. -inf where a step forgets a direction at once.
        errors: (n,), their standard errors by batch means; a drift of the exponents is part of them.
        growth: (steps,), log of the largest growth of a small perturbation of the start until then.
        late_growth: log of the growth of the leading direction over the second half of the steps.
        local: (steps, n), log of the growth of each direction in one step, NaN after a stop.
        verdict: a ``Sensitivity``; players: where the run ended; steps_taken: valid steps.
    """

    exponents: Vector
    errors: Vector
    growth: Float[Array, " T"]
    late_growth: Scalar
    local: Float[Array, "T n"]
    verdict: Sensitivity
    players: Players
    steps_taken: Int[Array, ""]

    @property
    def total(self) -> Scalar:
        """The sum of the exponents: log of the growth of volumes, per step. Dissipative where < 0."""
        return jnp.sum(self.exponents, axis=-1)

    @property
    def max_growth(self) -> Values:
        """log of the largest growth that a small perturbation of the start had at any step."""
        return jnp.max(self.growth, axis=-1)

    @property
    def finite_time(self) -> Float[Array, "T n"]:
        """The averages from the start until every step."""
        steps = jnp.arange(1, self.local.shape[-2] + 1, dtype=self.local.dtype)
        return jnp.cumsum(self.local, axis=-2) / jnp.broadcast_to(steps[:, None], self.local.shape)

    def __str__(self) -> str:
        """The numbers in a line, for one run."""
        if self.exponents.ndim > 1:
            return f"Spectrum of {self.exponents.shape[:-1]} runs"
        pairs = zip(self.exponents, self.errors, strict=True)
        numbers = ", ".join(f"{value:.2e} +- {error:.0e}" for value, error in pairs)
        return f"exponents {numbers}; largest growth e^{self.max_growth:.1f}"


def lyapunov(
    game: AbstractGame,
    rule: AbstractRule,
    players: Players,
    steps: int,
    free: Names = None,
    transient: int | None = None,
    batches: int = 20,
) -> Spectrum:
    """The Lyapunov spectrum of ``rule`` played on ``game``: QR of the Jacobians of the steps along the path.

    With J_k the Jacobian of step k (parameters and the rule's memory), J_k Q_k = Q_{k+1} R_k, and the i-th
    exponent is the mean of log|R_k[i, i]|. Benettin et al., Meccanica 15 (1980) 9; Eckmann & Ruelle, Rev.
    Mod. Phys. 57 (1985) 617.

    Args:
        game, rule, players, steps, free: as for ``trajectory``; the game may be exact or sampled.
        transient: steps before the averages begin; None: a tenth of all valid ones.
        batches: equal stretches of time whose means give the errors, >= 2.

    Returns:
        A ``Spectrum``. *Sensitive* asks for a leading exponent beyond three errors from 0 and a
        thousandfold growth in the second half, which a shear or a slow drift onto a plateau does not have.
        Use ``jax.vmap`` for many runs.

    Raises:
        ValueError: bad arguments as for ``trajectory``; transient < 0; batches < 2, or more than the steps
            after the transient.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> found = lsgan.lyapunov(game, lsgan.Simultaneous(step=0.4), players, steps=249, free=("b", "h"))
    >>> lsgan.Sensitivity[found.verdict]
    'regular: at no step had any neighbours parted a thousandfold'
    """
    steps, batches = checked_int(steps, "steps"), checked_int(batches, "batches", least=2)
    first = None if transient is None else checked_int(transient, "transient", least=0)
    left = steps - (steps // 10 if first is None else first)
    if left < batches:
        raise ValueError(f"steps: expected at least batches={batches} after the transient, got {left}")
    checked_rule(rule).check(steps)
    return _spectrum(restrict(game, checked_start(players), free), rule, steps, first, batches)


class Stretched(eqx.Module):
    """A run with the directions carried along.

    ``frame`` Q is orthonormal and ``triangle`` the R of the last step, J Q = Q' R, NaN once the run was
    stopped; ``product`` e^{scale} is the product of all Jacobians.
    """

    run: Progress
    frame: Matrix
    triangle: Matrix
    product: Matrix
    scale: Scalar

    @classmethod
    def begin(cls, run: Progress, start: Restriction) -> Self:
        values = start.flatten(start.reduce(run.players), run.state)
        eye = jnp.eye(values.size, dtype=values.dtype)
        return cls(run, eye, eye, eye, jnp.zeros_like(eye[0, 0]))

    @property
    def local(self) -> Vector:
        """log of the growth of each direction in the last step."""
        return jnp.log(jnp.abs(jnp.diagonal(self.triangle)))

    def advance(self, game: AbstractGame, rule: AbstractRule) -> Self:
        here = self.run.on(game)
        reduced = here.reduce(self.run.players)

        def step(values: Vector) -> tuple[Vector, Progress]:
            free, state = here.unflatten(values, reduced, self.run.state)
            after = replace(self.run, players=here.whole(free), state=state).advance(game, rule)
            return here.flatten(here.reduce(after.players), after.state), after

        jacobian, after = jax.jacfwd(step, has_aux=True)(here.flatten(reduced, self.run.state))
        frame, triangle = jnp.linalg.qr(jnp.matmul(jacobian, self.frame, precision="highest"))
        product = jnp.matmul(jacobian, self.product, precision="highest")
        size = jnp.max(jnp.abs(product))
        going = after.steps_taken > self.run.steps_taken
        return replace(
            self,
            run=after,
            frame=jnp.where(going, frame, self.frame),
            product=jnp.where(going, product / jnp.where(size > 0, size, 1), self.product),
            scale=jnp.where(going, self.scale + jnp.log(size), self.scale),
            triangle=jnp.where(going, triangle, jnp.nan),
        )


@eqx.filter_jit
def _spectrum(
    restriction: Restriction,
    rule: AbstractRule,
    steps: int,
    first: int | None,
    batches: int,
) -> Spectrum:
    game = restriction.game
    start = Stretched.begin(Progress.begin(rule, restriction), restriction)
    end, (local, products, scales) = play(
        lambda _: game, rule, start, steps, keep=lambda now: (now.local, now.product, now.scale)
    )
    last = end.run.steps_taken
    begin = last // 10 if first is None else jnp.asarray(first)
    exponents, errors = _averages(local, begin, last, batches)
    order = jnp.argsort(-exponents)
    exponents, errors = exponents[order], errors[order]
    # the spectral norm of a matrix whose largest entry is 1
    growth = scales + jnp.log(jnp.linalg.norm(products, ord=2, axis=(-2, -1)))
    k = jnp.arange(steps)
    late = jnp.sum(jnp.where(((k >= last // 2) & (k < last))[:, None], local, 0), axis=0).max()
    largest = jnp.max(jnp.where(k < last, growth, -jnp.inf))
    verdict = Sensitivity.where(largest > _FOLD, Sensitivity.transient, Sensitivity.regular)
    parting = (exponents[0] > _ERRORS * errors[0]) & (late > _FOLD)
    verdict = Sensitivity.where(parting, Sensitivity.sensitive, verdict)
    verdict = Sensitivity.where(last < steps, Sensitivity.stopped, verdict)
    return Spectrum(exponents, errors, growth, late, local, verdict, end.run.players, last)


def _averages(local: Array, first: Array, last: Array, batches: int) -> tuple[Vector, Vector]:
    """Means of the rows from ``first`` to ``last``, and their standard errors by batch means."""
    k = jnp.arange(local.shape[0])
    inside = (k >= first) & (k < last)
    batch = (k - first) * batches // jnp.maximum(last - first, 1)
    member = (jnp.arange(batches)[:, None] == batch[None]) & inside[None]
    counts = jnp.sum(member, axis=1, keepdims=True).astype(local.dtype)
    sums = jnp.sum(jnp.where(member[..., None], local[None], 0), axis=1)
    means = sums / counts
    total = jnp.sum(sums, axis=0) / jnp.sum(counts, axis=0)
    return total, jnp.std(means, axis=0, ddof=1) / float(np.sqrt(batches))
