"""What the generator pays for modes, packs of two, and a normalised bump."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import lsgan_analytic as lsgan

ORIGIN = lsgan.PointMasses([0.0])
CRITIC = lsgan.Linear(w=0.0)


def test_coverage_charges_the_missed_mode_and_moves_the_nearest_point():
    data = lsgan.PointMasses([-2.0, 2.0], [0.25, 0.75])
    part = lsgan.ModeCoverage(strength=2.0, radius=1.0)
    game = lsgan.Game(data, ORIGIN, lsgan.Wasserstein(), (part,))
    players = lsgan.Players(CRITIC, lsgan.MixtureOfShifts([-2.0, 0.5]))
    look = jax.jit(lambda own: (game.objectives(own), game.cost(own), lsgan.field(game, own)))
    (rising, falling), cost, field = look(players)
    # only the mode at 2 is farther than 1, by 1/2, from the point at 1/2
    np.testing.assert_allclose((rising, falling, cost), (0, 2 * 0.75 * 0.5, 0), atol=1e-15)
    np.testing.assert_allclose(field.gen.shifts, [0, 2 * 0.75], atol=1e-15)


def test_diversity_is_the_mean_distance_of_two_draws():
    law = lsgan.PointMasses([0.0, 1.0, 4.0], [0.5, 0.25, 0.25])
    free, bound = (
        lsgan.Diversity(0.5, ceiling).generator_penalty(CRITIC, law, law) for ceiling in (None, 2.0)
    )
    np.testing.assert_allclose(free, -0.5 * 2 * (0.125 * 1 + 0.125 * 4 + 0.0625 * 3))
    np.testing.assert_allclose(bound, -0.5 * 2 * (0.125 * 1 + 0.125 * 2 + 0.0625 * 2))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_on_the_plane_and_where_points_meet(dtype):
    data = lsgan.PointMasses(jnp.asarray([[3.0, 4.0], [0.0, 0.0]], dtype))
    made = lsgan.PointMasses(jnp.asarray([[0.0, 0.0], [0.0, 0.0]], dtype))
    cover = lsgan.ModeCoverage(jnp.ones((), dtype), jnp.ones((), dtype))

    def burdens(shift):
        moved = lsgan.PointMasses.unchecked(made.points + shift[None], made.weights)
        return cover.generator_penalty(CRITIC, data, moved) + lsgan.Diversity(
            shift.dtype.type(1)
        ).generator_penalty(CRITIC, data, moved)

    value, slope = jax.jit(jax.value_and_grad(burdens))(jnp.zeros(2, dtype))
    assert value.dtype == dtype
    np.testing.assert_allclose(value, 2.0)
    assert np.isfinite(slope).all()


def test_a_mixture_of_samples_is_a_sample():
    pair = lsgan.Mixture([0.5, 0.5], [ORIGIN, lsgan.PointMasses([1.0])])
    assert pair.is_sample
    assert not lsgan.Mixture([0.5, 0.5], [ORIGIN, lsgan.Normal()]).is_sample
    penalty = lsgan.GradientPenalty(1.0).discriminator_penalty(lsgan.Linear(w=3.0), pair, pair)
    np.testing.assert_allclose(penalty, 4.0)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_normalised_bump_has_greatest_slope_one(dtype):
    disc = lsgan.RadialBasis(
        jnp.asarray([1.0, -3.0], dtype), jnp.asarray([-0.4, 0.5], dtype), jnp.asarray(0.6, dtype)
    )
    x = np.linspace(-3, 3, 6001)

    def steepest(weights):
        def slope(x):
            return sum(
                w * (x - c) / 0.36 * np.exp(-((x - c) ** 2) / 0.72)
                for w, c in zip(weights, (-0.4, 0.5), strict=True)
            )

        top = x[np.abs(slope(x)).argmax()]
        found = minimize_scalar(lambda x: -abs(slope(x)), bounds=(top - 0.01, top + 0.01), method="bounded")
        return -found.fun

    def first(weights):
        return lsgan.RadialBasis(weights, disc.centers, disc.width).normalized().weights[0]

    value, slope = jax.jit(jax.value_and_grad(first))(disc.weights)
    assert value.dtype == dtype
    wanted, h = 1 / steepest([1.0, -3.0]), 1e-4
    np.testing.assert_allclose(value, wanted, rtol=1e-5 if dtype == "float32" else 1e-9)
    change = (1 / steepest([1.0, -3.0 + h]) - 1 / steepest([1.0, -3.0 - h])) / (2 * h)
    np.testing.assert_allclose(slope[1], change, rtol=1e-4)


def test_bumps_of_the_plane_are_products_of_bumps():
    pairs = np.array([[-1.0, 1.0], [2.0, 0.5]])
    disc = lsgan.PlaneRadialBasis(weights=[2.0, -1.0], centers=pairs, width=0.7)
    at = np.array([[0.3, 0.2], [2.0, 0.5], [-1.0, 0.0]])
    by_hand = np.exp(-((at[:, None] - pairs) ** 2).sum(axis=-1) / (2 * 0.49)) @ [2.0, -1.0]
    np.testing.assert_allclose(disc(at), by_hand, rtol=1e-14)
    law = lsgan.PointMasses(at)
    cost = lsgan.Game(law, law, lsgan.Wasserstein()).cost_terms(
        lsgan.Players(disc, lsgan.Affine(scale=1.0, shift=0.0))
    )
    np.testing.assert_allclose(cost, (by_hand.mean(), -by_hand.mean()))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lsgan.ModeCoverage(0.0), r"strength: expected a finite number > 0, got 0"),
        (lambda: lsgan.ModeCoverage(1.0, -1.0), r"radius: expected a finite number >= 0, got -1"),
        (lambda: lsgan.Diversity(1.0, 0.0), r"ceiling: expected a finite number > 0, got 0"),
        (lambda: lsgan.PlaneRadialBasis([1.0], [0.0, 1.0], 1.0), r"expected shapes \(n,\) and \(n, 2\)"),
        (lambda: lsgan.PlaneRadialBasis([1.0], [[0.0, 1.0]], 0.0), r"width: expected a finite number > 0"),
        (lambda: lsgan.PlaneRadialBasis([1.0], [[0.0, 1.0]], 1.0)(0.5), r"judges points of the plane"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
