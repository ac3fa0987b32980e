"""Student's t."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import gammaln

from .._checks import finite, positive
from .._types import Parameter, Scalar, Values, Vector
from .transformed import AbstractLocationScale, heavy_reach, Standard

_SMALL = 1e-3  # below it three terms of a series, above it the formula
_LARGE = 16.0  # from here on Stirling's series for a quotient of gamma functions


def _quotient(x: Values) -> Values:
    """x/(1 - e^{-x}), x >= 0."""
    safe = jnp.where(x < _SMALL, 1, x)
    return jnp.where(x < _SMALL, 1 + x / 2 + x * x / 12, safe / -jnp.expm1(-safe))


def _log_height(n: Scalar) -> Scalar:
    """log of Gamma(n + 1/2) / (Gamma(n) sqrt(2 pi n)): of the density at 0, n = df/2."""
    few, many = jnp.minimum(n, _LARGE), 1 / jnp.maximum(n, _LARGE)
    y = many * many
    series = many * (-1 / 8 + y * (1 / 192 + y * (-1 / 640 + y * (17 / 14336 - y * (31 / 18432)))))
    exact = gammaln(few + 0.5) - gammaln(few) - 0.5 * jnp.log(few)
    return jnp.where(n > _LARGE, series, exact) - float(0.5 * np.log(2 * np.pi))


def _log1p_square(r: Values) -> Values:
    """log(1 + r^2), r^2 beyond the largest number too."""
    far = jnp.abs(r) > 1
    small, large = jnp.where(far, 1, r), jnp.where(far, jnp.abs(r), 1)
    return jnp.where(far, 2 * jnp.log(large) + jnp.log1p((1 / large) ** 2), jnp.log1p(small * small))


class StudentT(AbstractLocationScale):
    """p(x) = C (1 + s^2/df)^{-(df + 1)/2} / scale, s = (x - loc)/scale (per unit x).

    C = Gamma((df + 1)/2) / (Gamma(df/2) sqrt(pi df)). Its chart is 1 + s^2/df = e^{t^2/df}, in which the
    density is nearly normal. E[|x|^p] is finite for p < df: where an expectation is not,
    ``expectation_error`` is inf (and the value very large or inf). It is right to about
    e^{-175 (1 - p/df)} of itself, and rounding, where p is close to df; ``expectation_error`` knows.

    Args:
        df (dimensionless), scale (unit of x): finite numbers > 0; loc: a finite number; ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.StudentT(df=1.0)  # Cauchy: 1/pi, 3/4
    >>> round(float(law.pdf(0.0)), 6), round(float(law.cdf(1.0)), 6)
    (0.31831, 0.75)
    """

    df: Parameter = eqx.field(converter=positive("df"))
    loc: Parameter = eqx.field(default=0.0, converter=finite("loc"))
    scale: Parameter = eqx.field(default=1.0, converter=positive("scale"))

    def standard(self) -> Standard:
        df, height = self.df, _log_height(self.df / 2)

        def from_chart(t: Values) -> Values:
            z = t * t / df
            return t * jnp.exp(z / 2) / jnp.sqrt(_quotient(z))

        def to_chart(s: Values) -> Values:
            r = s / jnp.sqrt(df)
            near = jnp.abs(r) < _SMALL
            far = jnp.where(near, 1, r)
            y = jnp.where(near, r, 0) ** 2
            root = jnp.sqrt(df * _log1p_square(far))
            return jnp.where(near, s * jnp.sqrt(1 - y / 2 + y * y / 3), jnp.sign(s) * root)

        def sample(key: jax.Array, shape: tuple[int, ...], dtype: np.dtype) -> Values:
            one, two = jax.random.split(key)
            logs = jax.random.loggamma(two, df / 2, shape, dtype) - jnp.log(df / 2)
            return jax.random.normal(one, shape, dtype) * jnp.exp(-logs / 2)

        return Standard(
            breakpoints=self._panels(),
            from_chart=from_chart,
            to_chart=to_chart,
            chart_density=lambda t: jnp.exp(height - t * t / 2) * jnp.sqrt(_quotient(t * t / df)),
            log_pdf=lambda s: height - (df + 1) / 2 * _log1p_square(s / jnp.sqrt(df)),
            sample=sample,
        )

    def _panels(self) -> Vector:
        """Five a side, the shortest as long as the distance from 0 of the chart's singularities."""
        reach = float(np.sqrt(2)) * heavy_reach(self.df, windows=2)
        first = jnp.minimum(jnp.sqrt(2 * np.pi * self.df) / reach, 0.2)
        side = reach * first ** (jnp.arange(4, -1, -1, dtype=reach.dtype) / 4)
        return jnp.concatenate([-side[::-1], jnp.zeros_like(side[:1]), side])

    def location_scale(self) -> tuple[Scalar, Scalar]:
        return self.loc, self.scale
