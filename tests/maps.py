"""Plain maps and plane flows as games: what their borders and cycles are is known."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector

POINT = lsgan.PointMasses([0.0])
CENTRE = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
FREE = ("w", "shift")


class Map(lsgan.updates.AbstractRule):
    """A map of the vector of the players that ignores the game."""

    function: Callable = eqx.field(static=True)
    parameter: jax.Array

    def init(self, players):
        return None

    def step(self, game, players, state):
        _, rebuild = jax.flatten_util.ravel_pytree(players)
        return rebuild(self.function(vector(players), self.parameter)), state


NOTHING = lsgan.FunctionGame(lambda x, y: jnp.sum(x) + jnp.sum(y))


def numbers(*values, dtype=float):
    """Players: the first number is disc, the others are gen."""
    return lsgan.Players(disc=jnp.asarray(values[0], dtype), gen=jnp.asarray(values[1:], dtype))


def system(function):
    """parameter -> (game, rule) of a map (vector, parameter) -> vector."""
    return lambda parameter: (NOTHING, Map(function, jnp.asarray(parameter)))


def henon(v, a, b=0.3):
    """x -> a - x^2 + b y, y -> x."""
    return jnp.stack([a - v[0] ** 2 + b * v[1], v[0]])


def delayed_logistic(v, r):
    """u_k+1 = r u_k (1 - u_k-1)."""
    return jnp.stack([r * v[0] * (1 - v[1]), v[0]])


def dirac(strength=0.3, loss=None):
    """The Dirac-GAN with R1."""
    return lsgan.Game(POINT, POINT, loss or lsgan.Minimax(), regularizers=(lsgan.R1(strength),))


def van_der_pol(p):
    """x' = y, y' = -x + (p - x^2) y."""
    return lsgan.FunctionGame(lambda x, y: x * y, lambda x, y: x * y - (p - x**2) * y**2 / 2)


def brusselator(b, a=1.0):
    """x' = a - (b + 1) x + x^2 y, y' = b x - x^2 y: Hopf at b = 1 + a^2, (x, y) = (a, b/a)."""
    return lsgan.FunctionGame(
        lambda x, y: a * x - (b + 1) * x**2 / 2 + x**3 * y / 3, lambda x, y: x**2 * y**2 / 2 - b * x * y
    )


def scalars(x, y):
    """Players that are two numbers."""
    return lsgan.Players(disc=jnp.asarray(float(x)), gen=jnp.asarray(float(y)))
