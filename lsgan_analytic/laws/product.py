"""Two independent coordinates."""

import jax
import jax.numpy as jnp
from jax import Array

from .._plane import as_lines, quotient
from .._types import Breakpoints, Numbers, Scalar, Values
from .base import AbstractLaw
from .plane import AbstractPlaneLaw

_SIDE, _PER_PANEL = 32, 12


def _spread(law: AbstractLaw) -> Scalar:
    x, weights = law.nodes()
    mean = jnp.sum(weights * x)
    return jnp.sqrt(jnp.sum(weights * jnp.square(x - mean)))


def _sweep(
    outer: AbstractLaw, inner: AbstractLaw, rows: Array, n: int, differentiable: bool
) -> tuple[Values, Values, Values]:
    """Nodes of the outer variable, under each the inner rule with panels that end on the lines.

    ``rows`` are (outer normal, inner normal, offset). What the inner integral leaves is smooth in the outer
    variable but for where a line meets an end of the inner law: the outer panels end there.
    """
    across, along, offset = rows[:, 0], rows[:, 1], rows[:, 2]
    ends = inner.corners().astype(rows.dtype)
    meets = quotient(offset[:, None] - along[:, None] * ends[None], across[:, None] + 0 * ends[None])
    x, p = outer.composite_nodes(meets.ravel(), n, differentiable)
    at = x if differentiable else jax.lax.stop_gradient(x)
    y, q = jax.vmap(
        lambda at: inner.composite_nodes(quotient(offset - across * at, along), n, differentiable)
    )(at.astype(rows.dtype))
    return jnp.repeat(x, y.shape[1]), y.ravel(), (p[:, None] * q).ravel()


def _padded(values: Values, size: int) -> Values:
    return jnp.concatenate([values, jnp.zeros((size - values.shape[0],), values.dtype)])


class Product(AbstractPlaneLaw):
    """The law of (x1, x2), x1 ~ first and x2 ~ second independent.

    Expectations are iterated integrals: the inner panels end where the lines of D are at the outer node, so
    that a steep D is no harder. The inner variable is the one along which D turns faster.

    Args:
        first, second: laws on the line; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.Product(lsgan.Exponential(rate=1.0), lsgan.Normal())
    >>> float(law.pdf([1.0, 0.0]))  # doctest: +ELLIPSIS
    0.1467...
    """

    first: AbstractLaw
    second: AbstractLaw

    def __check_init__(self):
        for name in ("first", "second"):
            law = getattr(self, name)
            if not isinstance(law, AbstractLaw) or law.dim != 1:
                raise ValueError(f"{name}: expected a law on the line, got {law!r}")

    def sample(self, key: Array, n: int) -> Values:
        one, two = jax.random.split(key)
        return jnp.stack([self.first.sample(one, n), self.second.sample(two, n)], axis=1)

    def nodes(self, n: int | None = None) -> tuple[Values, Values]:
        side = _SIDE if n is None else max(2, round(n**0.5))
        (x, p), (y, q) = (law.nodes(None if law.is_sample else side) for law in (self.first, self.second))
        pairs = jnp.stack(jnp.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)
        return pairs, (p[:, None] * q[None]).ravel()

    def composite_nodes(
        self, breakpoints: Breakpoints, n: int | None = None, differentiable: bool = False
    ) -> tuple[Values, Values]:
        """An iterated rule with panels that end on ``breakpoints``, lines; n (12) nodes a panel and side."""
        rows = as_lines(breakpoints) if differentiable else jax.lax.stop_gradient(as_lines(breakpoints))
        ways = []
        if not self.second.is_sample:
            x, y, weights = _sweep(self.first, self.second, rows, n or _PER_PANEL, differentiable)
            ways.append((x, y, weights))
        if not self.first.is_sample:
            turned = rows[:, jnp.asarray([1, 0, 2])]
            y, x, weights = _sweep(self.second, self.first, turned, n or _PER_PANEL, differentiable)
            ways.append((x, y, weights))
        if not ways:
            return self.nodes()
        if len(ways) == 2 and rows.shape[0]:
            size = max(weights.shape[0] for *_, weights in ways)
            upright = jnp.abs(rows[0, 1]) * _spread(self.second) >= jnp.abs(rows[0, 0]) * _spread(self.first)
            ways = [
                tuple(
                    jnp.where(upright, _padded(one, size), _padded(two, size))
                    for one, two in zip(*ways, strict=True)
                )
            ]
        x, y, weights = ways[0]
        return jnp.stack([x, y], axis=1), weights

    def log_pdf(self, x: Numbers) -> Values:
        x = jnp.asarray(x)
        return self.first.log_pdf(x[..., 0]) + self.second.log_pdf(x[..., 1])  # pyright: ignore
