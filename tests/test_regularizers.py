"""Regularisers: penalties against hand formulas, noise against convolution, their games against theory."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from kink_cases import Knots
from scipy import integrate, special, stats

import lsgan_analytic as lsgan

DIRAC = {"data": lsgan.PointMasses([0.0]), "latent": lsgan.PointMasses([0.0]), "loss": lsgan.Minimax()}
CENTRE = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
DATA, FAKE = lsgan.Normal(mean=0.3, std=0.8), lsgan.Exponential(rate=1.5)
ERF = lsgan.Erf(a=1.3, b=-0.4)


def slope(x):
    """ds/dx of the score of ERF: the hazards of both tails."""
    u = 1.3 * x - 0.4
    return 1.3 * 2 / np.sqrt(np.pi) * (1 / special.erfcx(-u) + 1 / special.erfcx(u))


@pytest.mark.parametrize(
    ("regularizer", "eigenvalue"),
    [
        ((lsgan.R1(strength=0.3),), -0.15 + 1j * np.sqrt(0.25 - 0.15**2)),
        ((lsgan.R2(strength=0.3),), -0.15 + 1j * np.sqrt(0.25 - 0.15**2)),
        ((lsgan.R1(strength=1.0),), -0.5),  # critical damping at twice f'(0) = 1/2
        ((lsgan.GradientPenalty(strength=0.15, target=0.0),), -0.15 + 1j * np.sqrt(0.25 - 0.15**2)),
        ((lsgan.InstanceNoise(std=0.8),), -0.16 + 1j * np.sqrt(0.25 - 0.16**2)),  # s^2 f'' = -s^2/4
        ((), 0.5j),
    ],
)
def test_dirac_gan_eigenvalues(regularizer, eigenvalue):
    """Mescheder et al. (2018): -g/2 +- sqrt(g^2/4 - f'(0)^2) and s^2 f'' +- sqrt(s^4 f''^2 - f'(0)^2)."""
    game = lsgan.Game(**DIRAC, regularizers=regularizer)
    found = jnp.linalg.eigvals(lsgan.jacobian(game, CENTRE, free=("w", "shift")))
    wanted = np.array([eigenvalue, np.conj(eigenvalue)])
    # a double eigenvalue is good to the root of rounding
    np.testing.assert_allclose(np.sort_complex(np.asarray(found)), np.sort_complex(wanted), atol=1e-7)


def test_penalties_against_adaptive_quadrature():
    real = integrate.quad(lambda x: slope(x) ** 2 * stats.norm.pdf(x, 0.3, 0.8), -7, 8)[0]
    fake = integrate.quad(lambda x: slope(x) ** 2 * 1.5 * np.exp(-1.5 * x), 0, 30, limit=200)[0]
    np.testing.assert_allclose(
        lsgan.R1(strength=0.7).discriminator_penalty(ERF, DATA, FAKE), 0.35 * real, rtol=1e-9
    )
    np.testing.assert_allclose(
        lsgan.R2(strength=0.7).discriminator_penalty(ERF, DATA, FAKE), 0.35 * fake, rtol=1e-9
    )


class Broken(Knots, lsgan.AbstractCritic):
    """A user's piecewise linear D: sum_i slopes_i max(0, x - knots_i)."""


def test_penalties_move_with_the_kinks_of_a_discriminator():
    """The slope is s1 between the knots and s1 + s2 beyond: everything by distribution functions."""
    data, made = lsgan.Normal(0.3, 0.8), lsgan.Normal(-0.5, 1.2)
    x, w = np.polynomial.legendre.leggauss(80)
    e, w = 0.5 * (1 + x), 0.5 * w

    def mixed(k):
        """P(e x + (1 - e) y <= k)."""
        return jnp.sum(
            w * jax.scipy.stats.norm.cdf((k - 0.3 * e + 0.5 * (1 - e)) / np.hypot(0.8 * e, 1.2 * (1 - e)))
        )

    def exact(t, below, cost):
        first, second = below(t[2]), below(t[3])
        parts = (first, second - first, 1 - second)
        return sum(
            part * cost(slope) for part, slope in zip(parts, (0 * t[0], t[0], t[0] + t[1]), strict=True)
        )

    cases = (
        (lsgan.R1(1.4), lambda k: jax.scipy.stats.norm.cdf(k, 0.3, 0.8), lambda s: 0.7 * s**2),
        (lsgan.R2(1.4), lambda k: jax.scipy.stats.norm.cdf(k, -0.5, 1.2), lambda s: 0.7 * s**2),
        (lsgan.GradientPenalty(0.7), mixed, lambda s: 0.7 * (jnp.abs(s) - 1) ** 2),
    )
    t = jnp.asarray([0.7, -1.1, -0.4, 0.5])
    for part, below, cost in cases:

        def penalty(t, part=part):
            return part.discriminator_penalty(Broken(t[:2], t[2:]), data, made)

        def wanted(t, below=below, cost=cost):
            return exact(t, below, cost)

        second = () if isinstance(part, lsgan.GradientPenalty) else (jax.hessian,)  # all pairs: slow
        for derivative in (lambda f: f, jax.grad, *second):
            found = jax.jit(derivative(penalty))(t)
            np.testing.assert_allclose(found, jax.jit(derivative(wanted))(t), rtol=1e-8, atol=1e-8)


def test_gradient_penalty_by_simulation():
    rng = np.random.default_rng(2)
    n = 200_000
    x, y, e = rng.normal(0.3, 0.8, n), rng.exponential(1 / 1.5, n), rng.uniform(size=n)
    values = (np.abs(slope(e * x + (1 - e) * y)) - 1) ** 2
    exact = lsgan.GradientPenalty(strength=1.0).discriminator_penalty(ERF, DATA, FAKE)
    assert abs(values.mean() - exact) < 4 * values.std() / np.sqrt(n)


def test_gradient_penalty_of_weighted_samples():
    """All pairs of points, whatever their numbers and weights; the mean over a segment by adaptive rules."""
    x, p, y, q = [0.0, 1.0, 5.0], [0.2, 0.5, 0.3], [2.0, 1.0], [0.9, 0.1]
    found = lsgan.GradientPenalty(strength=3.0, target=1.8).discriminator_penalty(
        ERF, lsgan.PointMasses(x, p), lsgan.PointMasses(y, q)
    )

    def mean(a, b):
        rule = integrate.quad(
            lambda e: (slope(e * a + (1 - e) * b) - 1.8) ** 2, 0, 1, epsabs=1e-13, limit=200
        )
        return rule[0]

    wanted = 3 * sum(p[i] * q[j] * mean(x[i], y[j]) for i in range(3) for j in range(2))
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


def test_gradient_penalty_pairs_samples_on_the_plane():
    disc = lsgan.HalfPlane([1.3, 0.0], -0.4)
    x, y = np.array([[0.0, 2.0], [1.0, 5.0]]), np.array([[2.0, 0.0], [-1.0, 0.0]])
    found = lsgan.GradientPenalty(1.0, 0.5).discriminator_penalty(
        disc, lsgan.PointMasses(x), lsgan.PointMasses(y)
    )
    e = (np.polynomial.legendre.leggauss(8)[0] + 1) / 2
    w = np.polynomial.legendre.leggauss(8)[1] / 2
    mixed = e[:, None] * x[:, 0] + (1 - e[:, None]) * y[:, 0]
    np.testing.assert_allclose(found, np.sum(w[:, None] * (slope(mixed) - 0.5) ** 2) / 2, rtol=1e-12)
    with pytest.raises(ValueError, match="as many points of both, got 2 and 1"):
        lsgan.GradientPenalty(1.0).discriminator_penalty(disc, lsgan.PointMasses(x), lsgan.PointMasses(y[:1]))
    with pytest.raises(ValueError, match="of equal weights only"):
        lsgan.GradientPenalty(1.0).discriminator_penalty(
            disc, lsgan.PointMasses(x, [0.3, 0.7]), lsgan.PointMasses(y)
        )


def test_centred_gradient_penalty_is_smooth_at_zero():
    game = lsgan.Game(**DIRAC, regularizers=(lsgan.GradientPenalty(1.0, 0.0),))
    found = lsgan.jacobian(game, CENTRE, free=("w", "shift"))
    np.testing.assert_allclose(found, [[-2.0, -0.5], [0.5, 0.0]], atol=1e-14)
    plane = lsgan.PointMasses([[0.0, 1.0]])

    def penalty(w):
        return lsgan.GradientPenalty(1.0, 0.0).discriminator_penalty(lsgan.Plane(w), plane, plane)

    for w in ([0.0, 0.0], [1e-200, 0.0]):
        np.testing.assert_allclose(jax.hessian(penalty)(jnp.array(w)), 2 * np.eye(2), atol=1e-14)


def test_wgan_gp_optimum():
    """max over w of theta w - lambda (|w| - 1)^2 is at 1 + theta/(2 lambda)."""
    game = lsgan.Game(
        lsgan.Normal(mean=0.5), lsgan.Normal(), lsgan.Wasserstein(), (lsgan.GradientPenalty(10.0),)
    )
    players = lsgan.Players(disc=lsgan.Linear(w=1 + 0.5 / 20), gen=lsgan.Shift(shift=0.0))
    assert abs(lsgan.field(game, players).disc.w) < 1e-12


@pytest.mark.parametrize(
    "law",
    [pytest.param(FAKE, marks=pytest.mark.slow), lsgan.Normal(0.2, 0.5), lsgan.PointMasses([-1.0, 0.5, 2.0])],
)
def test_noise_is_convolution(law):
    std = jnp.asarray(0.6)
    seen = lsgan.InstanceNoise(std=std).transform_law(law)
    phi = lsgan.SquaredMinimax().real
    points, weights = law.nodes(400) if not law.is_sample else law.nodes()

    def around(x):
        return lsgan.expectation(lsgan.Normal(x, std), ERF, phi)

    wanted = jnp.sum(weights * jax.vmap(around)(points))
    np.testing.assert_allclose(lsgan.expectation(seen, ERF, phi), wanted, rtol=1e-11)
    draws = np.asarray(seen.sample(jax.random.key(4), 20_000))
    assert stats.kstest(draws, lambda x: np.asarray(seen.cdf(x))).pvalue > 1e-3
    q = jnp.array([0.01, 0.3, 0.9])
    np.testing.assert_allclose(seen.cdf(seen.quantile(q)), q, rtol=1e-9)
    x, h = jnp.array([-1.0, 0.2, 2.5]), 1e-4
    np.testing.assert_allclose(
        jnp.exp(seen.log_pdf(x)), (seen.cdf(x + h) - seen.cdf(x - h)) / (2 * h), rtol=1e-6
    )


def test_clipping_holds_on_the_way():
    game = lsgan.Game(lsgan.Normal(mean=3.0), lsgan.Normal(), lsgan.Wasserstein(), (lsgan.Clip(bound=0.25),))
    players = lsgan.Players(disc=lsgan.Linear(w=0.0, b=0.1), gen=lsgan.Shift(shift=0.0))
    path = lsgan.trajectory(game, lsgan.Simultaneous(0.2), players, steps=20, free=("w", "shift"))
    np.testing.assert_array_equal(path.players.disc.w[1:], 0.25)  # 0.2 * 3 at once, then held
    np.testing.assert_allclose(path.players.gen.shift[-1], 19 * 0.2 * 0.25, rtol=1e-12)
    np.testing.assert_array_equal(path.players.disc.b, 0.1)  # held parameters are not clipped


def test_spectral_norm_bounds_the_slope():
    game = lsgan.Game(lsgan.Normal(mean=3.0), lsgan.Normal(), lsgan.Wasserstein(), (lsgan.SpectralNorm(),))
    players = lsgan.Players(disc=lsgan.Linear(w=-40.0), gen=lsgan.Shift(shift=1.0))
    np.testing.assert_allclose(game.cost(players), -2.0, rtol=1e-12)
    with pytest.raises(ValueError, match="disc: Erf has no spectral norm"):
        game.cost(lsgan.Players(disc=ERF, gen=lsgan.Shift(shift=1.0)))


def test_regularizers_change_the_objective_and_not_the_cost():
    players = lsgan.Players(disc=ERF, gen=lsgan.Square(g=1.5, h=-2.0))
    parts = {"data": lsgan.Exponential(rate=0.5), "latent": lsgan.Rayleigh(), "loss": lsgan.SquaredMinimax()}
    plain, game = lsgan.Game(**parts), lsgan.Game(**parts, regularizers=(lsgan.R1(0.3), lsgan.R2(0.2)))
    assert game.cost(players) == plain.cost(players)
    with pytest.raises(ValueError, match="knows no regularizers"):
        lsgan.log_gradient(game, players)
    with pytest.raises(ValueError, match="regularizers: expected a tuple of regularizers, got R1"):
        lsgan.Game(**parts, regularizers=lsgan.R1(0.3))


def test_float32_games_stay_float32():
    one = np.float32(1.0)
    regularizers = (lsgan.R1(0.3 * one), lsgan.InstanceNoise(0.2 * one), lsgan.GradientPenalty(one, one))
    for loss in (lsgan.Minimax(), lsgan.Hinge(), lsgan.LeastSquares(), lsgan.Wasserstein()):
        game = lsgan.Game(lsgan.Normal(one, one), lsgan.Normal(0 * one, one), loss, regularizers)
        for disc in (lsgan.Linear(w=one, b=0 * one), lsgan.Erf(a=one, b=one)):
            slope = jax.eval_shape(lambda p, g=game: lsgan.field(g, p), lsgan.Players(disc, lsgan.Shift(one)))
            assert all(leaf.dtype == np.float32 for leaf in jax.tree.leaves(slope))


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, [0.1, 0.2], "1", True, None, [[1.0], [1.0, 2.0]]])
@pytest.mark.parametrize(
    ("build", "name"),
    [
        (lsgan.R1, "strength"),
        (lsgan.R2, "strength"),
        (lsgan.GradientPenalty, "strength"),
        (lambda value: lsgan.GradientPenalty(1.0, value), "target"),
        (lsgan.Clip, "bound"),
        (lsgan.InstanceNoise, "std"),
        (lsgan.Diversity, "strength"),
        (lsgan.ModeCoverage, "strength"),
        (lambda value: lsgan.ModeCoverage(1.0, value), "radius"),
    ],
)
def test_bad_arguments(build, name, bad):
    with pytest.raises(ValueError, match=f"^{name}: expected a finite number >=? ?0, got "):
        build(bad)


def test_a_bad_ceiling():
    with pytest.raises(ValueError, match="ceiling: expected a finite number > 0, got 0"):
        lsgan.Diversity(1.0, 0.0)


@pytest.mark.parametrize("part", [lsgan.R1(0.5), lsgan.R2(0.5), lsgan.GradientPenalty(0.5)])
@pytest.mark.parametrize("optimal", [False, True])
def test_the_slope_of_a_step_is_not_penalised(part, optimal):
    """It is 0 almost everywhere, and the limit of steep discriminators is infinite."""
    data, latent = lsgan.Normal(0.5), lsgan.Normal()
    disc = lsgan.OptimalIndicator(data, latent) if optimal else lsgan.Interval([-1.0], [1.0])
    game = lsgan.Game(data, latent, lsgan.Wasserstein(), (part,))
    with pytest.raises(ValueError, match="disc: Interval jumps, so that the mean"):
        lsgan.field(game, lsgan.Players(disc, lsgan.Shift(0.2)))
