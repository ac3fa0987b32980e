"""Games whose dynamics are known in closed form, and what is known of them (MATH 7)."""

import dataclasses
from collections.abc import Callable

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

import lsgan_analytic as lsgan


class Numbers(eqx.Module):
    """A player that is a vector."""

    values: Array

    def in_domain(self):
        return jnp.asarray(True)


def pair(x, y):
    """Two players that are vectors."""
    return lsgan.Players(Numbers(jnp.asarray(x, float)), Numbers(jnp.asarray(y, float)))


class Toy(lsgan.AbstractGame):
    """D ascends ``rising(x, y)`` in x, G descends ``falling(x, y)`` in y."""

    rising: Callable = eqx.field(static=True)
    falling: Callable = eqx.field(static=True)

    def objectives(self, players):
        x, y = players.disc.values, players.gen.values
        return self.rising(x, y), self.falling(x, y)

    def in_domain(self, players):
        return players.disc.in_domain()


def zero_sum(payoff):
    """D ascends and G descends the same."""
    return Toy(payoff, payoff)


class Bilinear(lsgan.AbstractGame):
    """D ascends and G descends sigma x y: a rotation."""

    sigma: Array

    def objectives(self, players):
        value = self.sigma * jnp.sum(players.disc.values * players.gen.values)
        return value, value

    def cost_terms(self, players):
        value, _ = self.objectives(players)
        return value, jnp.zeros_like(value)


#: l1 = x^2/2 + 10 x y and l2 = y^2/2 - 10 x y, both descended
QUADRATIC_PAIR = Toy(
    lambda x, y: -jnp.sum(x**2 / 2 + 10 * x * y), lambda x, y: jnp.sum(y**2 / 2 - 10 * x * y)
)
#: Letcher et al. 2019: l1 = (x + y)^2 - 2x, l2 = (x + y)^2 - 2y, both descended
TANDEM = Toy(lambda x, y: -jnp.sum((x + y) ** 2 - 2 * x), lambda x, y: jnp.sum((x + y) ** 2 - 2 * y))


class Parabola(lsgan.Linear):
    """s(x) = w x^2 (Nagarajan & Kolter 2017)."""

    def __call__(self, x):
        return self.w * x**2


class Stretch(lsgan.Shift):
    """G(z) = shift z: a scale under another name."""

    def __call__(self, z):
        return self.shift * z


_nodes, _weights = np.polynomial.legendre.leggauss(8)
UNIFORM = lsgan.PointMasses(_nodes, _weights / 2)  # exact on [-1, 1] for the polynomials at the equilibrium
ORIGIN = lsgan.PointMasses([0.0])
DIRAC = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
NAGARAJAN_KOLTER = lsgan.Players(disc=Parabola(w=0.0), gen=Stretch(shift=1.0))


def dirac(*regularizers, loss=None):
    """The Dirac-GAN of Mescheder et al. 2018: f logistic, f'(0) = 1/2, f''(0) = -1/4."""
    return lsgan.Game(ORIGIN, ORIGIN, loss or lsgan.Minimax(), regularizers)


@dataclasses.dataclass(frozen=True)
class Known:
    """A game at an equilibrium, a rule, and the eigenvalues of one step over w and shift."""

    game: lsgan.Game
    rule: object
    players: lsgan.Players
    multipliers: tuple[complex, ...]


def _both(centre, square):
    """centre +- sqrt(square)."""
    root = np.emath.sqrt(square)
    return (complex(centre + root), complex(centre - root))


def _euler(h, eigenvalues):
    return tuple(1 + h * value for value in eigenvalues)


def _alternating(h, n_d, n_g):
    alpha = np.sqrt(n_d * n_g) * h / 2
    return _both(1 - alpha**2 / 2, (1 - alpha**2 / 2) ** 2 - 1)


def _momentum(h, beta):
    s = h / 2
    square = np.polymul(np.polymul([1, -1], [1, -1]), np.polymul([1, -beta], [1, -beta]))
    return tuple(np.roots(np.polyadd(square, [s**2, 0, 0, 0])))


def _known():
    h, sigma = 0.3, 0.7
    euler, centre = lsgan.Simultaneous(step=h), DIRAC
    yield "dirac", Known(dirac(), euler, centre, _euler(h, _both(0, -0.25)))
    for n_d, n_g, order in ((1, 1, "disc"), (1, 1, "gen"), (2, 3, "disc")):
        rule = lsgan.Alternating(h, disc_steps=n_d, gen_steps=n_g, order=order)
        yield f"alternating {n_d} {n_g} {order}", Known(dirac(), rule, centre, _alternating(h, n_d, n_g))
    far = lsgan.Alternating(4.5)
    yield "alternating, alpha > 2", Known(dirac(), far, centre, _alternating(4.5, 1, 1))
    for gamma in (0.3, 1.0, 1.7):  # oscillating, critical, overdamped
        own = _both(-gamma / 2, gamma**2 / 4 - 0.25)
        yield f"R1 {gamma}", Known(dirac(lsgan.R1(gamma)), euler, centre, _euler(h, own))
    own = _both(-(sigma**2) / 4, sigma**4 / 16 - 0.25)
    yield "instance noise", Known(dirac(lsgan.InstanceNoise(sigma)), euler, centre, _euler(h, own))
    rule, own = lsgan.Consensus(h, strength=0.8), _both(-0.8 / 4, -0.25)
    yield "consensus", Known(dirac(), rule, centre, _euler(h, own))
    for beta in (0.5, -0.5):
        optimizer = optax.sgd(h, momentum=beta)
        rule = lsgan.PerPlayer(optimizer, optimizer, order="disc")
        yield f"momentum {beta}", Known(dirac(), rule, centre, _momentum(h, beta))
    for name, loss, own in (
        ("GAN", lsgan.Minimax(), _both(-0.05, 0.05**2 - 1 / 9)),
        ("WGAN", lsgan.Wasserstein(), _both(0, -4 / 9)),
    ):
        game = lsgan.Game(UNIFORM, UNIFORM, loss)
        yield f"Nagarajan-Kolter {name}", Known(game, euler, NAGARAJAN_KOLTER, _euler(h, own))


KNOWN = dict(_known())
