r"""The functions psi(u), u = alpha x + beta, that costs are expectations of; bounds of their derivatives.

D is a step: erf, D(u) = erfc(-u)/2, or logistic, D(u) = 1/(1 + e^{-u}). For all real u

    erf:       |D| <= 1, |D'| <= 1/sqrt(pi), |D''| <= sqrt(2/e)/sqrt(pi), |D'''| <= 2/sqrt(pi),
    logistic:  |D| <= 1, |D'| <= 1/4,        |D''| <= 1/(6 sqrt 3),       |D'''| <= 1/8.

Proof. D' = e^{-u^2}/sqrt(pi), D'' = -2 u D', D''' = (4 u^2 - 2) D' have their extremes at u = 0, u^2 = 1/2,
and at u = 0 (2) or u^2 = 3/2 (4 e^{-3/2} < 2). For the logistic function D' = s - s^2, D'' = D' (1 - 2 s),
D''' = D' (1 - 6 D') with s = D in [0, 1]: extremes at s = 1/2, at 1 - 6 s + 6 s^2 = 0, and, as
t (1 - 6 t) on t in [0, 1/4], at t = 1/4 (-1/8) or t = 1/12 (1/24). The bounds of psi follow by Leibniz' rule.
"""

import abc
import dataclasses

from flint import acb, arb

from ._balls import Ball, power

Growth = tuple[Ball, Ball]  # (p, q): |psi^(m)(u)| <= p + q |u|


class AbstractProfile(abc.ABC):
    """psi and its first three derivatives."""

    @abc.abstractmethod
    def derivative(self, m: int, u: Ball, analytic: bool = False) -> Ball:
        """psi^(m)(u), m <= 3, of a real or complex ball; not finite where it is not analytic."""

    @abc.abstractmethod
    def bound(self, m: int) -> Growth:
        """A bound of |psi^(m)| over all real u, m <= 3."""

    def slope_sign(self) -> int:
        """The sign that psi' has at every real u; 0 where none is known."""
        return 0

    def least_slope(self, low: Ball, high: Ball) -> Ball:
        """A lower bound of |psi'| on [low, high], for a psi with a ``slope_sign``."""
        raise NotImplementedError


def _bell(v: Ball) -> Ball:
    """e^{-v^2}; of a wide real ball between its values at the least and the greatest |v|."""
    if isinstance(v, acb) or v.is_exact():
        return (-v * v).exp()
    near, far = v.abs_lower(), v.abs_upper()
    return (-near * near).exp().union((-far * far).exp())


@dataclasses.dataclass(frozen=True)
class Step(AbstractProfile):
    """psi(u) = constant + linear D(v) + square D(v)^2, v = side u, side = 1 or -1 (D(-u) = 1 - D(u))."""

    logistic: bool
    side: int
    constant: float
    linear: float
    square: float

    def _d(self, v: Ball) -> tuple[Ball, Ball, Ball]:
        """D, D', D'' at v."""
        if self.logistic:
            d = 1 / (1 + (-v).exp())
            other = 1 / (1 + v.exp())
            return d, d * other, d * other * (other - d)
        slope = _bell(v) / arb.const_sqrt_pi()
        return (-v).erfc() / 2, slope, -2 * v * slope

    def derivative(self, m: int, u: Ball, analytic: bool = False) -> Ball:
        v = u * self.side
        d, first, second = self._d(v)
        c, q = arb(self.linear), arb(self.square)
        if m == 0:
            return self.constant + c * d + q * d * d
        if m == 1:
            return self.side * first * (c + 2 * q * d)
        if m == 3:
            third = first * (1 - 6 * first if self.logistic else 4 * v * v - 2)
            return self.side * (c * third + 2 * q * (3 * first * second + d * third))
        return c * second + 2 * q * (first * first + d * second)

    def bound(self, m: int) -> Growth:
        root = arb.const_sqrt_pi()
        if self.logistic:
            b = [arb(1), arb(1) / 4, 1 / (6 * arb(3).sqrt()), arb(1) / 8]
        else:
            b = [arb(1), 1 / root, (2 * arb(-1).exp()).sqrt() / root, 2 / root]
        squared = [b[0], 2 * b[1], 2 * (b[1] * b[1] + b[2]), 2 * (3 * b[1] * b[2] + b[3])]
        most = abs(arb(self.linear)) * b[m] + abs(arb(self.square)) * squared[m]
        return most + (abs(arb(self.constant)) if m == 0 else 0), arb(0)

    def slope_sign(self) -> int:
        if self.linear >= 0 and self.square >= 0 and self.linear + self.square > 0:
            return self.side
        if self.linear <= 0 and self.square <= 0 and self.linear + self.square < 0:
            return -self.side
        return 0

    def least_slope(self, low: Ball, high: Ball) -> Ball:
        """D rises, and D' falls away from 0: both are least at an end."""
        far = abs(low).max(abs(high))
        rising = self._d(low if self.side > 0 else -high)[0]
        return self._d(far)[1] * (abs(arb(self.linear)) + 2 * abs(arb(self.square)) * rising)


@dataclasses.dataclass(frozen=True)
class Softplus(AbstractProfile):
    """psi(u) = log(1 + e^v), v = side u: -log of the probability that belongs to the logit -v."""

    side: int

    def derivative(self, m: int, u: Ball, analytic: bool = False) -> Ball:
        v = u * self.side
        if m == 0:
            inside = 1 + v.exp()
            return inside.log(analytic=analytic) if isinstance(inside, acb) else inside.log()
        d, other = 1 / (1 + (-v).exp()), 1 / (1 + v.exp())
        return (self.side * d, d * other, self.side * d * other * (other - d))[m - 1]

    def bound(self, m: int) -> Growth:
        if m == 0:
            return arb.const_log2(), arb(1)
        return (arb(1), arb(1) / 4, 1 / (6 * arb(3).sqrt()))[m - 1], arb(0)

    def slope_sign(self) -> int:
        return self.side

    def least_slope(self, low: Ball, high: Ball) -> Ball:
        least = low if self.side > 0 else -high
        return 1 / (1 + (-least).exp())


@dataclasses.dataclass(frozen=True)
class Quadratic(AbstractProfile):
    """psi(u) = constant + linear u + square u^2, of a critic."""

    constant: float
    linear: float
    square: float

    def coefficients(self, m: int) -> tuple[Ball, ...]:
        """Of the polynomial psi^(m)."""
        c, l, q = arb(self.constant), arb(self.linear), arb(self.square)
        return ((c, l, q), (l, 2 * q), (2 * q,), ())[m]

    def derivative(self, m: int, u: Ball, analytic: bool = False) -> Ball:
        return sum((c * power(u, j) for j, c in enumerate(self.coefficients(m))), arb(0))

    def bound(self, m: int) -> Growth:
        raise NotImplementedError("means of polynomials are taken exactly")

    def slope_sign(self) -> int:
        return 0 if self.square else (self.linear > 0) - (self.linear < 0)

    def least_slope(self, low: Ball, high: Ball) -> Ball:
        return abs(arb(self.linear))


@dataclasses.dataclass(frozen=True)
class Margin(AbstractProfile):
    """psi(u) = max(0, 1 + side u); it has no slope at its kink, and says so by a ball that is not finite."""

    side: int

    def derivative(self, m: int, u: Ball, analytic: bool = False) -> Ball:
        inside = 1 + self.side * u
        if inside > 0:
            return (inside, arb(self.side), arb(0), arb(0))[m]
        if inside < 0:
            return arb(0)
        return arb(0).union(inside) if m == 0 else arb.nan()

    def bound(self, m: int) -> Growth:
        raise NotImplementedError("a margin is known at points only")
