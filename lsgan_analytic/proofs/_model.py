r"""The games of which theorems are proved: objectives as sums of E[psi(alpha X + beta)], over balls.

The discriminator sees u = alpha x + beta (erf: a x + b; logistic: b x - log a; sigmoid, linear: w x + b).
Data and generated points are X = loc + scale S with S standard exponential, normal, uniform, or 0 (a mass),
so that with A = alpha scale, B = alpha loc + beta

    F = E[psi(A S + B)],   dF/dp = E[psi'] B_p + E[S psi'] A_p,
    d2F/dp dq = E[psi''] B_p B_q + E[S psi''] (A_p B_q + A_q B_p) + E[S^2 psi''] A_p A_q
                + E[psi'] B_pq + E[S psi'] A_pq

with the means of ``_means.py`` and the jets of A and B. Penalties: R1 and R2 are strength/2 alpha^2,
the gradient penalty is strength (|alpha| - target)^2: the slope of the score is alpha.
"""

from typing import Any, NamedTuple

from flint import arb

from ._balls import Ball, centre, is_zero, Jet, ONE, ZERO
from ._description import ROOT_HALF
from ._loss_terms import loss_terms, Term
from ._means import mean
from ._profiles import AbstractProfile


class Piece(NamedTuple):
    """weight times the law of loc + scale S."""

    weight: Ball
    kind: str
    loc: Jet
    scale: Jet


class Model:
    """A described game over the variables ``names``: parameters of players, and of laws as "data.rate".

    Attributes:
        names: the variables, in the order of all vectors here.
        moving: those of them that the players move; the components of the field.
    """

    def __init__(self, spec: dict[str, Any], names: tuple[str, ...]):
        self.spec, self.names = spec, names
        self._owners = {name: owner for owner in ("disc", "gen") for name in spec[owner] if name != "kind"}
        self.moving = tuple(i for i, name in enumerate(names) if name in self._owners)
        self.rising, self.falling, self.cost = loss_terms(spec["loss"], spec["disc"]["kind"])

    def of_disc(self, i: int) -> bool:
        """Whether the variable is the discriminator's."""
        return self._owners[self.names[i]] == "disc"

    def _part(self, owner: str, x: list[Ball]) -> dict[str, Jet]:
        """The numbers of a part, variables where they are named."""
        n, spec = len(x), self.spec[owner]
        found = {}
        for key, value in spec.items():
            name = key if owner in ("disc", "gen") else f"{owner}.{key}"
            if name in self.names:
                which = self.names.index(name)
                found[key] = Jet.variable(x[which], which, n)
            elif isinstance(value, str) and key != "kind":
                found[key] = Jet.constant(_number(value), n)
        return found

    def _score(self, x: list[Ball]) -> tuple[Jet, Jet]:
        """alpha and beta."""
        values = self._part("disc", x)
        if self.spec["disc"]["kind"] == "Logistic":
            return values["b"], values["a"].log().times(arb(-1))
        return values["a" if "a" in values else "w"], values["b"]

    def _law(self, owner: str, x: list[Ball]) -> list[Piece]:
        """The law of the data or of z, before noise."""
        spec, values, n = self.spec[owner], self._part(owner, x), len(x)
        kind, nought = spec["kind"], Jet.constant(ZERO, n)
        if kind == "PointMasses":
            masses = zip(spec["weights"], spec["points"], strict=True)
            return [
                Piece(_number(weight), "point", Jet.constant(_number(point), n), nought)
                for weight, point in masses
            ]
        if kind == "Rayleigh":  # of z^2, which Square takes
            return [Piece(ONE, "exponential", nought, (values["scale"] * values["scale"]).times(arb(2)))]
        loc, scale, name = {
            "Exponential": lambda: (nought, values["rate"].reciprocal(), "exponential"),
            "ShiftedExponential": lambda: (values["loc"], values["scale"], "exponential"),
            "Normal": lambda: (values["mean"], values["std"], "normal"),
            "Uniform": lambda: (values["low"], values["high"] + values["low"].times(arb(-1)), "uniform"),
        }[kind]()
        return [Piece(ONE, name, loc, scale)]

    def pieces(self, of_data: bool, x: list[Ball]) -> list[Piece]:
        """The law of the data, or of the generated points, as D sees it."""
        found = self._law("data" if of_data else "latent", x)
        if not of_data:
            found = [self._generated(piece, x) for piece in found]
        for part in self.spec["regularizers"]:
            if part["kind"] == "InstanceNoise":
                found = [_noisy(piece, arb(_number(part["std"]))) for piece in found]
        return found

    def _generated(self, piece: Piece, x: list[Ball]) -> Piece:
        values, n = self._part("gen", x), len(x)
        factor, shift = {
            "Square": lambda: (values["g"], values["h"]),
            "Affine": lambda: (values["scale"], values["shift"]),
            "Scale": lambda: (values["scale"], Jet.constant(ZERO, n)),
            "Shift": lambda: (Jet.constant(ONE, n), values["shift"]),
        }[self.spec["gen"]["kind"]]()
        squares = self.spec["gen"]["kind"] == "Square" and piece.kind == "point"
        loc = piece.loc * piece.loc if squares else piece.loc
        return piece._replace(loc=factor * loc + shift, scale=factor * piece.scale)

    def means(self, terms: list[Term], x: list[Ball]):
        """(factor, kind, psi, A, B) of every mean."""
        alpha, beta = self._score(x)
        for term in terms:
            for piece in self.pieces(term.of_data, x):
                factor = arb(term.factor) * piece.weight
                yield factor, piece.kind, term.psi, alpha * piece.scale, alpha * piece.loc + beta

    def value(self, terms: list[Term], x: list[Ball]) -> Ball:
        """sum factor E[psi]."""
        means = self.means(terms, x)
        return sum((c * mean(kind, psi, 0, 0, A.value, B.value) for c, kind, psi, A, B in means), ZERO)

    def gradient(self, terms: list[Term], x: list[Ball]) -> list[Ball]:
        """By every variable."""
        n = range(len(x))
        total = [ZERO for _ in n]
        for c, kind, psi, A, B in self.means(terms, x):
            first = _needed(kind, psi, 1, A, B, 2)
            for i in n:
                total[i] += c * (first[0] * B.slope[i] + first[1] * A.slope[i])
        return total

    def hessian(self, terms: list[Term], x: list[Ball]) -> list[list[Ball]]:
        """By every pair of variables."""
        n = range(len(x))
        total = [[ZERO for _ in n] for _ in n]
        for c, kind, psi, A, B in self.means(terms, x):
            p, q, r = _needed(kind, psi, 2, A, B, 3)
            first = _needed(kind, psi, 1, A, B, 2)
            for i in n:
                for j in n:
                    crossed = A.slope[i] * B.slope[j] + A.slope[j] * B.slope[i]
                    straight = p * B.slope[i] * B.slope[j] + q * crossed + r * A.slope[i] * A.slope[j]
                    total[i][j] += c * (straight + first[0] * B.bend[i][j] + first[1] * A.bend[i][j])
        return total

    def penalty(self, x: list[Ball]) -> Jet:
        """What is subtracted from the objective of the discriminator."""
        alpha, _ = self._score(x)
        total = Jet.constant(ZERO, len(x))
        for part in self.spec["regularizers"]:
            if part["kind"] in ("R1", "R2"):
                total += (alpha * alpha).times(_number(part["strength"]) / 2)
            elif part["kind"] == "GradientPenalty":
                strength, target = _number(part["strength"]), _number(part["target"])
                total += (alpha * alpha).times(strength)
                if not is_zero(target):
                    total += alpha.size().times(-2 * strength * target)
        return total

    def field(self, x: list[Ball]) -> list[Ball]:
        """(+d objective_D / d disc, -d objective_G / d gen) of the moving variables."""
        rising = self.gradient(self.rising, x) if any(map(self.of_disc, self.moving)) else []
        falling = self.gradient(self.falling, x) if not all(map(self.of_disc, self.moving)) else []
        taxed = self.penalty(x).slope
        return [rising[i] - taxed[i] if self.of_disc(i) else -falling[i] for i in self.moving]

    def jacobian(self, x: list[Ball]) -> list[list[Ball]]:
        """d field_i / d variable_j: one row a moving variable, one column a variable."""
        n = range(len(x))
        rising = self.hessian(self.rising, x) if any(map(self.of_disc, self.moving)) else []
        falling = self.hessian(self.falling, x) if not all(map(self.of_disc, self.moving)) else []
        taxed = self.penalty(x).bend
        return [
            [rising[i][j] - taxed[i][j] if self.of_disc(i) else -falling[i][j] for j in n]
            for i in self.moving
        ]

    def field_over(self, x: list[Ball], jacobian: list[list[Ball]] | None = None) -> list[Ball]:
        """The field over a box: directly, and by the mean value theorem; what both allow."""
        middle = centre(x)
        slopes = self.jacobian(x) if jacobian is None else jacobian
        apart = [part - point for part, point in zip(x, middle, strict=True)]
        at = self.field(middle)
        moved = [
            value + sum((s * d for s, d in zip(row, apart, strict=True)), ZERO)
            for value, row in zip(at, slopes, strict=True)
        ]
        return [_both(*pair) for pair in zip(self.field(x), moved, strict=True)]


def _needed(kind: str, psi: AbstractProfile, m: int, A: Jet, B: Jet, count: int) -> list[Ball]:
    """E[S^k psi^(m)], k < count; those that A, which is 0 in all its derivatives, makes useless as 0."""
    flat = all(map(is_zero, A.slope)) and all(is_zero(x) for row in A.bend for x in row)
    return [ZERO if k and flat else mean(kind, psi, k, m, A.value, B.value) for k in range(count)]


def _both(first: Ball, second: Ball) -> Ball:
    if not (first.is_finite() and second.is_finite()):
        return second if second.is_finite() else first
    return first.intersection(second)


def _noisy(piece: Piece, std: Ball) -> Piece:
    if piece.kind == "point":
        return piece._replace(kind="normal", scale=Jet.constant(std, len(piece.scale.slope)))
    squared = piece.scale * piece.scale + Jet.constant(std * std, len(piece.scale.slope))
    return piece._replace(scale=squared.sqrt())


def _number(written: str) -> Ball:
    return (arb(1) / 2).sqrt() if written == ROOT_HALF else arb(float.fromhex(written))
