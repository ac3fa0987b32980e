"""Every public loss on every public discriminator, against its definition by a probability or a critic."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate
from scores import (
    BEST,
    combinations,
    DENSITIES,
    EXPONENTIALS,
    LOSSES,
    Neither,
    ON_VALUES,
    ONE,
    POINTS,
    PROBLEMS,
    textbook,
)

import lsgan_analytic as lsgan
from lsgan_analytic.discriminators import AbstractDiscriminator


def public(module, base):
    found = {
        name: kind for name, kind in vars(module).items() if isinstance(kind, type) and issubclass(kind, base)
    }
    return {name for name in found if not name.startswith("Abstract")}


def test_the_tables_are_complete():
    assert set(LOSSES) == public(lsgan.losses, lsgan.losses.AbstractLoss)
    assert {name.split(",")[0] for name in PROBLEMS if name[0].isupper()} == public(
        lsgan.discriminators, AbstractDiscriminator
    ) | public(lsgan.networks, AbstractDiscriminator)


def heavy(name):
    """A case, a slow one where D answers the generator: seconds of compiling each."""
    return pytest.param(name, marks=[pytest.mark.slow] if "Optimal" in name else [])


@pytest.mark.parametrize(
    "name", [heavy(name) for name, one in PROBLEMS.items() if one.laws in ("normal", "exponential")]
)
def test_costs_are_those_of_the_definitions(name):
    problem = PROBLEMS[name]
    data, latent = BEST if problem.laws == "normal" else EXPONENTIALS
    players = lsgan.Players(problem.disc, POINTS[problem.laws][2])
    games = [lsgan.Game(data, latent, LOSSES[loss]) for loss in combinations(problem)]
    found = jax.jit(lambda own: jnp.stack([jnp.stack(game.cost_terms(own)) for game in games]))(players)
    for column, (density, low, high) in enumerate(DENSITIES[problem.laws]):

        def integrand(x, column=column, density=density):
            every = [textbook(loss, problem, x)[column] for loss in combinations(problem)]
            return density(x) * np.array(every)

        expected, error = integrate.quad_vec(
            integrand, low, high, epsabs=1e-10, epsrel=0, points=problem.jumps, limit=2000
        )
        assert error < 1e-9
        np.testing.assert_allclose(np.asarray(found)[:, column], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", [heavy(name) for name in PROBLEMS])
def test_costs_on_samples_are_those_of_the_definitions(name, dtype):
    problem = PROBLEMS[name]
    x, z, gen = POINTS[problem.laws]
    y = np.asarray(jax.vmap(gen)(jnp.asarray(z)))

    def cast(tree):
        return jax.tree.map(lambda leaf: leaf.astype(dtype) if eqx.is_inexact_array(leaf) else leaf, tree)

    data, latent, players = cast(
        (lsgan.PointMasses(x), lsgan.PointMasses(z), lsgan.Players(problem.disc, gen))
    )
    if "Optimal" in name:
        # its laws are constants and keep their float64
        players = lsgan.Players(cast(jax.jit(lambda own: problem.disc.resolve(own))(gen)), players.gen)
    for loss in combinations(problem):
        found = lsgan.Game(data, latent, LOSSES[loss]).cost_terms(players)
        assert found[0].dtype == dtype
        expected = [
            np.mean(textbook(loss, problem, np.asarray(points))[column])
            for column, points in enumerate((x, y))
        ]
        np.testing.assert_allclose(found, expected, rtol=5e-5 if dtype == np.float32 else 1e-12)


@pytest.mark.parametrize("loss", [name for name in LOSSES if name not in ON_VALUES])
def test_who_does_not_say_is_refused_by_name(loss):
    game = lsgan.Game(*BEST, LOSSES[loss])
    players = lsgan.Players(Neither(ONE), lsgan.Shift(0.0))
    for call in (game.cost, game.objectives, lambda own: lsgan.gradient(game, own)):
        with pytest.raises(ValueError, match=rf"{loss}: expected .*AbstractProbability.*got Neither"):
            call(players)
    for phi in (game.loss.real, lsgan.losses.Scaled(2.0, game.loss.fake)):
        with pytest.raises(ValueError, match=r"AbstractCritic.*got Neither"):
            lsgan.expectation(game.data, players.disc, phi)
    penalized = lsgan.Game(*BEST, lsgan.LeastSquares(), (lsgan.R1(1.0),))
    with pytest.raises(ValueError, match="got Neither"):
        penalized.objectives(players)


def test_a_probability_says_its_value_or_its_logit():
    class Old(lsgan.AbstractProbability):
        w: jax.Array

        def score(self, x):
            return self.w * x

    with pytest.raises(ValueError, match=r"Old: expected a method __call__.*or a method logit"):
        Old(ONE)


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_plays_in_place_of_a_discriminator_is_of_its_kind(name):
    problem = PROBLEMS[name]
    disc = jax.eval_shape(lambda gen: problem.disc.resolve(gen), POINTS[problem.laws][2])
    assert isinstance(disc, problem.kind)
    assert isinstance(lsgan.InstanceNoise(1.0).transform_discriminator(disc), problem.kind)
    try:
        normalized = jax.eval_shape(lsgan.SpectralNorm().transform_discriminator, disc)
    except ValueError as refused:
        assert "no spectral norm" in str(refused)  # noqa: PT017
    else:
        assert isinstance(normalized, problem.kind)


def test_scaled_integrands_act_on_what_they_scale():
    disc, x = lsgan.Sigmoid(2.0, 0.5), jnp.array([-1.0, 0.3])
    phi = lsgan.losses.Scaled(-2.0, lsgan.Minimax().real)
    np.testing.assert_allclose(phi.of(disc, x), 2 * np.log1p(np.exp(-(2 * np.asarray(x) + 0.5))), rtol=1e-14)
    law = lsgan.Normal()
    np.testing.assert_allclose(
        lsgan.expectation(law, disc, phi), -2 * lsgan.expectation(law, disc, lsgan.Minimax().real), rtol=1e-14
    )


class Saturating(lsgan.AbstractProbability):
    """A user's D that rounds to 1, and says nothing of its logit."""

    w: jax.Array

    def __call__(self, x):
        return 1 / (1 + jnp.exp(-self.w * x))


@pytest.mark.parametrize(("dtype", "slopes"), [(np.float64, (0.5, 1.2)), (np.float32, (0.2, 0.5))])
def test_a_logit_found_from_d_says_what_it_loses(dtype, slopes):
    """E log(1 - D) and E log D: Sigmoid has the logit itself."""
    law = jax.tree.map(lambda leaf: leaf.astype(dtype), lsgan.Normal(0.5, 1.0))
    for phi in (lsgan.Minimax().fake, lsgan.Minimax().real):
        both = jax.jit(
            lambda w, phi=phi: tuple(
                way(law, Saturating(w), phi) for way in (lsgan.expectation, lsgan.expectation_error)
            )
        )
        for slope in slopes:
            found, claimed = map(float, both(jnp.asarray(slope, dtype)))
            exact = float(lsgan.expectation(lsgan.Normal(0.5, 1.0), lsgan.Sigmoid(slope), phi))
            assert abs(found - exact) <= claimed
            assert claimed < 0.1 * abs(exact)
        found, claimed = both(jnp.asarray(50.0, dtype))
        assert np.isnan(found)
        assert claimed == np.inf
