"""Numbers with derivatives, and losses in them, for ``check_certificate.py``; on Arb alone."""

from flint import acb, arb


class Dual:
    """A number with its first and second derivatives by n parameters."""

    def __init__(self, v, g, h):
        self.v, self.g, self.h = v, g, h

    @classmethod
    def of(cls, v, n, which=None):
        return cls(v, [arb(i == which) for i in range(n)], [[arb(0)] * n for _ in range(n)])

    def __add__(self, other):
        if not isinstance(other, Dual):
            return Dual(self.v + other, self.g, self.h)
        h = [[p + q for p, q in zip(*rows, strict=True)] for rows in zip(self.h, other.h, strict=True)]
        return Dual(self.v + other.v, [p + q for p, q in zip(self.g, other.g, strict=True)], h)

    def __mul__(self, other):
        n = range(len(self.g))
        if not isinstance(other, Dual):
            return Dual(
                self.v * other, [x * other for x in self.g], [[x * other for x in row] for row in self.h]
            )
        g = [self.v * other.g[i] + other.v * self.g[i] for i in n]
        both = [[self.g[i] * other.g[j] + self.g[j] * other.g[i] for j in n] for i in n]
        h = [[self.v * other.h[i][j] + other.v * self.h[i][j] + both[i][j] for j in n] for i in n]
        return Dual(self.v * other.v, g, h)

    __radd__, __rmul__ = __add__, __mul__

    def __sub__(self, other):
        return self + other * -1

    def map(self, f, f1, f2):
        n = range(len(self.g))
        h = [[f2 * self.g[i] * self.g[j] + f1 * self.h[i][j] for j in n] for i in n]
        return Dual(f, [f1 * x for x in self.g], h)

    def entries(self):
        return [self.v, *self.g, *(x for row in self.h for x in row)]

    @classmethod
    def from_entries(cls, x, n):
        return cls(x[0], x[1 : n + 1], [x[1 + n + i * n : 1 + n + (i + 1) * n] for i in range(n)])


def number(text):
    return (arb(1) / 2).sqrt() if text == "sqrt(1/2)" else arb(float.fromhex(text))


def bell(v):
    """e^{-v^2}: of a real ball between its values where |v| is least and most."""
    if isinstance(v, acb):
        return (-v * v).exp()
    near, far = v.abs_lower(), v.abs_upper()
    return (-near * near).exp().union((-far * far).exp())


def score_functions(disc):
    """D of the score u as a dual number."""

    def erf(u):
        e = bell(u.v) / arb.const_sqrt_pi()
        return u.map((-u.v).erfc() / 2, e, -2 * u.v * e)

    def logistic(u):
        d = 1 / (1 + (-u.v).exp())
        return u.map(d, d * (1 - d), d * (1 - d) * (1 - 2 * d))

    return {"Erf": erf, "Linear": lambda u: u}.get(disc, logistic)


def loss_terms(game):
    """(what D ascends, what G descends, J): [(factor, of data, phi)] with phi(u, analytic)."""
    loss, D = game["loss"], score_functions(game["disc"]["kind"])

    def square(label):
        return lambda u, analytic: (D(u) - label) * (D(u) - label)

    def log_d(side):
        def phi(u, analytic):
            v = u * side
            inside = 1 + (-v.v).exp()
            d = 1 / inside
            log = inside.log(analytic=analytic) if isinstance(inside, acb) else inside.log()
            return v.map(-log, 1 - d, -d * (1 - d))

        return phi

    def margin(side):
        def phi(u, analytic):
            inside = 1 - side * u.v
            known = 1 if inside > 0 else 0 if inside < 0 else arb.nan()
            return u.map(known * inside, -side * arb(known), arb(0) * known)

        return phi

    def identity(u, analytic):
        return u

    kind = loss["kind"]
    if kind == "SquaredMinimax":
        both = [(1, True, square(0)), (1, False, square(1))]
        return both, both, both
    if kind == "LeastSquares":
        real, fake, target = (number(loss[key]) for key in ("real", "fake", "target"))
        half = arb(1) / 2
        cost = [(half, True, square(real)), (half, False, square(fake))]
        return [(-f, *rest) for f, *rest in cost], [(half, False, square(target))], cost
    if kind == "Wasserstein":
        both = [(1, True, identity), (-1, False, identity)]
        return both, both, both
    if kind == "Hinge":
        cost = [(1, True, margin(1)), (1, False, margin(-1))]
        return [(-f, *rest) for f, *rest in cost], [(-1, False, identity)], cost
    w = number(loss["smoothing"])
    both = [(w, True, log_d(1)), (1 - w, True, log_d(-1)), (1, False, log_d(-1))]
    return both, both if kind == "Minimax" else [(-1, False, log_d(1))], both
