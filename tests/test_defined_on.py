"""Players on laws on whose points they are not defined: refused by name, never NaN."""

import equinox as eqx
import jax
import numpy as np
import pytest

import lsgan_analytic as lsgan

TABLES = {"Tabular": lsgan.Tabular([0.3, -0.2, 0.5]), "TabularCritic": lsgan.TabularCritic([0.3, -0.2, 0.5])}
ON, THREE = lsgan.PointMasses([0.0, 1.0, 2.0]), lsgan.Categorical([0.1, 0.0, -0.3])


@pytest.mark.parametrize("name", TABLES)
def test_tables_on_other_points(name):
    disc, line = TABLES[name], lsgan.Normal()

    def cost(data, gen, latent=line, regularizers=()):
        return lsgan.Game(data, latent, lsgan.SquaredMinimax(), regularizers).cost(lsgan.Players(disc, gen))

    assert np.isfinite(cost(ON, THREE))
    message = rf"disc: {name} is defined on 0, \.\.\., 2 only, got a"
    mixed = lsgan.Mixture([0.5, 0.5], (ON, line))
    for data in (lsgan.Exponential(0.5), lsgan.PointMasses([0.0, 3.0]), lsgan.PointMasses([-1.0]), mixed):
        with pytest.raises(ValueError, match=message):
            cost(data, THREE)
    for gen, latent in ((lsgan.Square(0.8, -0.5), line), (lsgan.Shift(1.0), ON)):
        with pytest.raises(ValueError, match=message):
            cost(ON, gen, latent)
    with pytest.raises(ValueError, match=message):
        cost(ON, THREE, regularizers=(lsgan.InstanceNoise(0.1),))
    with pytest.raises(eqx.EquinoxRuntimeError, match=message):
        jax.block_until_ready(eqx.filter_jit(lambda gen: cost(ON, gen, ON))(lsgan.Shift(1.0)))


def test_fractional_powers_of_numbers_below_zero():
    gen = lsgan.Power(0.8, -0.2, 1.5)
    message = r"exponent: expected a whole number for a latent law with mass below 0, got 1\.5"
    mixed = lsgan.Mixture([0.5, 0.5], (lsgan.Exponential(1.0), lsgan.Laplace()))
    moved = lsgan.pushforward(lsgan.Exponential(1.0), lsgan.Square(1.0, -0.5))
    for latent in (
        lsgan.Normal(),
        lsgan.ShiftedExponential(-0.3, 0.8),
        lsgan.Uniform(-1.0, 1.0),
        mixed,
        moved,
    ):
        with pytest.raises(ValueError, match=message):
            lsgan.pushforward(latent, gen)
    game = lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.SquaredMinimax())
    players = lsgan.Players(lsgan.Erf(1.0, 0.0), gen)
    with pytest.raises(ValueError, match=message):
        game.cost(players)
    with pytest.raises(eqx.EquinoxRuntimeError, match=message):
        jax.block_until_ready(lsgan.trajectory(game, lsgan.Simultaneous(0.1), players, 2).cost)
    for latent in (
        lsgan.Rayleigh(),
        lsgan.Gamma(2.0),
        lsgan.Uniform(0.0, 1.0),
        lsgan.PointMasses([0.0, 1.0]),
    ):
        good = lsgan.Game(lsgan.Normal(), latent, lsgan.SquaredMinimax())
        assert np.isfinite(good.cost(players))


def test_a_pushforward_of_nothing():
    for law in (None, "x", 3.0):
        with pytest.raises(ValueError, match="latent: expected a law"):
            lsgan.pushforward(law, lsgan.Square(1.0, 0.0))
        with pytest.raises(ValueError, match="generator: expected a generator"):
            lsgan.pushforward(lsgan.Normal(), law)
