"""Reference values of E[phi(D(x))], without the library: composite Gauss rules in 160-bit arithmetic.

``python tests/references.py`` writes ``tests/references.npz`` anew (a few minutes). Each value is taken from
the density in plain coordinates by rules of 30 and 44 nodes a panel, which must agree to 1e-17 of
E|phi(D(x))|; the panels end at the kinks and close in on the threshold of D.
"""

import itertools
from pathlib import Path

import numpy as np
from flint import arb, ctx

FILE = Path(__file__).with_suffix(".npz")
BITS = 160
HALF = arb(1) / 2
NOTHING = arb(1e-60)
SLOPES = (0.05, 0.4, 1.0, 3.0, -8.0, 30.0, -100.0, 300.0, 0.6, -0.6)  # of D, per scale of the law
RANKS = (0.5, 0.2, 0.9, 0.6, 0.7, 0.05, 0.999, 0.3, None, None)  # quantile of the threshold; None: D ~ 1e-9


class Reference:
    """A law: density in s, the map s -> x with its inverses, the range of s and its kinks, and its scale."""

    def __init__(self, name, args, density, low, high, *, scale=1.0, kinks=(), image=None, inverses=None):
        self.name, self.args, self.density, self.low, self.high = name, args, density, low, high
        self.scale, self.kinks = scale, kinks
        self.image = image or (lambda s: s)
        self.inverses = inverses or (lambda x: [x])


def _gamma(shape: float, rate: float) -> Reference:
    k, c = arb(shape), arb(rate)
    height = k.lgamma()
    return Reference(
        "Gamma",
        (shape, rate),
        lambda t: (k * t - t.exp() - height).exp(),  # t = log(rate x)
        min(-100 / shape, -60.0),
        6.0,
        scale=max(shape, 1) ** 0.5 / rate,
        kinks=np.linspace(-60, 6, 67),
        image=lambda t: t.exp() / c,
        inverses=lambda x: [np.log(x * rate)] if x > 0 else [],
    )


def _normal(mean: float, std: float, **image) -> Reference:
    m, s = arb(mean), arb(std)
    height = s * (2 * arb.pi()).sqrt()
    return Reference(
        "Normal",
        (mean, std),
        lambda x: (-(((x - m) / s) ** 2) / 2).exp() / height,
        mean - 16 * std,
        mean + 16 * std,
        scale=std,
        **image,
    )


def _shifted(loc: float, scale: float) -> Reference:
    return Reference(
        "ShiftedExponential",
        (loc, scale),
        lambda s: (-s).exp(),
        0.0,
        110.0,
        scale=abs(scale),
        image=lambda s: arb(loc) + arb(scale) * s,
        inverses=lambda x: [(x - loc) / scale],
    )


def _weibull(shape: float, scale: float) -> Reference:
    k = arb(shape)
    low, high = -100 / shape, float(np.log(140)) / shape
    return Reference(
        "Weibull",
        (shape, scale),
        lambda t: k * (k * t - (k * t).exp()).exp(),  # t = log(x/scale)
        low,
        high,
        scale=scale,
        kinks=np.linspace(low, high, 121),
        image=lambda t: arb(scale) * t.exp(),
        inverses=lambda x: [np.log(x / scale)] if x > 0 else [],
    )


def _pareto(shape: float, scale: float) -> Reference:
    return Reference(
        "Pareto",
        (shape, scale),
        lambda s: (-s).exp(),  # s = shape log(x/scale)
        0.0,
        140.0,
        scale=scale,
        kinks=np.linspace(0, 140, 141),
        image=lambda s: arb(scale) * (s / arb(shape)).exp(),
        inverses=lambda x: [shape * np.log(x / scale)] if x > scale else [],
    )


def _student_t(df: float, loc: float, scale: float) -> Reference:
    nu = arb(df)
    height = ((nu + 1) / 2).gamma() / ((nu / 2).gamma() * arb.pi().sqrt())
    wide = scale * df**0.5
    return Reference(
        "StudentT",
        (df, loc, scale),
        lambda v: height * v.cosh() ** (-nu),  # sinh v = (x - loc)/(scale sqrt(df))
        -140 / df,
        140 / df,
        scale=scale,
        kinks=np.linspace(-140 / df, 140 / df, 141),
        image=lambda v: arb(loc) + arb(scale) * nu.sqrt() * v.sinh(),
        inverses=lambda x: [np.arcsinh((x - loc) / wide)],
    )


LAWS = {
    "exponential": Reference("Exponential", (2.0,), lambda x: 2 * (-2 * x).exp(), 0.0, 55.0, scale=0.5),
    "rayleigh": Reference(
        "Rayleigh", (1.5,), lambda x: x / 2.25 * (-x * x / 4.5).exp(), 0.0, 24.0, scale=1.5
    ),
    "mirrored": _shifted(1.0, -2.0),
    "normal": _normal(1.0, 0.5),
    "uniform": Reference("Uniform", (-1.0, 3.0), lambda x: arb(0.25), -1.0, 3.0, scale=4.0),
    "gamma .25": _gamma(0.25, 2.0),
    "gamma 2.5": _gamma(2.5, 0.5),
    "gamma 64": _gamma(64.0, 8.0),
    "laplace": Reference(
        "Laplace", (0.5, 2.0), lambda x: (-abs(x - 0.5) / 2).exp() / 4, -220.0, 220.0, scale=2.0, kinks=(0.5,)
    ),
    "weibull .6": _weibull(0.6, 1.5),
    "weibull 3": _weibull(3.0, 2.0),
    "pareto 5": _pareto(5.0, 0.5),
    "student t 6": _student_t(6.0, 0.5, 2.0),
    "normal squared": _normal(
        0.0,
        1.0,
        image=lambda z: arb(0.75) * z * z - arb(0.25),
        inverses=lambda x: [r for sign in (-1, 1) if x > -0.25 for r in [sign * ((x + 0.25) / 0.75) ** 0.5]],
    ),
}
DISCS = ("Erf", "Sigmoid", "Linear")
INTEGRANDS = ("squared", "complement", "distance", "log", "mixed log", "margin", "score")


def _log_erfc(u: arb) -> arb:
    """log(erfc(u)/2); far out by the asymptotic series, in which what is left out is below 1e-50."""
    if not u > 1000:
        return (HALF * u.erfc()).log()
    term = total = arb(1)
    for k in range(1, 11):
        term *= -(2 * k - 1) / (2 * u * u)
        total += term
    return total.log() - u * u - (2 * u * arb.pi().sqrt()).log()


def _log_logistic(score: arb) -> arb:
    """-log(1 + e^{-score})."""
    return score if score < -1000 else -((-score).exp() + 1).log()


def integrands(disc: str, u: arb) -> list[arb]:
    """phi(D) for all INTEGRANDS, from u = slope x + offset."""
    if disc == "Linear":
        value, rest, score = u, 1 - u, u
    elif disc == "Sigmoid":
        value, rest, score = 1 / (1 + (-u).exp()), 1 / (1 + u.exp()), u
    else:
        value, rest = HALF * (-u).erfc(), HALF * u.erfc()
        score = _log_erfc(-u) - _log_erfc(u)
    yes, no = _log_logistic(score), _log_logistic(-score)
    margin = 1 - score if score < 1 else arb(0)
    return [
        value**2,
        rest**2,
        (value - arb(0.3)) ** 2,
        yes,
        arb(0.9) * yes + (1 - arb(0.9)) * no,
        margin,
        score,
    ]


def _panels(law: Reference, slope: float, offset: float, kinks: list[float]) -> list[float]:
    """Ends of the panels in s, graded toward the threshold in x and even in s."""
    cuts = {law.low, law.high, *law.kinks, *np.linspace(law.low, law.high, 41)}
    for u in (0, 0.3, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 11, 15, 20, 30, 45, 70, 110, 170, 300):
        for x in ((u - offset) / slope, (-u - offset) / slope):
            cuts |= set(law.inverses(x))
    for x in kinks:
        cuts |= set(law.inverses(x))
    return sorted(float(s) for s in cuts if law.low <= s <= law.high)


def _means(law: Reference, disc: str, slope: float, offset: float, cuts: list[float], n: int) -> np.ndarray:
    """E[phi], and E|phi| below it, for all INTEGRANDS."""
    rule = [arb.legendre_p_root(n, k, weight=True) for k in range(n)]
    total, size = [arb(0)] * len(INTEGRANDS), [arb(0)] * len(INTEGRANDS)
    for left, right in itertools.pairwise(cuts):
        middle, half = (arb(right) + arb(left)) / 2, (arb(right) - arb(left)) / 2
        for root, weight in rule:
            s = middle + half * root
            mass = weight * half * law.density(s)
            if mass < NOTHING:
                continue
            values = integrands(disc, arb(slope) * law.image(s) + arb(offset))
            total = [t + mass * v for t, v in zip(total, values, strict=True)]
            size = [t + mass * abs(v) for t, v in zip(size, values, strict=True)]
    return np.array([total, size])


def erf_score_kinks() -> tuple[float, float]:
    """u where the logit of (1 + erf u)/2 is -1 and 1, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        u = 0.5 * (low + high)
        score = (arb(-u).erfc() / arb(u).erfc()).log()
        low, high = (u, high) if score < 1 else (low, u)
    return -low, low


def certified_row(law: Reference, disc: str, slope: float, offset: float) -> list[list[float]]:
    """Two lists: E[phi] and E|phi| for all INTEGRANDS."""
    with ctx.workprec(BITS):  # not for good: other references have another precision
        at = erf_score_kinks() if disc == "Erf" else (-1.0, 1.0)
        cuts = _panels(law, slope, offset, [(u - offset) / slope for u in at])
        fine, coarse = (_means(law, disc, slope, offset, cuts, n) for n in (44, 30))
    for value, other, size in zip(fine[0], coarse[0], fine[1], strict=True):
        if not abs(value.mid() - other.mid()) <= arb(1e-17) * size.mid():
            raise ArithmeticError(f"rules differ: {law.name} {disc} {slope} {offset}: {value} {other}")
    return [[float(v.mid()) for v in row] for row in fine]


def parameters(law: Reference, peer) -> np.ndarray:
    """(10, 2) rows slope, offset, rounded to short numbers."""
    rows = []
    for slope, rank in zip(SLOPES, RANKS, strict=True):
        w = slope / law.scale
        threshold = peer(0.5) + 4 / w if rank is None else peer(rank)
        rows.append((w, round(-w * threshold * 64) / 64))
    return np.array(rows)


def _quantiles() -> dict:
    from scipy import stats

    laws = {
        "exponential": stats.expon(scale=0.5),
        "rayleigh": stats.rayleigh(scale=1.5),
        "normal": stats.norm(1, 0.5),
        "uniform": stats.uniform(-1, 4),
        "gamma .25": stats.gamma(0.25, scale=0.5),
        "gamma 2.5": stats.gamma(2.5, scale=2),
        "gamma 64": stats.gamma(64, scale=1 / 8),
        "laplace": stats.laplace(0.5, 2),
        "weibull .6": stats.weibull_min(0.6, scale=1.5),
        "weibull 3": stats.weibull_min(3.0, scale=2.0),
        "pareto 5": stats.pareto(5.0, scale=0.5),
        "student t 6": stats.t(6.0, 0.5, 2.0),
    }
    peers = {name: law.ppf for name, law in laws.items()}
    peers["mirrored"] = lambda q: 1 - 2 * stats.expon.isf(q)
    peers["normal squared"] = lambda q: 0.75 * stats.chi2(1).ppf(q) - 0.25
    return peers


def main() -> None:
    """Write the file."""
    arrays, peers = {}, _quantiles()
    for name, law in LAWS.items():
        points = arrays[f"{name}/points"] = parameters(law, peers[name])
        for disc in DISCS:
            arrays[f"{name}/{disc}"] = np.array([certified_row(law, disc, *row) for row in points])
    np.savez_compressed(FILE, **arrays)


if __name__ == "__main__":
    main()
