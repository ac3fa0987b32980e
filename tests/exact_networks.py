"""Networks of piecewise-linear units and their expectations in 30 digits.

Nothing is shared with the package: networks in mpmath, kinks as sign changes of preactivations between the
kinks before them, 48 Gauss nodes on panels of at most one unit between all kinks.
"""

import itertools
from functools import cache

import mpmath
from mpmath.calculus.quadrature import GaussLegendre

mp = mpmath.mp.clone()
mp.dps = 30


@cache
def gauss():
    return GaussLegendre(mp).calc_nodes(5, 120)


class Peer:
    """A network in mpmath, of a flat list of parameters in the order weights, biases."""

    def __init__(self, widths, theta, leak):
        sizes, self.leak, theta = (1, *widths, 1), leak, iter(theta)
        shapes = list(itertools.pairwise(sizes))
        self.weights = [[[next(theta) for _ in range(m)] for _ in range(n)] for m, n in shapes]
        self.biases = [[next(theta) for _ in range(n)] for _, n in shapes]

    def layers(self, x):
        """The preactivations of every layer; the last are the output."""
        values, every = [x], []
        for weight, bias in zip(self.weights, self.biases, strict=True):
            heights = [mp.fdot(row, values) + b for row, b in zip(weight, bias, strict=True)]
            every.append(heights)
            values = [u if u > 0 else self.leak * u for u in heights]
        return every

    def __call__(self, x):
        return self.layers(x)[-1][0]

    def kinks(self, low, high):
        knots = [low, high]
        for k in range(len(self.biases) - 1):
            for j in range(len(self.biases[k])):
                knots = knots + roots(lambda x, k=k, j=j: self.layers(x)[k][j], sorted(knots))
        return sorted(knots)


def roots(function, knots):
    """Of a function that is linear between ``knots``."""
    heights = [function(x) for x in knots]
    return [
        x - u * (y - x) / (v - u)
        for x, y, u, v in zip(knots, knots[1:], heights, heights[1:], strict=False)
        if (u > 0) != (v > 0)
    ]


def integral(function, density, knots):
    points, edges = gauss(), []
    for x, y in itertools.pairwise(knots):
        n = max(1, int(mp.ceil(y - x)))
        edges += [(x + (y - x) * k / n, x + (y - x) * (k + 1) / n) for k in range(n)]
    total = mp.mpf(0)
    for x, y in edges:
        middle, half = (x + y) / 2, (y - x) / 2
        total += half * mp.fsum(
            w * density(middle + half * t) * function(middle + half * t) for t, w in points
        )
    return total


def softplus(s):
    return mp.log1p(mp.exp(-abs(s))) + max(s, 0)


def normal(mean, std):
    mean, std = mp.mpf(mean), mp.mpf(std)
    return lambda x: mp.exp(-(((x - mean) / std) ** 2) / 2) / (std * mp.sqrt(2 * mp.pi))
