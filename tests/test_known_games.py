"""Small games of which the eigenvalues or the end are known."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan

DIRAC = lsgan.PointMasses([0.0])
STILL = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))


def spectrum(game, players, free=None):
    return np.sort_complex(np.linalg.eigvals(lsgan.jacobian(game, players, free)))


def conjugates(real, imaginary):
    return np.array([complex(real, -imaginary), complex(real, imaginary)])


# MATH f = log sigmoid: f'(0) = 1/2, f''(0) = -1/4; data and generator at 0, D(x) = w x
@pytest.mark.parametrize(
    ("loss", "regularizers", "expected"),
    [
        (lsgan.Minimax(), (), conjugates(0, 0.5)),
        (lsgan.NonSaturating(), (), conjugates(0, 0.5)),
        (lsgan.Wasserstein(), (), conjugates(0, 1)),
        (lsgan.Minimax(), (lsgan.R1(0.4),), conjugates(-0.2, np.sqrt(0.25 - 0.04))),
        (lsgan.Minimax(), (lsgan.R1(1.5),), -0.75 + np.array([-1, 1]) * np.sqrt(0.5625 - 0.25)),
        (lsgan.Minimax(), (lsgan.InstanceNoise(0.8),), conjugates(-0.16, np.sqrt(0.25 - 0.16**2))),
    ],
)  # fmt: skip
def test_dirac_gan(loss, regularizers, expected):
    game = lsgan.Game(DIRAC, DIRAC, loss, regularizers)
    np.testing.assert_allclose(spectrum(game, STILL, ("w", "shift")), expected, atol=1e-12)


class Square01(lsgan.PointMasses):
    """The uniform law on [-1, 1] through its moments: exact for polynomials of degree 15."""

    def __init__(self):
        points, weights = np.polynomial.legendre.leggauss(8)
        super().__init__(points, weights / weights.sum())


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (lsgan.Minimax(), conjugates(-0.05, np.sqrt(1 / 9 - 0.0025))),
        (lsgan.Wasserstein(), conjugates(0, 2 / 3)),
    ],
)
def test_nagarajan_kolter(loss, expected):
    law = Square01()
    players = lsgan.Players(disc=lsgan.Quadratic(w=0.0), gen=lsgan.Scale(scale=1.0))
    np.testing.assert_allclose(spectrum(lsgan.Game(law, law, loss), players), expected, atol=1e-12)


# two points, all laws on them and all D; away from the two directions (1, 1) of what is only a gauge
@pytest.mark.parametrize(
    ("loss", "disc", "expected"),
    [
        (lsgan.Minimax(), lsgan.Tabular([0.0, 0.0]), conjugates(-0.125, np.sqrt(3) / 8)),
        (lsgan.NonSaturating(), lsgan.Tabular([0.0, 0.0]), conjugates(-0.125, np.sqrt(3) / 8)),
        (lsgan.LeastSquares(), lsgan.TabularCritic([0.5, 0.5]), -0.5 + np.array([-1, 1]) * np.sqrt(3) / 4),
        (lsgan.Wasserstein(), lsgan.TabularCritic([0.0, 0.0]), conjugates(0, 0.5)),
    ],
)
def test_full_coverage_of_two_modes(loss, disc, expected):
    game = lsgan.Game(lsgan.PointMasses([0.0, 1.0]), DIRAC, loss)
    players = lsgan.Players(disc=disc, gen=lsgan.Categorical([0.3, 0.3]))
    whole = lsgan.jacobian(game, players)
    basis = np.kron(np.eye(2), np.array([[1.0], [-1.0]]) / np.sqrt(2))
    np.testing.assert_allclose(
        np.sort_complex(np.linalg.eigvals(basis.T @ whole @ basis)), expected, atol=1e-12
    )
    np.testing.assert_allclose(np.asarray(whole) @ [0, 0, 1, 1], 0, atol=1e-15)  # the generator's gauge


def test_categorical_is_its_softmax():
    gen = lsgan.Categorical([0.0, np.log(2.0), np.log(5.0)])
    law = lsgan.pushforward(lsgan.Normal(), gen)
    np.testing.assert_allclose(law.cdf(jnp.array([0.0, 1.0, 2.0])), [1 / 8, 3 / 8, 1], rtol=1e-14)
    np.testing.assert_array_equal(gen(np.array([0.1, 0.2, 0.5, 0.99])), [0, 1, 2, 2])


def test_mao_game_ends_where_only_the_mean_matches():
    # erf D from Case B; the end is on the line a = b = 0, g + h = 1/c
    game = lsgan.Game(
        lsgan.Exponential(rate=4.04), lsgan.Rayleigh(), lsgan.LeastSquares(fake=0, real=1, target=1)
    )
    players = lsgan.Players(disc=lsgan.Erf(a=1.21, b=-1.0), gen=lsgan.Square(g=0.35, h=-4.0))
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=0.4), players, steps=2000)
    end = jax.tree.map(lambda leaf: leaf[-1], path.players)
    np.testing.assert_allclose((end.disc.a, end.disc.b), 0, atol=1e-12)
    np.testing.assert_allclose(end.gen.g + end.gen.h, 1 / 4.04, rtol=1e-12)
    np.testing.assert_allclose(end.gen.g, 2.0, atol=0.02)  # where on the line depends on the step
    for g in (0.5, 2.0):  # a line of equilibria: D = 1/2 does not say that the laws agree
        on_line = lsgan.Players(lsgan.Erf(a=0.0, b=0.0), lsgan.Square(g=g, h=1 / 4.04 - g))
        field = lsgan.field(game, on_line)
        np.testing.assert_allclose(jax.tree.leaves(field), 0, atol=1e-15)


@pytest.mark.parametrize("g", [2.0, 0.7])
def test_the_truth_is_unstable_for_the_logistic_discriminator(g):
    # a = 1, b = 0, g + h = 1/c is stationary, and D ascends a cost whose curvature in a is 1/4
    game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    players = lsgan.Players(disc=lsgan.Logistic(a=1.0, b=0.0), gen=lsgan.Square(g=g, h=2.0 - g))
    np.testing.assert_allclose(jax.tree.leaves(lsgan.field(game, players)), 0, atol=1e-15)
    slope = lsgan.jacobian(game, players)
    np.testing.assert_allclose(slope[0, 0], 0.25, rtol=1e-12)
    assert np.linalg.eigvals(slope).real.max() > 0.2


def test_a_logistic_run_that_leaves_is_stopped_and_the_others_go_on():
    game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    start = lsgan.Players(
        disc=lsgan.Logistic(a=jnp.array([0.9, 1.1]), b=jnp.zeros(2)),
        gen=lsgan.Square(g=jnp.full(2, 2.0), h=jnp.zeros(2)),
    )
    rule = lsgan.Simultaneous(step=0.5)
    path = jax.vmap(lambda own: lsgan.trajectory(game, rule, own, steps=200, free=("a",)))(start)
    left, stayed = (path.outcome == lsgan.Outcome.left_domain).tolist()
    assert (left, stayed) == (True, False)
    assert 0 < path.players.disc.a[0, -1] < 0.9
    assert path.steps_taken[0] < 200 == path.steps_taken[1]
    assert np.isfinite(path.players.disc.a).all()


def test_hopping_between_two_modes():
    # two bumps over +-1 with centres and width held: theta moves towards the less visited mode
    game = lsgan.Game(lsgan.PointMasses([-1.0, 1.0]), DIRAC, lsgan.NonSaturating())
    disc = lsgan.RadialBasis(weights=[0.0, 0.0], centers=[-1.0, 1.0], width=0.6)
    players = lsgan.Players(disc=disc, gen=lsgan.Shift(shift=0.3))
    free = ("weights[0]", "weights[1]", "shift")
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=0.1), players, steps=1500, free=free)
    np.testing.assert_array_equal(path.players.disc.width, 0.6)
    assert (np.diff(np.sign(path.players.gen.shift)) != 0).sum() >= 2


def test_equinox_sees_the_parameters():
    disc = lsgan.RadialBasis(weights=[0.0, 0.0], centers=[-1.0, 1.0], width=0.6)
    names = lsgan.parameter_names(lsgan.Players(disc, lsgan.Power(scale=1.0, shift=0.0, exponent=2)))
    assert names == ("weights[0]", "weights[1]", "centers[0]", "centers[1]", "width", "scale", "shift")
    assert eqx.tree_equal(disc, jax.tree.map(lambda leaf: leaf, disc))
