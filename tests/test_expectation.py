"""One expectation, three ways."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan

LOSS = lsgan.SquaredMinimax()
LAWS = {
    "exponential": lsgan.Exponential(rate=0.5),
    "generated": lsgan.pushforward(lsgan.Rayleigh(), lsgan.Square(g=1.5, h=-2.0)),
    "generated, scale 2": lsgan.pushforward(lsgan.Rayleigh(scale=2.0), lsgan.Square(g=0.2, h=1.0)),
    "mirrored": lsgan.ShiftedExponential(loc=1.0, scale=-2.0),
}
DISCS = (lsgan.Erf(a=2.2, b=-3.0), lsgan.Erf(a=-0.7, b=0.4))


@pytest.mark.parametrize("disc", DISCS, ids=["rising", "falling"])
@pytest.mark.parametrize("phi", [LOSS.real, LOSS.fake], ids=["real", "fake"])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_three_ways_agree(law, phi, disc):
    exact = lsgan.expectation(law, disc, phi)
    assert lsgan.closed_form(law, disc, phi) is not None
    # the rule is absolute to rounding: its values are of size 1
    assert abs(lsgan.quadrature(law, disc, phi) - exact) < 1e-13
    draws = law.sample(jax.random.key(7), 200_000)
    values = phi(disc(draws))
    sampled = lsgan.expectation(lsgan.PointMasses(draws), disc, phi)
    np.testing.assert_allclose(sampled, values.mean(), rtol=1e-12)
    assert abs(sampled - exact) < 4 * values.std() / np.sqrt(draws.size)


def test_derivatives_agree_too():
    def cost(way, a, loc, scale):
        law = lsgan.ShiftedExponential(loc=loc, scale=scale)
        return way(law, lsgan.Erf(a=a, b=-0.3), LOSS.fake)

    exact, rule = (
        jax.grad(cost, (1, 2, 3))(way, 1.1, 0.2, -0.9) for way in (lsgan.expectation, lsgan.quadrature)
    )
    np.testing.assert_allclose(rule, exact, atol=1e-13)


def test_the_rule_converges_to_the_closed_form():
    law, disc = lsgan.Exponential(rate=0.2), lsgan.Erf(a=5.0, b=-9.0)  # slope 25 in units of the law
    exact = lsgan.expectation(law, disc, LOSS.real)
    errors = [abs(lsgan.quadrature(law, disc, LOSS.real, n) / exact - 1) for n in (2, 4, 8, 20)]
    assert errors[0] > 1e-6  # too few nodes: this case is a real test
    assert errors[3] < 1e-13
    assert errors[0] > errors[1] > errors[2] > errors[3]


def test_pushforward_without_a_closed_form_goes_by_nodes_and_samples():
    gen = lsgan.Square(g=0.8, h=-0.5)
    law = lsgan.pushforward(lsgan.Exponential(rate=1.0), gen)
    assert type(law) is lsgan.Pushforward
    points, weights = law.nodes()
    np.testing.assert_allclose(jnp.sum(weights * points), 0.8 * 2 - 0.5, rtol=1e-13)  # E[z^2] = 2
    np.testing.assert_allclose(law.sample(jax.random.key(1), 100_000).mean(), 1.1, atol=4 * 0.8 * 4.5 / 316)
    np.testing.assert_allclose(law.cdf(law.quantile(0.7)), 0.7, atol=0.02)


def test_a_sampled_game_is_the_same_game_on_the_sample(case):
    x, z = jnp.array([0.5, 3.0, 1.0]), jnp.array([0.2, 1.4])
    game = lsgan.Game(lsgan.PointMasses(x), lsgan.PointMasses(z), LOSS)
    disc, gen = case.players.disc, case.players.gen
    terms = (jnp.mean(disc(x) ** 2), jnp.mean((1 - disc(gen(z))) ** 2))
    np.testing.assert_allclose(game.cost_terms(case.players), terms, rtol=1e-14)
    assert np.isfinite(lsgan.hessian(game, case.players)).all()


def test_a_registered_closed_form_is_used():
    class Half(lsgan.Erf):
        """A discriminator of its own type."""

    rule = lsgan.register_closed_form(lsgan.Exponential, Half, type(LOSS.real))(
        lambda law, disc, phi: jnp.asarray(42.0)
    )
    law, disc = lsgan.Exponential(rate=1.0), Half(a=1.0, b=0.0)
    assert lsgan.closed_form(law, disc, LOSS.real) is rule
    assert lsgan.expectation(law, disc, LOSS.real) == 42.0
    assert lsgan.closed_form(law, disc, LOSS.fake) is None
