"""Expectations of a game given as text, for ``check_certificate.py``: another way than the prover's.

The prover writes every mean as E[S^k psi^(m)(A S + B)], and bounds how it moves by the size of psi^(m + 1).
Here the integrand phi(D(x)) itself is differentiated by the parameters, in dual numbers. At a point it is
integrated by ``acb.integral``; over a box of parameters its range on each of some hundred panels of s,
parameters and s both balls, is multiplied with the mass of the panel and summed up.
"""

from itertools import pairwise

from check_duals import Dual, number
from flint import acb, arb, ctx


class Parts:
    """The numbers of the parts of a game at a point or over a box."""

    def __init__(self, game, names, theta):
        self.game, self.n = game, len(names)
        self.at = dict(zip(names, theta, strict=True))
        self.names = names

    def get(self, part, key):
        name = key if part in ("disc", "gen") else f"{part}.{key}"
        if name in self.at:
            return Dual.of(self.at[name], self.n, self.names.index(name))
        return Dual.of(number(self.game[part][key]), self.n)

    def constant(self, value):
        return Dual.of(arb(value), self.n)

    def slope_and_offset(self):
        kind = self.game["disc"]["kind"]
        if kind == "Logistic":
            a = self.get("disc", "a")
            return self.get("disc", "b"), a.map(a.v.log(), 1 / a.v, -1 / (a.v * a.v)) * -1
        return self.get("disc", "a" if kind == "Erf" else "w"), self.get("disc", "b")

    def law(self, part):
        """[(weight, standard law, loc, scale)]."""
        kind, get = self.game[part]["kind"], lambda key: self.get(part, key)
        if kind == "PointMasses":
            pairs = zip(self.game[part]["weights"], self.game[part]["points"], strict=True)
            return [(number(w), "point", self.constant(number(p)), self.constant(0)) for w, p in pairs]
        if kind == "Exponential":
            rate = get("rate")
            inverse = rate.map(1 / rate.v, -1 / (rate.v * rate.v), 2 / (rate.v * rate.v * rate.v))
            return [(arb(1), "exponential", self.constant(0), inverse)]
        if kind == "Rayleigh":
            return [(arb(1), "exponential", self.constant(0), get("scale") * get("scale") * 2)]
        if kind == "Uniform":
            return [(arb(1), "uniform", get("low"), get("high") - get("low"))]
        loc, scale = ("loc", "scale") if kind == "ShiftedExponential" else ("mean", "std")
        return [(arb(1), "normal" if kind == "Normal" else "exponential", get(loc), get(scale))]

    def seen(self, of_data):
        """The law of the data or of generated points, with noise."""
        laws = self.law("data" if of_data else "latent")
        if not of_data:
            laws = [(w, kind, *self.through_g(kind, loc, scale)) for w, kind, loc, scale in laws]
        for part in self.game["regularizers"]:
            if part["kind"] == "InstanceNoise":
                laws = [noisy(law, number(part["std"])) for law in laws]
        return laws

    def through_g(self, kind, loc, scale):
        name = self.game["gen"]["kind"]
        if name == "Square":
            g, h = self.get("gen", "g"), self.get("gen", "h")
            return (g * loc * loc + h, scale) if kind == "point" else (g * loc + h, g * scale)
        shift = self.constant(0) if name == "Scale" else self.get("gen", "shift")
        by = self.constant(1) if name == "Shift" else self.get("gen", "scale")
        return by * loc + shift, by * scale


def noisy(law, std):
    weight, kind, loc, scale = law
    if kind == "point":
        return weight, "normal", loc, scale + std
    y = scale * scale + std * std
    root = y.v.sqrt()
    return weight, "normal", loc, y.map(root, 1 / (2 * root), -1 / (4 * root * y.v))


def _reach(kind):
    """Where the integral over s ends."""
    far = {"exponential": 200 + 2 * ctx.prec, "normal": 24 + int((2 * ctx.prec) ** 0.5), "uniform": 1}[kind]
    return -far if kind == "normal" else 0, far


def _edges(kind):
    if kind == "uniform":
        return [i / 64 for i in range(65)]
    far = float(_reach(kind)[1])
    if kind == "exponential":
        return [*(i / 24 for i in range(240)), *(10 + i / 2 for i in range(40)), *range(30, 130, 10), far]
    return [*(i / 24 for i in range(-144, 145)), -far, far]


def _beyond(parts, kind):
    """A bound of all that is left out.

    With P more than 1, every number of the game and what comes from division by one, |u|, its first and
    second derivatives are below U = 8 P^6 (1 + |s|), and |phi| and its derivatives below 4 P^2 (1 + U)^4.
    """
    if kind == "uniform":
        return arb(0)
    P = arb(2)
    for part in ("data", "latent", "disc", "gen", "loss"):
        for key, value in parts.game[part].items():
            if key != "kind" and isinstance(value, str):
                x = parts.get(part, key).v if part != "loss" else number(value)
                P += abs(x) + ((1 + 1 / abs(x)) ** 3 if _divides(parts, part, key) else 0)
            elif isinstance(value, list):
                P += sum(abs(number(x)) for x in value)
    P += sum(1 + 1 / number(r["std"]) for r in parts.game["regularizers"] if r["kind"] == "InstanceNoise")
    T = arb(_reach(kind)[1])
    mass = (-T).exp() if kind == "exponential" else (-T * T / 2).exp()
    return (4 * P * P * (9 * P**6) ** 4 * 2 * (1 + T) ** 4 * mass).upper()


def _divides(parts, part, key):
    """Whether the number is in a denominator."""
    return key == "rate" or (part, key, parts.game["disc"]["kind"]) == ("disc", "a", "Logistic")


def expectation(parts, terms, exact, wanted):
    """The dual number sum factor E[phi]; ``wanted``: which of its entries are needed (others are 0)."""
    n = parts.n
    total = [arb(0)] * (1 + n + n * n)
    alpha, beta = parts.slope_and_offset()
    for factor, of_data, phi in terms:
        for weight, kind, loc, scale in parts.seen(of_data):

            def at(s, analytic=False, phi=phi, loc=loc, scale=scale):
                return phi(alpha * (loc + scale * s) + beta, analytic).entries()

            if kind == "point":
                found = at(arb(0))
            else:
                found = (_integrals if exact else _panels)(kind, at, wanted, len(total))
                left_out = _beyond(parts, kind)
                found = [x + arb(0, left_out) for x in found]
            for k in wanted:
                total[k] = total[k] + factor * weight * found[k]
    return Dual.from_entries(total, n)


def _integrals(kind, at, wanted, size):
    low, high = _reach(kind)
    found = [arb(0)] * size
    for k in wanted:

        def integrand(s, analytic, k=k):
            weight = (-s).exp() if kind == "exponential" else (-s * s / 2).exp() if kind == "normal" else 1
            return acb(at(s, analytic)[k]) * weight

        value = acb.integral(integrand, low, high).real
        found[k] = value / (2 * arb.pi()).sqrt() if kind == "normal" else value
    return found


def _panels(kind, at, wanted, size):
    found = [arb(0)] * size
    for low, high in pairwise(sorted(_edges(kind))):
        p, q = arb(low), arb(high)
        mass = {
            "exponential": lambda p=p, q=q: (-p).exp() - (-q).exp(),
            "normal": lambda p=p, q=q: ((q / arb(2).sqrt()).erf() - (p / arb(2).sqrt()).erf()) / 2,
            "uniform": lambda p=p, q=q: q - p,
        }[kind]()
        entries = at(p.union(q))
        for k in wanted:
            found[k] = found[k] + entries[k] * mass
    return found
