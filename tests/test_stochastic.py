"""Simulated ensembles, and what is predicted of them."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector
from lsgan_analytic.stochastic._sampling import sampled
from lsgan_analytic.stochastic.compare import _p_values
from lsgan_analytic.stochastic.summary import Statistics

PLAY = lsgan.Simultaneous(step=0.4)


def simulate(case, **more):
    setting = {"key": jax.random.key(3), "runs": 20, "samples": 100, "steps": 30}
    return lsgan.simulate(case.game, PLAY, case.players, **(setting | more))


def test_shapes_start_and_names(case):
    runs = simulate(case, free=("h", "b"), save_every=10)
    assert runs.players.disc.b.shape == (20, 4)
    assert runs.values.shape == (20, 4, 2)
    assert runs.steps.tolist() == [0, 10, 20, 30]
    assert runs.names == ("h", "b")
    np.testing.assert_array_equal(runs.values[:, 0], [[case.h, case.b]] * 20)
    np.testing.assert_array_equal(runs.players.disc.a, case.a)
    assert runs.steps_taken.tolist() == [30] * 20
    assert repr(runs).startswith("Ensemble(20 runs, 4 points, moving ('h', 'b'): ")


def test_a_run_is_a_trajectory_of_its_sampled_game(case):
    """The simulator is the same rule played on a sampled game, and nothing else."""
    runs = simulate(case, samples=(100, 57))
    key = jax.random.fold_in(jax.random.key(3), 4)
    path = lsgan.trajectory(sampled(case.game, key, (100, 57)), PLAY, case.players, steps=30)
    for own, alone in zip(jax.tree.leaves(runs.players), jax.tree.leaves(path.players), strict=True):
        np.testing.assert_allclose(own[4], alone, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(runs.evidence.field_norm[4], path.evidence.field_norm, rtol=1e-9)
    assert (runs.outcome == path.outcome)[4]


def test_fresh_samples_every_step(case):
    runs = simulate(case, protocol="fresh", runs=1, steps=3)
    here, key = case.players, jax.random.fold_in(jax.random.key(3), 0)
    for k in range(3):
        game = sampled(case.game, jax.random.fold_in(key, k), (100, 100))
        here, _ = PLAY.step(game, here, None)
        np.testing.assert_allclose(runs.values[0, k + 1], vector(here), rtol=1e-12)


@pytest.mark.parametrize("protocol", ["fixed", "fresh"])
def test_a_run_is_the_same_in_every_ensemble(protocol):
    case = CASES["A"]
    few, many = (simulate(case, runs=runs, steps=5, protocol=protocol) for runs in (10, 60))
    np.testing.assert_array_equal(few.values, many.values[:10])
    assert len(np.unique(many.values[:, -1, 1])) == 60  # and no two are alike


@pytest.mark.slow
def test_saving_less_often_changes_nothing():
    case = CASES["B"]
    all_points, some = simulate(case), simulate(case, save_every=6)
    np.testing.assert_array_equal(all_points.values[:, ::6], some.values)


def test_statistics():
    runs = simulate(CASES["A"])
    values = np.asarray(runs.values)
    np.testing.assert_allclose(runs.mean, values.mean(0), rtol=1e-14)
    np.testing.assert_allclose(runs.std, values.std(0, ddof=1), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(runs.covariance[7], np.cov(values[:, 7].T), rtol=1e-10)
    np.testing.assert_allclose(runs.quantile([0.1, 0.5]), np.quantile(values, [0.1, 0.5], axis=0), rtol=1e-13)


def test_a_summary_is_that_of_the_ensemble(tmp_path):
    setting = {
        "key": jax.random.key(3),
        "runs": 23,
        "samples": 30,
        "steps": 40,
        "save_every": 10,
        "free": ("b", "h"),
    }
    start = (CASES["A"].game, PLAY, CASES["A"].players)
    runs = lsgan.simulate(*start, **setting)
    saved = tmp_path / "summary.npz"
    summary = lsgan.simulate_summary(*start, quantiles=(0.1, 0.5), **setting, checkpoint=saved)
    np.testing.assert_allclose(summary.mean, runs.mean, rtol=1e-14)
    np.testing.assert_allclose(summary.covariance, runs.covariance, rtol=1e-12, atol=1e-16)
    np.testing.assert_allclose(summary.std, runs.std, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(summary.quantiles, jnp.moveaxis(runs.quantile((0.1, 0.5)), 0, 1), rtol=1e-14)
    np.testing.assert_array_equal(summary.ends, runs.values[:, -1])
    np.testing.assert_array_equal(summary.steps, runs.steps)
    assert repr(summary).startswith("Summary(23 runs, 5 points, moving ('b', 'h'): ")
    again = lsgan.simulate_summary(*start, quantiles=(0.1, 0.5), **setting, resume=saved)
    np.testing.assert_array_equal(again.quantiles, summary.quantiles)
    with pytest.raises(ValueError, match="reducer is Statistics"):
        lsgan.simulate(*start, **setting, resume=saved)
    with pytest.raises(ValueError, match=r"quantiles: .*levels in \[0, 1\], got"):
        lsgan.simulate_summary(*start, quantiles=(50,), **setting)


def test_one_run_says_nothing_of_the_spread():
    """Divisor R - 1 = 0: NaN, as of an ensemble, and not 0."""
    players = jax.tree.map(lambda x: np.full((1, 3), float(x)), CASES["A"].players)
    mean, covariance, _ = Statistics((1, 3), (0.5,)).take(players)
    np.testing.assert_array_equal(mean, [[CASES["A"].b, CASES["A"].h]] * 3)
    assert np.isnan(covariance).all()


def test_sampled_gradient_is_unbiased(case):
    def slope(key):
        return vector(lsgan.field(sampled(case.game, key, (40, 60)), case.players))

    slopes = jax.vmap(slope)(jax.random.split(jax.random.key(8), 20_000))
    error = slopes.std(axis=0) / np.sqrt(len(slopes))
    assert (jnp.abs(slopes.mean(axis=0) - vector(lsgan.field(case.game, case.players))) < 4 * error).all()


class Fragile(lsgan.Erf):
    """The erf discriminator, said to be defined for b < -2.9 only."""

    def in_domain(self):
        return self.b < -2.9


def test_stopped_runs_are_counted_and_the_others_go_on():
    case = CASES["A"]
    players = lsgan.Players(disc=Fragile(a=2.2, b=-3.0), gen=case.players.gen)
    runs = lsgan.simulate(
        case.game, PLAY, players, key=jax.random.key(1), runs=40, samples=20, steps=4, protocol="fresh"
    )
    left = np.asarray(runs.outcome == lsgan.Outcome.left_domain)
    assert 0 < left.sum() < 40
    np.testing.assert_array_equal(runs.completed, ~left)
    np.testing.assert_array_equal(runs.steps_taken == 4, ~left)
    assert (runs.players.disc.b < -2.9).all()
    assert np.isfinite(runs.values).all()
    first = int(np.flatnonzero(left)[0])
    last = int(runs.steps_taken[first])
    stands = runs.values[first, last][None].repeat(5 - last, 0)
    np.testing.assert_array_equal(runs.values[first, last:], stands)


def test_float32():
    case = CASES["A"]
    game, players, rule = jax.tree.map(lambda x: x.astype(jnp.float32), (case.game, case.players, PLAY))
    setting = {"samples": 100, "steps": 30}
    runs = lsgan.simulate(game, rule, players, key=jax.random.key(3), runs=20, **setting)
    band = lsgan.predict(game, rule, players, **setting)
    assert runs.values.dtype == band.mean.dtype == band.covariance.dtype == np.float32
    exact = lsgan.predict(case.game, PLAY, case.players, **setting)
    np.testing.assert_allclose(band.std, exact.std, rtol=2e-3, atol=1e-7)


def test_float32_players_in_a_float64_game():
    """The players' dtype is kept; what is played is that of the float64 players, to float32."""
    game = lsgan.Game(lsgan.Normal(1.0), lsgan.Normal(), lsgan.Wasserstein())
    wide = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.5))
    narrow = jax.tree.map(lambda x: x.astype(jnp.float32), wide)
    setting = {"key": jax.random.key(3), "runs": 2, "samples": 5, "steps": 4, "tile": 2}
    rule = lsgan.Simultaneous(step=0.1)
    with jax.numpy_dtype_promotion("standard"):  # JAX's own default, as users have it
        one, other = (lsgan.simulate(game, rule, own, **setting) for own in (wide, narrow))
    assert (one.values.dtype, other.values.dtype) == (np.float64, np.float32)
    np.testing.assert_allclose(one.values, other.values, rtol=1e-5)


PLAIN = {("A", "2-D", "fixed"), ("B", "2-D", "fresh"), ("A", "4-D", "fixed")}


@pytest.mark.parametrize(
    ("name", "free", "protocol"),
    [
        pytest.param(
            name,
            ("b", "h") if kind == "2-D" else None,
            protocol,
            id=f"{name}-{kind}-{protocol}",
            marks=() if (name, kind, protocol) in PLAIN else pytest.mark.slow,
        )
        for name, kind, protocol in itertools.product("AB", ("2-D", "4-D"), ("fixed", "fresh"))
    ],
)
def test_ensembles_are_as_predicted(name, free, protocol):
    """Means in standard errors, spreads against chi-squared; Case B until its paths fan out."""
    case, runs, m = CASES[name], 400, 1000
    setting = {"samples": m, "steps": 60 if name == "A" or free else 20, "protocol": protocol, "free": free}
    band = lsgan.predict(case.game, PLAY, case.players, **setting)
    ensemble = lsgan.simulate(case.game, PLAY, case.players, key=jax.random.key(2), runs=runs, **setting)
    seen = lsgan.compare(band, ensemble)
    at = np.array([9, 19, setting["steps"] - 1])
    assert (np.abs(seen.z[at]) < 4).all()
    # sd to its sampling error 1/sqrt(2R) for Gaussians, 4 of them, and as much again for tails and O(1/m)
    assert (np.abs(seen.log_std_ratio[at]) < 8 / np.sqrt(2 * runs)).all()
    if name == "B" and free is None:
        return  # there g and h move by rare samples, of which 1000 points hold too few to be Gaussian
    shares = np.array([0.6827, 0.9545, 0.9973])
    assert (np.abs(seen.coverage - shares) < 4 * seen.coverage_error + 0.01).all()


@pytest.mark.slow
def test_the_bias_of_the_mean_is_predicted():
    """The mean of the runs is many standard errors off the exact path, and as predicted."""
    case, setting = CASES["A"], {"samples": 400, "steps": 40}
    band = lsgan.predict(case.game, PLAY, case.players, **setting)
    runs = lsgan.simulate(case.game, PLAY, case.players, key=jax.random.key(9), runs=10_000, **setting)
    error = np.asarray(runs.std[-1]) / np.sqrt(10_000)
    off = np.asarray(runs.mean - band.mean)[-1]
    assert (np.abs(off) > 5 * error).sum() >= 3  # there is a bias to predict
    left = np.abs(off - np.asarray(band.bias)[-1])
    assert (left < 4 * error + 0.25 * np.abs(off)).all()  # up to the next order in 1/m


def test_spread_and_bias_scale_with_samples():
    case = CASES["A"]
    some, many = (lsgan.predict(case.game, PLAY, case.players, samples=m, steps=30) for m in (100, 10_000))
    np.testing.assert_allclose(some.std, 10 * many.std, rtol=1e-9)
    np.testing.assert_allclose(some.bias, 100 * many.bias, rtol=1e-7, atol=1e-16)
    np.testing.assert_allclose(some.nonlinearity[1:], 10 * many.nonlinearity[1:], rtol=1e-7)


@pytest.mark.slow
def test_first_step_is_the_sampling_noise_of_the_field():
    """One step from a fixed start: covariance step^2 Var(psi)/m, here by Monte Carlo, and no bias."""
    case = CASES["A"]
    band = lsgan.predict(case.game, PLAY, case.players, samples=(50, 200), steps=1)

    def one(key):
        return vector(lsgan.field(sampled(case.game, key, (50, 200)), case.players))

    slopes = np.asarray(jax.vmap(one)(jax.random.split(jax.random.key(0), 40_000)))
    np.testing.assert_allclose(band.covariance[1], 0.16 * np.cov(slopes.T), rtol=0.06, atol=2e-6)
    np.testing.assert_allclose(band.bias[1], 0, atol=1e-15)
    np.testing.assert_allclose(band.covariance[0], 0, atol=0)


@pytest.mark.slow
def test_where_linear_theory_breaks_it_says_so():
    """Case B near step 105: paths fan out; the flag is up there, and falls with more samples."""
    case, free = CASES["B"], ("b", "h")
    band = lsgan.predict(case.game, PLAY, case.players, samples=1000, steps=110, free=free)
    assert band.nonlinearity[80].max() < 0.1
    assert band.nonlinearity[107].max() > 0.5
    ratios = []
    for m, runs in ((1000, 200), (100_000, 40)):
        setting = {"samples": m, "steps": 104, "free": free}
        ensemble = lsgan.simulate(
            case.game, PLAY, case.players, key=jax.random.key(1), runs=runs, save_every=104, **setting
        )
        predicted = lsgan.predict(case.game, PLAY, case.players, **setting)
        ratios.append(lsgan.compare(predicted, ensemble).log_std_ratio[-1])
    assert (np.abs(ratios[0]) > 0.2).all()
    assert (np.abs(ratios[1]) < 3 / np.sqrt(2 * 39)).all()


def test_distributions_are_tested():
    """Against the tests of SciPy, and where one parameter at one time is not normal."""
    values = np.random.default_rng(0).normal(size=(200, 6, 2))
    found = _p_values(values)
    exact = np.array([[stats.kstest(values[:, t, i], "norm").pvalue for i in range(2)] for t in range(6)])
    np.testing.assert_allclose(found, exact, rtol=1e-9)
    values[:, 3, 1] = np.sign(values[:, 3, 1])  # mean 0, sd 1: what z and log_std_ratio do not see
    assert _p_values(values)[3, 1] < 1e-10
    values[:, 2, 0] = np.nan
    assert np.isnan(_p_values(values)[2, 0])


def test_endpoint_distances_follow_chi_squared():
    case, setting = CASES["A"], {"samples": 1000, "steps": 30, "free": ("b", "h")}
    band = lsgan.predict(case.game, PLAY, case.players, **setting)
    runs = lsgan.simulate(case.game, PLAY, case.players, key=jax.random.key(4), runs=300, **setting)
    seen = lsgan.compare(band, runs)
    assert stats.kstest(np.asarray(seen.mahalanobis) ** 2, stats.chi2(2).cdf).pvalue > 1e-3
    text = str(seen)
    assert "300 runs, 0 stopped early" in text
    assert seen.p_values.shape == (30, 2)
    assert seen.p_familywise > 1e-3
    assert "inside 3 sd" in text
    assert "h: end mean off by" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"runs": 0}, "runs: expected an integer >= 1, got 0"),
        ({"samples": 0}, "samples: expected an integer >= 1, got 0"),
        ({"samples": (10, 0)}, "samples: expected an integer >= 1, got 0"),
        ({"samples": (1, 2, 3)}, "samples: expected a number or a pair"),
        ({"steps": 0}, "steps: expected an integer >= 1, got 0"),
        ({"save_every": 7}, "steps: expected a multiple of save_every=7, got 30"),
        ({"tile": 0}, "tile: expected an integer >= 1, got 0"),
        ({"protocol": "frozen"}, "protocol: expected 'fixed' or 'fresh', got 'frozen'"),
        ({"free": ("z",)}, "free: expected distinct names"),
    ],
)
def test_bad_arguments(change, message):
    with pytest.raises(ValueError, match=message):
        simulate(CASES["A"], **change)


@pytest.mark.parametrize("key", [0, jnp.zeros(3), jax.random.split(jax.random.key(0))])
def test_bad_keys(key):
    with pytest.raises(TypeError, match="key: expected"):
        simulate(CASES["A"], key=key)


def test_raw_keys_are_keys():
    keys = (jax.random.PRNGKey(3), jax.random.key(3))
    one, other = (simulate(CASES["A"], steps=2, key=key) for key in keys)
    np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.slow
def test_comparing_what_does_not_match():
    case = CASES["A"]
    runs = simulate(case, free=("b", "h"))
    setting = {"samples": 100, "free": ("b", "h")}
    with pytest.raises(ValueError, match="band: expected the parameters of the runs"):
        lsgan.compare(lsgan.predict(case.game, PLAY, case.players, samples=100, steps=30), runs)
    with pytest.raises(ValueError, match="band: expected at least 30 steps, got 29"):
        lsgan.compare(lsgan.predict(case.game, PLAY, case.players, steps=29, **setting), runs)
    band = lsgan.predict(case.game, PLAY, case.players, steps=30, **setting)
    with pytest.raises(ValueError, match="runs: expected at least 2 runs"):
        lsgan.compare(band, simulate(case, free=("b", "h"), runs=1))
