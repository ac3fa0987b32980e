"""Discriminators that answer the generator."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from scipy import integrate, stats

import lsgan_analytic as lsgan

DATA, LATENT = lsgan.Exponential(rate=1.2), lsgan.Rayleigh()
BEST = lsgan.OptimalDiscriminator(data=DATA, latent=LATENT)
GEN = lsgan.Square(g=1.5, h=-2.0)
X = np.array([-3.0, -1.0, -0.1, 0.1, 1.0, 5.0])


def densities(x, g=1.5, h=-2.0, rate=1.2):
    return stats.expon(scale=1 / rate).pdf(x), stats.expon(loc=h, scale=g).pdf(x)


def test_the_best_discriminator_is_the_ratio_of_densities():
    p, q = densities(X)
    disc = BEST.resolve(GEN)
    np.testing.assert_allclose(disc(X[1:]), p[1:] / (p + q)[1:], rtol=1e-14)
    assert disc(-3.0) == 0.5  # neither density is there
    np.testing.assert_allclose(disc.score(X[3:]), np.log(p[3:] / q[3:]), rtol=1e-12)
    labels = lsgan.OptimalDiscriminator(DATA, LATENT, real=2.0, fake=-1.0).resolve(GEN)
    np.testing.assert_allclose(labels.score(X[1:]), (2 * p - q)[1:] / (p + q)[1:], rtol=1e-13, atol=1e-14)
    smooth = lsgan.OptimalDiscriminator(DATA, LATENT, real=0.9, fake=0.2).resolve(GEN)
    value = (0.9 * p + 0.2 * q)[1:] / (p + q)[1:]
    np.testing.assert_allclose(smooth(X[1:]), value, rtol=1e-14)
    np.testing.assert_allclose(smooth.score(X[1:]), np.log(value / (1 - value)), rtol=1e-12, atol=1e-13)


def test_the_published_variant_has_the_other_sign():
    published = lsgan.AuthorsOptimalDiscriminator(data=DATA, latent=LATENT).resolve(GEN)
    formula = 1 / (1 + np.exp(-(1.2 - 1 / 1.5) * X + 2 / 1.5) / (1.5 * 1.2))
    np.testing.assert_allclose(published(X), formula, rtol=1e-14)
    assert round(float(published(1.0)), 3) == 0.447
    assert round(float(BEST.resolve(GEN)(1.0)), 3) == 0.800


def cost_by_scipy(g, h, real, fake):
    def integrand(x):
        p, q = densities(x, g, h)
        return p * real(p / (p + q)) + q * fake(p / (p + q))

    cuts = [*sorted({0.0, h}), max(0.0, h) + 3, 60.0]
    return sum(integrate.quad(integrand, a, b, epsabs=1e-13, limit=200)[0] for a, b in zip(cuts, cuts[1:]))  # noqa: B905, RUF007


def test_costs_and_total_derivatives_through_steps_that_move():
    # D jumps at 0 and at h: without the boundary terms the slopes are off in the first digit
    game = lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax())
    slope = jax.jit(
        jax.value_and_grad(lambda g, h: game.cost(lsgan.Players(BEST, lsgan.Square(g, h))), (0, 1))
    )
    real, fake = (lambda d: d**2), (lambda d: (1 - d) ** 2)
    e, weights = 1e-3, ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))  # error of order e^4
    for h in (-2.0, 0.7):
        value, slopes = slope(1.5, h)
        np.testing.assert_allclose(value, cost_by_scipy(1.5, h, real, fake), rtol=1e-11)
        by_g = sum(w * cost_by_scipy(1.5 + k * e, h, real, fake) for k, w in weights) / e
        by_h = sum(w * cost_by_scipy(1.5, h + k * e, real, fake) for k, w in weights) / e
        np.testing.assert_allclose(slopes, (by_g, by_h), rtol=1e-7)
    assert lsgan.expectation_error(DATA, BEST.resolve(GEN), game.loss.real) < 1e-12


@pytest.mark.slow
def test_slopes_hold_wherever_the_support_starts():
    # the boundary terms must survive the panels that end near the jumps: they do not at isolated h only
    game = lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax())

    def cost(h, g):
        return game.cost(lsgan.Players(BEST, lsgan.Square(g, h)))

    g, h = np.random.default_rng(3).uniform((0.5, -1.5), (2.5, 2.5), (40, 2)).T
    slopes = jax.jit(jax.vmap(jax.grad(cost)))(h, g)
    e = 1e-4
    by_differences = (jax.vmap(cost)(h + e, g) - jax.vmap(cost)(h - e, g)) / (2 * e)
    np.testing.assert_allclose(slopes, by_differences, rtol=1e-5, atol=1e-7)


def cost_beside_an_infinite_density(g, h):
    """Minimax of the best D, data Exp(1.2), generated points h + g z^2, z ~ N(0, 1): in s = sqrt(x - h)."""
    rate = mpmath.mpf("1.2")

    def integrand(s):
        y = s * s
        p, q = rate * mpmath.exp(-rate * (y + h)), mpmath.npdf(mpmath.sqrt(y / g)) / mpmath.sqrt(g * y)
        return 2 * s * (p * mpmath.log(p / (p + q)) + q * mpmath.log(q / (p + q)))

    return mpmath.quad(integrand, [1e-12, 0.01, 0.1, 0.5, 1, 2, 4, 8, 14])


def test_an_infinite_density_at_an_end_that_moves():
    data, latent = lsgan.Exponential(1.2), lsgan.Normal()
    game, disc = lsgan.Game(data, latent, lsgan.Minimax()), lsgan.OptimalDiscriminator(data, latent)
    cost = jax.jit(
        jax.value_and_grad(lambda g, h: game.cost(lsgan.Players(disc, lsgan.Square(g, h))), (0, 1))
    )
    for g, h in ((1.5, 0.4), (0.7, 1.1)):
        value, slopes = cost(g, h)
        np.testing.assert_allclose(value, float(cost_beside_an_infinite_density(g, h)), rtol=1e-10)
        by_g = mpmath.diff(lambda g, h=h: cost_beside_an_infinite_density(g, h), g)
        by_h = mpmath.diff(lambda h, g=g: cost_beside_an_infinite_density(g, h), h)
        np.testing.assert_allclose(slopes, (float(by_g), float(by_h)), rtol=1e-9)


def test_a_score_that_is_infinite_has_an_infinite_mean():
    """Uniform(-1, 1.5) has mass where no data are: Wasserstein and NonSaturating take the score there."""
    data, latent = lsgan.Rayleigh(), lsgan.Uniform(-1.0, 1.5)
    players = lsgan.Players(lsgan.OptimalDiscriminator(data, latent), lsgan.Square(0.8, -0.5))
    for loss, finite in (
        (lsgan.Wasserstein(), False),
        (lsgan.NonSaturating(), False),
        (lsgan.Minimax(), True),
    ):
        game = lsgan.Game(data, latent, loss)
        value, slope = jax.jit(jax.value_and_grad(lambda own, game=game: game.objectives(own)[1]))(players)
        assert np.isfinite(value) == np.isfinite(slope.gen.h) == finite


NARROW = lsgan.Normal(0.0, 0.1)


def pull(distance, loss, **choices):
    """The field of the generator, N(distance, .1^2) against data N(0, .1^2), D the best."""
    disc = lsgan.OptimalDiscriminator(NARROW, NARROW, **choices)

    def at(shift):
        return lsgan.field(
            lsgan.Game(NARROW, NARROW, loss), lsgan.Players(disc, lsgan.Shift(shift))
        ).gen.shift

    return jax.jit(jax.vmap(at))(jnp.asarray(distance))


def test_jensen_shannon():
    normal = lsgan.Normal()
    game = lsgan.Game(normal, normal, lsgan.Minimax())
    players = lsgan.Players(disc=lsgan.OptimalDiscriminator(normal, normal), gen=lsgan.Shift(shift=1.0))
    np.testing.assert_allclose(jax.jit(game.cost)(players), -1.163451, atol=5e-7)  # 2 JSD - log 4


@pytest.mark.parametrize(
    ("loss", "labels", "at_half", "at_one"),
    [
        (lsgan.Minimax(), {}, 0.474, 4.5e-5),
        (lsgan.NonSaturating(), {}, 49.5, 100),
        (lsgan.LeastSquares(), {}, 0.341 / 2, 3.3e-5 / 2),  # Mao's halves: the table has E(D - 1)^2
        (lsgan.Minimax(0.9), {"real": 0.9}, None, 3.1e-5),  # one-sided smoothing
        (lsgan.NonSaturating(), {"real": 0.9, "fake": 0.1}, None, 8.6e-5),  # two-sided: it saturates again
    ],
)
def test_a_good_discriminator_and_the_slope_of_the_generator(loss, labels, at_half, at_one):
    half, one = -pull([0.5, 1.0], loss, frozen=True, **labels)
    np.testing.assert_allclose(one, at_one, rtol=0.02)
    if at_half:
        np.testing.assert_allclose(half, at_half, rtol=2e-3)


def test_at_the_best_response_only_the_generators_own_slope_counts():
    # the envelope theorem: D's derivative does not count; 4.496 is d(2 JSD)/d distance
    slopes = [-pull([0.2], lsgan.Minimax(), frozen=frozen)[0] for frozen in (True, False)]
    np.testing.assert_allclose(slopes, 4.496, atol=5e-4)
    np.testing.assert_allclose(*slopes, rtol=1e-10)


@pytest.mark.slow
def test_a_generator_that_is_answered_descends():
    game, rule = lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax()), lsgan.Simultaneous(step=0.1)
    players = lsgan.Players(disc=BEST, gen=GEN)
    assert lsgan.parameter_names(players) == ("g", "h")
    path = lsgan.trajectory(game, rule, players, steps=20, free=("g", "h"))
    # small steps down the total derivative: a wrong slope would not go downhill all the way
    drop, size = -np.diff(path.cost), path.field_norm[:-1]
    np.testing.assert_allclose(drop, 0.1 * size**2, rtol=0.2)


def test_the_published_game_plays_and_is_simulated():
    game, rule = lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax()), lsgan.Simultaneous(step=0.4)
    players = lsgan.Players(disc=lsgan.AuthorsOptimalDiscriminator(DATA, LATENT), gen=GEN)
    path = lsgan.trajectory(game, rule, players, steps=99)
    truth = path.players.gen.g[-1], path.players.gen.h[-1]
    np.testing.assert_allclose(truth, (1 / 1.2, 0), atol=3e-3)  # it finds the data law
    runs = lsgan.simulate(game, rule, players, key=jax.random.key(0), runs=8, samples=1000, steps=99)
    assert abs(runs.players.gen.h[:, -1].mean() - truth[1]) < 0.2
    assert runs.players.gen.h[:, -1].std() > 0


def test_leaving_the_domain_is_an_outcome():
    game = lsgan.Game(DATA, LATENT, lsgan.SquaredMinimax())
    disc = lsgan.AuthorsOptimalDiscriminator(data=DATA, latent=LATENT)
    players = lsgan.Players(disc=disc, gen=lsgan.Square(g=1.0, h=0.0))
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=10.0), players, steps=99)  # dJ/dg > 0 there
    assert path.outcome == lsgan.Outcome.left_domain
    assert (path.players.gen.g > 0).all()


def test_known_laws_are_equal_by_value():
    same = lsgan.OptimalDiscriminator(data=lsgan.Exponential(rate=1.2), latent=lsgan.Rayleigh())
    other = lsgan.OptimalDiscriminator(data=lsgan.Exponential(rate=1.3), latent=lsgan.Rayleigh())
    forms = [jax.tree.structure(disc) for disc in (BEST, same, other)]
    assert forms[0] == forms[1] != forms[2]
    assert hash(forms[0]) == hash(forms[1])


def test_what_is_refused():
    with pytest.raises(ValueError, match="data: expected a law, got 3"):
        lsgan.OptimalDiscriminator(3, LATENT)
    with pytest.raises(ValueError, match="data: expected a law with known parameters, got traced"):
        jax.jit(lambda rate: lsgan.OptimalDiscriminator(lsgan.Exponential(rate), LATENT).resolve(GEN)(0.5))(
            1.0
        )
    with pytest.raises(ValueError, match=r"real, fake: expected two different labels, got 1\.0 twice"):
        lsgan.OptimalDiscriminator(DATA, LATENT, fake=1.0)
    with pytest.raises(ValueError, match=r"answers a generator; use disc\.resolve"):
        BEST(0.0)
    with pytest.raises(ValueError, match="data: expected an Exponential"):
        lsgan.AuthorsOptimalDiscriminator(lsgan.Normal(), LATENT)
    with pytest.raises(ValueError, match="law: expected one with a density, got PointMasses"):
        lsgan.OptimalDiscriminator(lsgan.PointMasses([0.0]), LATENT).resolve(GEN)(0.0)


def test_crossings_beside_an_end_where_a_density_is_infinite():
    """Where a density is infinite at its end, rounding decides on which side of it the end is looked at."""
    data = lsgan.ShiftedExponential(loc=-0.3, scale=1.2)
    latent = lsgan.Pushforward(lsgan.Normal(0.2, 1.1), lsgan.Square(0.8, -0.2))
    game = lsgan.Game(data, latent, lsgan.Hinge())

    def cost(scale):
        disc = lsgan.OptimalDiscriminator(game.data, game.latent)
        return game.objectives(lsgan.Players(disc, lsgan.Scale(scale)))[0]

    apart = np.linspace(-1e-3, 1e-3, 41)
    values = jax.jit(jax.vmap(cost))(jnp.asarray(1.2 + apart))
    smooth = np.polynomial.Polynomial.fit(apart, values, 4)(apart)
    np.testing.assert_allclose(values, smooth, atol=1e-9)  # it was 2e-5 off at a tenth of them


def test_gradients_in_reverse_mode_beside_the_end_of_a_law():
    """The density at the end is 0, its logarithm has an infinite slope there, and nothing else has."""

    def log_pdf(shift):
        law = lsgan.laws.pushforward(lsgan.Weibull(shape=2.0), lsgan.Shift(shift))
        return law.log_pdf(jnp.asarray([0.4, 1.0]))

    reverse, forward = (mode(log_pdf)(0.4) for mode in (jax.jacrev, jax.jacfwd))
    np.testing.assert_allclose(reverse[1], forward[1], rtol=1e-13)
    assert np.isfinite(reverse[1])


def test_too_many_nodes_under_noise_are_refused():
    game = lsgan.Game(lsgan.Gamma(2.0), lsgan.Normal(), lsgan.Minimax(), (lsgan.InstanceNoise(0.1),))
    players = lsgan.Players(lsgan.OptimalDiscriminator(game.data, game.latent), lsgan.Square(0.8, -0.2))
    with pytest.raises(
        ValueError, match=r"disc: expected one with fewer breakpoints than \d+ under noise on Gamma"
    ):
        game.cost(players)
