"""Certified values of K and its derivatives, and of J, its gradient and its Hessian, by interval arithmetic.

``python tests/certified.py`` writes ``experiments/_certified.npz`` of the package anew (some minutes); the
suite recomputes a few of its points. python-flint's ``acb.integral`` encloses each integral rigorously; the
values kept are the midpoints, rounded once to float64, of enclosures narrower than 2^-65 of themselves.

The parameters have short mantissas, so that a g, a h and a h + b are exact in float64: what is measured
against these values is the integral, not the rounding of its arguments.
"""

import itertools
import math
from pathlib import Path

import numpy as np
from flint import acb, arb, ctx

FILE = Path(__file__).parents[1] / "lsgan_analytic" / "experiments" / "_certified.npz"
BOXES = {"core": (0.2, 5.0, 4.0), "wide": (1e-3, 1e3, 20.0)}  # a, c, g from ... to ..., |b|, |h| <= ...
POINTS = 200  # in each box
ctx.prec = 260


def short(x: np.ndarray, bits: int = 16) -> np.ndarray:
    """x rounded to ``bits`` bits of mantissa."""
    mantissa, exponent = np.frexp(x)
    return np.ldexp(np.round(mantissa * 2**bits), exponent - bits)


def parameters(box: str) -> np.ndarray:
    """(POINTS, 5) rows a, b, g, h, c: log-uniform a, g, c and uniform b, h."""
    low, high, reach = BOXES[box]
    rng = np.random.default_rng([1969, low < 0.1])
    a, g, c = short(np.exp(rng.uniform(np.log(low), np.log(high), (3, POINTS))))
    b, h = np.round(rng.uniform(-reach, reach, (2, POINTS)) * 2**11) / 2**11
    return np.stack([a, b, g, h, c], axis=1)


def _tail(u):
    return u.erfc() / 2


def _slope(u):
    """-d/du [Q(u) e^{-u^2}]."""
    gauss = (-u * u).exp()
    return gauss * (2 * u * _tail(u) + gauss / arb.pi().sqrt())


def _integrands():
    """The integrands of K, K_A, K_B, K_AA, K_AB, K_BB as functions of (s, u)."""
    c = 2 / arb.pi().sqrt()
    return (
        lambda s, u: (-s).exp() * _tail(u) ** 2,
        lambda s, u: -c * s * (-s - u * u).exp() * _tail(u),
        lambda s, u: -c * (-s - u * u).exp() * _tail(u),
        lambda s, u: c * s * s * (-s).exp() * _slope(u),
        lambda s, u: c * s * (-s).exp() * _slope(u),
        lambda s, u: c * (-s).exp() * _slope(u),
    )


def _breaks(slope: float, offset: float) -> list[float]:
    """Where to cut [0, inf): around the step of erfc, the peaks and the scales of the integrands."""
    cuts = {0.0, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 800.0}
    if slope:
        centres = [0.0] + [(3 * t - math.hypot(t, 3.19)) / 8 for t in (-1 / slope, -2 / slope)]
        widths = (-7, -5, -3, -2, -1, 0, 1, 2, 3, 5, 7)
        cuts |= {(centre + w - offset) / slope for centre in centres for w in widths}
        decay = 1 + abs(slope) * (abs(offset) + 1)
        cuts |= {d / decay for d in (1, 3, 10, 40)}
    inside = sorted(s for s in cuts if s >= 0)
    return [*inside, inside[-1] + 1200.0]


def _integral(integrand, slope: arb, offset: arb, cuts: list[float]) -> arb:
    heights = [abs(integrand(acb(s), slope * acb(s) + offset).real) for s in cuts]
    top = max(heights, key=lambda height: float(height.log()) if height > 0 else -math.inf)
    scale = acb(top.mid())

    def scaled(s, _):
        return integrand(s, slope * s + offset) / scale

    pieces = itertools.pairwise(cuts)
    total = sum(
        (
            acb.integral(scaled, acb(a), acb(b), rel_tol=arb(2) ** -90, abs_tol=arb(2) ** -140)
            for a, b in pieces
        ),
        acb(0),
    )
    return (total * scale).real


def certified_jet(slope: arb, offset: arb) -> list[arb]:
    """Enclosures of K, K_A, K_B, K_AA, K_AB, K_BB at exact A, B."""
    cuts = _breaks(float(slope), float(offset))
    return [_integral(f, slope, offset, cuts) for f in _integrands()]


def certified_game(a: float, b: float, g: float, h: float, c: float) -> dict[str, list[arb]]:
    """Jets of both terms, and J1, J2, the gradient and the Hessian in the order a, b, g, h."""
    a, b, g, h, c = (arb(float(value)) for value in (a, b, g, h, c))
    real = certified_jet(-a / c, -b)
    fake = certified_jet(a * g, a * h + b)
    zero, one = arb(0), arb(1)
    slopes = {  # d(A, B)/d(a, b, g, h) of the two terms
        "real": ([-1 / c, zero, zero, zero], [zero, -one, zero, zero]),
        "fake": ([g, zero, a, zero], [h, one, zero, a]),
    }
    bend_a, bend_b = {(0, 2): one}, {(0, 3): one}  # d2A2/da dg and d2B2/da dh
    gradient = [zero] * 4
    hessian = [[zero] * 4 for _ in range(4)]
    for name, (_, ka, kb, kaa, kab, kbb) in (("real", real), ("fake", fake)):
        da, db = slopes[name]
        for i in range(4):
            gradient[i] += ka * da[i] + kb * db[i]
            for j in range(4):
                hessian[i][j] += (
                    kaa * da[i] * da[j] + kab * (da[i] * db[j] + db[i] * da[j]) + kbb * db[i] * db[j]
                )
                if name == "fake":
                    pair = (min(i, j), max(i, j))
                    hessian[i][j] += ka * bend_a.get(pair, zero) + kb * bend_b.get(pair, zero)
    return {
        "real": real,
        "fake": fake,
        "terms": [real[0], fake[0]],
        "gradient": gradient,
        "hessian": [value for row in hessian for value in row],
    }


def rounded(values: list[arb]) -> list[float]:
    """The midpoints, after checking that each enclosure is tight (zero-width at zero is fine)."""
    for value in values:
        if value.rad() > abs(value.mid()) * arb(2) ** -66 and value.rad() > arb(2) ** -1100:
            raise ArithmeticError(f"enclosure too wide: {value}")
    return [float(value.mid()) for value in values]


def logs(values: list[arb]) -> list[float]:
    """log|value| of each."""
    return [float(abs(value.mid()).log()) for value in values]


def certified_row(point: np.ndarray) -> dict[str, list[float]]:
    """What is stored for one parameter point."""
    game = certified_game(*point)
    row = {name: rounded(values) for name, values in game.items()}
    return row | {f"log_{name}": logs(game[name][:3]) for name in ("real", "fake")}


def main() -> None:
    """Write the file."""
    arrays = {}
    for box in BOXES:
        points = parameters(box)
        rows = [certified_row(point) for point in points]
        arrays[f"{box}_points"] = points
        for name in rows[0]:
            arrays[f"{box}_{name}"] = np.array([row[name] for row in rows])
    np.savez_compressed(FILE, **arrays)


if __name__ == "__main__":
    main()
