"""Third cumulants of ``predict``: where they are known, against every possible sample, and against runs."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES
from scipy import stats

import lsgan_analytic as lsgan

STEP, STEPS = 0.4, {"fixed": 6, "fresh": 2}
POINTS, CHANCES = np.array([0.3, 1.7]), np.array([0.7, 0.3])
PLAYERS = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-1.0), gen=lsgan.Square(g=1.5, h=-0.5))
RULES = {"simultaneous": lsgan.Simultaneous(step=STEP), "alternating": lsgan.Alternating(step=STEP)}


@pytest.mark.parametrize("protocol", [pytest.param("fixed", marks=pytest.mark.slow), "fresh"])
def test_a_linear_game(protocol):
    """w and the shift are sums of sample means: of one mean the skewness is that of the law over sqrt(m)."""
    game = lsgan.Game(lsgan.Exponential(rate=1.0), lsgan.Normal(), lsgan.Wasserstein())
    players = lsgan.Players(disc=lsgan.Linear(w=1.0, b=0.0), gen=lsgan.Shift(shift=0.5))
    setting = {"samples": (100, 400), "steps": 3, "free": ("w", "shift"), "protocol": protocol}
    band = lsgan.predict(game, lsgan.Simultaneous(step=0.1), players, skewness=True, **setting)
    own = 2 * 100**-2.0 / (1 / 100 + 1 / 400) ** 1.5
    # w_2 = w_1 + .1 (x - z - shift_1), shift_2 = shift_1 - ...: by hand, from the two means of a step
    third = {"fixed": [1.0, 1.0, 1.0], "fresh": [1.0, 2**-0.5, (2 + 0.99**3) / (2 + 0.99**2) ** 1.5]}[
        protocol
    ]
    np.testing.assert_allclose(band.skewness[1:, 0], own * np.array(third), rtol=1e-9)
    assert band.skewness[0].tolist() == [0, 0]
    assert band.skewness[1, 1] == 0  # the first step of the shift sees no sample
    np.testing.assert_allclose(band.skewness[2, 1], own, rtol=1e-9)


def exact(law, rule, protocol, m):
    """m^2 times the third cumulants of all parameters, over all samples of m points of two values."""
    counts = np.arange(m + 1)
    chances = stats.binom(m, CHANCES[1]).pmf(counts)
    draws = 1 if protocol == "fixed" else STEPS["fresh"]
    every = np.array(list(itertools.product(range(m + 1), repeat=draws)))

    @jax.jit
    @jax.vmap
    def ends(shares):
        players = PLAYERS
        for k in range(STEPS[protocol]):
            own = shares[0 if protocol == "fixed" else k]
            two = lsgan.PointMasses.unchecked(jnp.asarray(POINTS), jnp.stack([1 - own, own]))
            one = lsgan.PointMasses.unchecked(jnp.asarray([0.8]), jnp.ones(1))
            game = lsgan.Game(*((two, one) if law == "data" else (one, two)), lsgan.SquaredMinimax())
            slope = lsgan.field(game, players)
            disc = jax.tree.map(lambda x, by: x + STEP * by, players.disc, slope.disc)
            if rule == "alternating":
                slope = lsgan.field(game, lsgan.Players(disc, players.gen))
            gen = jax.tree.map(lambda x, by: x + STEP * by, players.gen, slope.gen)
            players = lsgan.Players(disc, gen)
        return jnp.stack(jax.tree.leaves(players))

    values, weights = np.asarray(ends(jnp.asarray(every / m))), chances[every].prod(axis=1)
    centred = values - weights @ values
    return m**2 * (weights @ centred**3)


@pytest.mark.parametrize(
    ("rule", "protocol", "law"),
    [
        ("simultaneous", "fixed", "data"),
        ("alternating", "fresh", "latent"),
        pytest.param("alternating", "fixed", "latent", marks=pytest.mark.slow),
        pytest.param("simultaneous", "fresh", "data", marks=pytest.mark.slow),
    ],
)
def test_all_samples_of_two_values(rule, protocol, law):
    """The limit of many points, extrapolated; the alternating rule is not linear in the laws."""
    two, one = lsgan.PointMasses(POINTS, CHANCES), lsgan.PointMasses([0.8])
    game = lsgan.Game(*((two, one) if law == "data" else (one, two)), lsgan.SquaredMinimax())
    m = {"fixed": 4000, "fresh": 60}[protocol]
    setting = {"samples": m, "steps": STEPS[protocol], "protocol": protocol, "skewness": True}
    found = m**2 * np.asarray(lsgan.predict(game, RULES[rule], PLAYERS, **setting).third_cumulant[-1])
    c1, c2, c4 = (exact(law, rule, protocol, k * m) for k in (1, 2, 4))
    limit = (8 * c4 - 6 * c2 + c1) / 3  # without the terms of 1/m and 1/m^2
    np.testing.assert_allclose(found, limit, rtol=1e-3, atol=1e-4 * np.abs(limit).max())


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["fixed", "fresh"])
def test_case_a_against_runs(protocol):
    """10^5 runs, in standard errors, while linear theory holds."""
    case, runs = CASES["A"], 100_000
    setting = {"samples": 1000, "steps": 24, "free": ("b", "h"), "protocol": protocol}
    band = lsgan.predict(case.game, RULES["simultaneous"], case.players, skewness=True, **setting)
    values = lsgan.simulate(
        case.game, RULES["simultaneous"], case.players, key=jax.random.key(9), runs=runs, nodes=128,
        save_every=12, **setting,
    ).values[:, 1:]  # fmt: skip
    z = np.asarray((values - values.mean(axis=0)) / values.std(axis=0))
    third = (z**3).mean(axis=0)
    error = np.std(z**3 - 3 * z - 1.5 * third * (z**2 - 1), axis=0) / runs**0.5
    assert (np.abs(third - band.skewness[12::12]) < 4 * error).all()


def test_it_must_be_asked_for():
    game = lsgan.Game(lsgan.Exponential(rate=1.0), lsgan.Normal(), lsgan.Wasserstein())
    players = lsgan.Players(disc=lsgan.Linear(w=1.0, b=0.0), gen=lsgan.Shift(shift=0.5))
    band = lsgan.predict(game, lsgan.Simultaneous(step=0.1), players, samples=100, steps=2)
    with pytest.raises(ValueError, match=r"skewness: expected a prediction made by predict\(.*skewness=True"):
        band.skewness  # noqa: B018
