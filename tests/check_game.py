"""A game given as text over boxes of its parameters, for ``check_certificate.py``."""

from check_duals import Dual, loss_terms, number
from check_expectations import expectation, Parts
from flint import arb, fmpz


class DoubtError(Exception):
    """A step that could not be followed."""


def require(condition, why):
    if not condition:
        raise DoubtError(why)


def unball(text):
    m, e, r, f = map(int, text.split())
    return arb((fmpz(m), fmpz(e)), (fmpz(r), fmpz(f)))


def read_box(box):
    return [(float.fromhex(low), float.fromhex(high)) for low, high in box]


def hull(box):
    return [arb(low) if low == high else arb(low).union(arb(high)) for low, high in box]


def halved(box):
    i = max(range(len(box)), key=lambda k: box[k][1] - box[k][0])
    low, high = box[i]
    middle = 0.5 * (low + high)
    return [[*box[:i], ends, *box[i + 1 :]] for ends in ((low, middle), (middle, high))]


def within(inner, outer):
    return all(a <= low and high <= b for (low, high), (a, b) in zip(inner, outer, strict=True))


class CheckedGame:
    """A certificate, and its game over any box."""

    def __init__(self, told):
        self.told, self.game, self.names = told, told["game"], tuple(told["names"])
        self.n = len(self.names)
        self.owner = {key: part for part in ("disc", "gen") for key in self.game[part] if key != "kind"}
        self.movers = [i for i, name in enumerate(self.names) if name in self.owner]
        self.rising, self.falling, self.cost = loss_terms(self.game)

    def dual(self, terms, theta, exact, order):
        """Cost terms to first (gradient) or second order."""
        n = self.n
        wanted = {0: range(1), 1: range(1, n + 1), 2: range(n + 1, 1 + n + n * n)}[order]
        return expectation(Parts(self.game, self.names, theta), terms, exact, set(wanted))

    def penalty(self, theta):
        alpha, _ = Parts(self.game, self.names, theta).slope_and_offset()
        total = Dual.of(arb(0), self.n)
        for part in self.game["regularizers"]:
            if part["kind"] in ("R1", "R2"):
                total += alpha * alpha * (number(part["strength"]) / 2)
            elif part["kind"] == "GradientPenalty":
                total += alpha * alpha * number(part["strength"])
                target = number(part["target"])
                if target != 0:
                    side = 1 if alpha.v > 0 else -1 if alpha.v < 0 else arb.nan()
                    total += alpha * (-2 * target * number(part["strength"]) * side)
        return total

    def field(self, theta, exact=True):
        up, down = (self.dual(terms, theta, exact, 1).g for terms in (self.rising, self.falling))
        tax = self.penalty(theta).g
        return [up[i] - tax[i] if self.owner[self.names[i]] == "disc" else -down[i] for i in self.movers]

    def jacobian(self, theta, exact=False):
        up, down = (self.dual(terms, theta, exact, 2).h for terms in (self.rising, self.falling))
        tax, n = self.penalty(theta).h, range(self.n)
        mine = [self.owner[self.names[i]] == "disc" for i in self.movers]
        rows = zip(self.movers, mine, strict=True)
        return [[up[i][j] - tax[i][j] if own else -down[i][j] for j in n] for i, own in rows]

    def has_sign(self, name, box):
        """Whether dE/dp has a sign because phi(D(.)) is monotone and alpha, p's derivative keep theirs."""
        if self.owner.get(name) != "gen" or self.game["loss"]["kind"] == "Hinge":
            return False
        kind, labels = self.game["loss"]["kind"], self.game["loss"]
        monotone = kind in ("SquaredMinimax", "Minimax", "NonSaturating", "Wasserstein") or (
            kind == "LeastSquares" and float.fromhex(labels["target"]) in (0.0, 1.0)
        )
        critic = self.game["disc"]["kind"] == "Linear" and kind in ("SquaredMinimax", "LeastSquares")
        alpha = Parts(self.game, self.names, hull(box)).slope_and_offset()[0].v
        latent = self.game["latent"]["kind"]
        steady = name in ("h", "shift") or (name == "g" and latent == "Rayleigh")
        return monotone and not critic and steady and (alpha > 0 or alpha < 0)
