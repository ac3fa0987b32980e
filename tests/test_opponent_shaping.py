"""LOLA, Taylor LOLA and LookAhead on games whose derivatives are written out by hand."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dynamics import Bilinear, pair, TANDEM, Toy

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector

DISC, GEN, AHEAD = 0.07, 0.11, 0.19  # all different, to catch a swap
RULES = {"Lola": lsgan.Lola, "TaylorLola": lsgan.TaylorLola, "LookAhead": lsgan.LookAhead}


def by_hand(name, x, y, eta_x, eta_y):
    """The direction of a rule in the game O_1 = x y^2 + sin y, O_2 = -x^2 y + y x^3, both ascended.

    eta_x, eta_y are the sizes of the steps of x and of y that the other player looks ahead.
    """
    v1, v2 = y**2, x**3 - x**2
    o1_y, o2_x = 2 * x * y + np.cos(y), 3 * x**2 * y - 2 * x * y
    v1_y, v2_x = 2 * y, 3 * x**2 - 2 * x  # dv_1/dy = d2 O_1/dx dy, dv_2/dx = d2 O_2/dx dy
    shaping = np.array([eta_y * v2_x * o1_y, eta_x * v1_y * o2_x])
    anticipation = np.array([eta_y * v1_y * v2, eta_x * v2_x * v1])
    terms = {"Lola": shaping, "TaylorLola": shaping + anticipation, "LookAhead": anticipation}
    return np.array([v1, v2]) + terms[name]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", RULES)
def test_a_step_in_a_general_sum_game(name, dtype):
    game = Toy(
        lambda x, y: jnp.sum(x * y**2 + jnp.sin(y)),
        lambda x, y: -jnp.sum(-(x**2) * y + y * x**3),  # G descends
    )
    start = jax.tree.map(lambda value: value.astype(dtype), pair([0.8], [-1.3]))
    for ahead, etas in ((None, (DISC, GEN)), (AHEAD, (AHEAD, AHEAD))):
        rule = RULES[name]((DISC, GEN), look_ahead=ahead)
        after, _ = rule.step(game, start, rule.init(start))
        moved = np.array([DISC, GEN]) * by_hand(name, 0.8, -1.3, *etas)
        assert vector(after).dtype == dtype
        rtol = 1e-13 if dtype is np.float64 else 2e-6
        np.testing.assert_allclose(vector(after), np.array([0.8, -1.3]) + moved, rtol=rtol)


@pytest.mark.parametrize(
    ("name", "multiplier"),
    [
        ("Lola", lambda s, t: 1 - s * t + 1j * s),  # s = 1/2: 0.901
        ("LookAhead", lambda s, t: 1 - s * t + 1j * s),
        ("TaylorLola", lambda s, t: 1 - 2 * s * t + 1j * s),  # s = 1/2: 0.707
    ],
)
def test_multipliers_on_the_bilinear_game(name, multiplier):
    """D ascends and G descends x y, s the step, t the look-ahead."""
    game, players = Bilinear(jnp.asarray(1.0)), pair([0.0], [0.0])
    for s, t in ((0.5, 0.5), (0.3, 0.8)):
        found = np.linalg.eigvals(lsgan.step_jacobian(game, RULES[name](s, look_ahead=t), players))
        exact = multiplier(s, t)
        np.testing.assert_allclose(np.sort_complex(found), [exact.conjugate(), exact], rtol=1e-12)


@pytest.mark.parametrize(
    ("name", "multiplier"),
    [
        ("Lola", lambda s, t: 1 - 4 * s * (1 - 2 * t)),
        ("LookAhead", lambda s, t: 1 - 4 * s * (1 - 2 * t)),
        ("TaylorLola", lambda s, t: 1 - 4 * s * (1 - 4 * t)),
    ],
)
def test_multipliers_on_the_tandem_game(name, multiplier):
    """Along x + y; x - y does not move. ``test_rule_multipliers.py`` asks where they rest."""
    s, t = 0.05, 0.1
    found = np.linalg.eigvals(lsgan.step_jacobian(TANDEM, RULES[name](s, look_ahead=t), pair([0.3], [0.2])))
    np.testing.assert_allclose(np.sort(found), [multiplier(s, t), 1], rtol=1e-12)


@pytest.mark.parametrize("name", RULES)
def test_a_look_ahead_that_is_none(name):
    for bad in (0.0, -1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match=r"look_ahead: expected a finite number > 0"):
            RULES[name](0.1, look_ahead=bad)


def test_lola_takes_gradients_of_gradients_only():
    """So it plays games whose gradient is given and can be differentiated backwards, as the others cannot."""

    @jax.custom_vjp
    def product(x, y):
        return jnp.sum(x * y)

    product.defvjp(lambda x, y: (product(x, y), (x, y)), lambda kept, g: (g * kept[1], g * kept[0]))
    after, _ = lsgan.Lola((DISC, GEN)).step(Toy(product, product), pair([0.7], [0.3]), None)
    exact = [0.7 + DISC * (0.3 - GEN * 0.7), 0.3 + GEN * (-0.7 - DISC * 0.3)]
    np.testing.assert_allclose(vector(after), exact, rtol=1e-13)
