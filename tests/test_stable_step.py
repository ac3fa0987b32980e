"""The largest stable step against formulas, in both dtypes (MATH: Mescheder et al., Daskalakis et al.)."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lsgan_analytic as lsgan

FREE = ("w", "shift")
DTYPES = (jnp.float64, jnp.float32)


class Quadratic(lsgan.AbstractGame):
    """A game with the linear field [[p, q], [r, s]] (w, shift)."""

    matrix: jax.Array

    def objectives(self, players):
        w, s = players.disc.w, players.gen.shift
        (p, q), (r, t) = self.matrix
        return p * w * w / 2 + q * w * s, -(r * w * s + t * s * s / 2)


def rest(dtype):
    zero = jnp.asarray(0, dtype)
    return lsgan.Players(lsgan.Linear(zero, zero), lsgan.Shift(zero))


def quadratic(*entries):
    return lambda dtype: Quadratic(jnp.asarray(entries, dtype).reshape(2, 2))


def dirac(*parts):
    """f'(0) = 1/2: eigenvalues +- i/2, with R1 of strength g: -g/2 +- sqrt(g^2/4 - 1/4)."""

    def game(dtype):
        point = lsgan.PointMasses([0.0])
        made = lsgan.Game(point, point, lsgan.Minimax(), regularizers=parts)
        return jax.tree.map(lambda x: jnp.asarray(x, dtype), made)

    return game


def momentum(beta):
    return lambda step: lsgan.PerPlayer(optax.sgd(step, beta), optax.sgd(step, beta), order="disc")


BILINEAR = quadratic(0, 1, -1, 0)
#: game, family, the step
KNOWN = {
    "dirac, simultaneous: 1 + h^2/4": (dirac(), lsgan.Simultaneous, 0.0),
    "dirac, alternating: h f'(0) <= 2": (dirac(), lsgan.Alternating, 4.0),
    "dirac, R1: 2 (g/2)/(1/4)": (dirac(lsgan.R1(0.3)), lsgan.Simultaneous, 1.2),
    "dirac, weak R1": (dirac(lsgan.R1(0.01)), lsgan.Simultaneous, 0.04),
    "simultaneous": (BILINEAR, lsgan.Simultaneous, 0.0),
    "alternating": (BILINEAR, lsgan.Alternating, 2.0),
    "extragradient: 1 - s^2 + s^4": (BILINEAR, lsgan.Extragradient, 1.0),
    "optimistic": (BILINEAR, lsgan.Optimistic, 1 / np.sqrt(3)),
    "competitive: 1/(1 + s^2)": (BILINEAR, lsgan.CompetitiveGradient, np.inf),
    "consensus: -g +- i": (BILINEAR, lambda step: lsgan.Consensus(step, 0.5), 2 * 0.5 / (0.5**2 + 1)),
    "a pair of losses: -1 +- 10 i": (quadratic(-1, -10, 10, -1), lsgan.Simultaneous, 2 / 101),
    "a node: 2/|lambda|": (quadratic(-1, 0, 0, -5), lsgan.Simultaneous, 0.4),
    "a neutral direction beside it": (quadratic(0, 0, 0, -5), lsgan.Simultaneous, 0.4),
    "a saddle": (quadratic(1, 0, 0, -5), lsgan.Simultaneous, 0.0),
    "a slow instability": (quadratic(1e-4, 1, -1, 0), lsgan.Simultaneous, 0.0),
}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", KNOWN)
def test_known_steps(name, dtype):
    game, family, exact = KNOWN[name]
    step = lsgan.largest_stable_step(game(dtype), family, rest(dtype), FREE)
    if exact in (0.0, np.inf):
        assert step == exact
    else:
        assert step == pytest.approx(exact, rel=1e-9 if dtype == jnp.float64 else 2e-3)


@pytest.mark.parametrize("high", [1e-2, 1.0, 30.0])
@pytest.mark.parametrize("dtype", DTYPES)
def test_never_stable_whatever_the_largest_step(dtype, high):
    """A tolerance in |mu| made the step 3.4e-4 for high = 1, and .05 in float32."""
    step = lsgan.largest_stable_step(dirac()(dtype), lsgan.Simultaneous, rest(dtype), FREE, high)
    assert step == 0.0


def test_negative_momentum():
    """Gidel et al. (2019): alternating, beta = -1/2: stable iff s < 2 (1 + beta) = 1."""
    step = lsgan.largest_stable_step(BILINEAR(jnp.float64), momentum(-0.5), rest(jnp.float64), FREE, 30.0)
    assert step == pytest.approx(1, rel=1e-9)


def test_a_window_far_below_the_largest_step():
    """R1(1e-4): stable below 4e-4, 2e-6 of the default largest step 200."""
    step = lsgan.largest_stable_step(
        dirac(lsgan.R1(1e-4))(jnp.float64), lsgan.Simultaneous, rest(jnp.float64), FREE
    )
    assert step == pytest.approx(4e-4, rel=1e-6)


def test_rules_without_a_jacobian_are_refused():
    def adam(step):
        return lsgan.PerPlayer(optax.adam(step), optax.adam(step))

    game = dirac(lsgan.R1(0.3))(jnp.float64)
    with pytest.raises(
        ValueError, match=r"family: expected rules whose step has a finite Jacobian .*eps_root"
    ):
        lsgan.largest_stable_step(game, adam, rest(jnp.float64), FREE)

    def smooth(step):
        return lsgan.PerPlayer(optax.adam(step, eps_root=1e-8), optax.adam(step, eps_root=1e-8))

    assert 0 < lsgan.largest_stable_step(game, smooth, rest(jnp.float64), FREE) < np.inf


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"family": 0.4}, "family: expected a function of the step that makes a rule, got 0.4"),
        ({"family": lambda step: step}, "family: expected a function of the step that makes a rule, it made"),
        ({"game": 1}, "game: expected a game"),
        ({"players": {}}, "players: expected lsgan.Players"),
        ({"free": "w"}, "free: expected a sequence of names, got 'w'"),
        ({"high": -1.0}, "high: expected a finite number in"),
        ({"high": "1"}, "high: expected a Python number, got '1'"),
    ],
)
def test_bad_input(arguments, message):
    given = {"game": BILINEAR(jnp.float64), "family": lsgan.Simultaneous, "players": rest(jnp.float64)}
    with pytest.raises(ValueError, match=message):
        lsgan.largest_stable_step(**{**given, "free": FREE, **arguments})
