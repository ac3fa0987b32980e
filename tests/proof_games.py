"""Games of which theorems are proved, and references for them."""

import mpmath

import lsgan_analytic as lsgan

RSEE = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
CASE_A = lsgan.Players(lsgan.Erf(a=2.2, b=-3.0), lsgan.Square(g=1.5, h=-2.0))
RSEE_B = lsgan.Game(lsgan.Exponential(rate=4.04), lsgan.Rayleigh(), lsgan.SquaredMinimax())
CASE_B = lsgan.Players(lsgan.Erf(a=1.21, b=-1.0), lsgan.Square(g=0.35, h=-4.0))
MAO = lsgan.LeastSquares(fake=0, real=1, target=1)
ORIGIN = lsgan.PointMasses([0.0])
DIRAC = lsgan.Players(lsgan.Linear(w=1.0), lsgan.Shift(shift=1.0))
AT_ORIGIN = {"w": (0.0, 0.0), "shift": (0.0, 0.0)}


def dirac(*parts, loss=None):
    """The Dirac-GAN."""
    return lsgan.Game(ORIGIN, ORIGIN, loss or lsgan.Minimax(), parts)


def point(**at):
    """A box that is one point."""
    return {name.replace("__", "."): (x, x) for name, x in at.items()}


def reference_k(A, B, i=0, j=0):
    """d^(i+j) K / dA^i dB^j by mpmath, 40 digits."""
    with mpmath.workdps(40):
        A, B = mpmath.mpf(A), mpmath.mpf(B)

        def integrand(s):
            u = A * s + B
            q, e = mpmath.erfc(u) / 2, mpmath.exp(-u * u) / mpmath.sqrt(mpmath.pi)
            psi = (q * q, -2 * q * e, 2 * e * e + 4 * u * q * e)[i + j]
            return s**i * mpmath.exp(-s) * psi

        turns = [(u - B) / A for u in (-6, -3, -1, 0, 1, 3, 6)]
        inside = sorted(float(t) for t in turns if 0 < t < 100)
        return mpmath.quad(integrand, [0, *inside, 100])


def reference_cost(b, h):
    """J of Case A by mpmath."""
    a, g, c = mpmath.mpf(2.2), mpmath.mpf(1.5), mpmath.mpf(0.5)
    return reference_k(-a / c, -b) + reference_k(a * g, a * h + b)


NORMAL = lsgan.Game(lsgan.Normal(0.5, 1.0), lsgan.Normal(), lsgan.Minimax(), (lsgan.R1(strength=1.0),))
SIGMOID = lsgan.Players(lsgan.Sigmoid(w=0.5, b=0.0), lsgan.Shift(shift=0.0))
