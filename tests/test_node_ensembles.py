"""Ensembles on nodes: counts have the law of counts, runs the law of runs on points."""

import itertools
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from problems import CASES
from scipy import stats

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector
from lsgan_analytic.stochastic._counts import _shared_cells, _tables, counts_of

PLAY = lsgan.Simultaneous(step=0.4)
WEIGHTS = np.array([1e-30, 1e-4, 0.02, 0.1, 0.2798, 0.6 + 1e-4])


def drawn(weights, samples, draws, dtype=jnp.float64):
    """Shares, (draws, nodes)."""
    counts = counts_of(jnp.asarray(weights, dtype), samples)
    return np.asarray(jax.jit(jax.vmap(counts.shares))(jax.random.split(jax.random.key(7), draws)))


@pytest.mark.parametrize(
    ("samples", "dtype"),
    [(3, jnp.float64), (512, jnp.float64), (1000, jnp.float32), (1000, jnp.float64), (10**12, jnp.float64)],
)
def test_moments_of_the_counts(samples, dtype):
    """Mean, covariance and third moments of averages, in standard errors, of few points and of 10^12."""
    draws = 20_000
    shares = drawn(WEIGHTS, samples, draws, dtype).astype(float)
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=8 * float(jnp.finfo(dtype).eps))
    values = np.array([[1.0, 0.3, -1.0, 2.0, 0.5, -0.4], [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]]).T
    values = values - WEIGHTS @ values
    second = (values * WEIGHTS[:, None]).T @ values
    averages = (shares - WEIGHTS) @ values * samples**0.5
    error = np.sqrt(np.diag(second) / draws)
    assert (np.abs(averages.mean(axis=0)) < 4 * error).all()
    products = averages[:, :, None] * averages[:, None]
    error = products.std(axis=0) / draws**0.5
    assert (np.abs(products.mean(axis=0) - second) < 4 * error).all()
    third = (averages**3).mean(axis=0)
    exact = (WEIGHTS @ values**3) / samples**0.5
    assert (np.abs(third - exact) < 4.5 * (averages**3).std(axis=0) / draws**0.5).all()


def test_few_points_are_multinomial():
    """Every outcome of 4 points on 3 nodes, chi-squared."""
    weights, samples, draws = np.array([0.5, 0.3, 0.2]), 4, 20_000
    found = np.round(drawn(weights, samples, draws) * samples).astype(int)
    cells = [cell for cell in itertools.product(range(5), repeat=3) if sum(cell) == samples]
    seen = [int((found == cell).all(axis=1).sum()) for cell in cells]
    expected = [draws * stats.multinomial(samples, weights).pmf(cell) for cell in cells]
    assert stats.chisquare(seen, expected).pvalue > 1e-3


@pytest.mark.parametrize("mean", [1e-8, 0.7, 20.0, 63.0, 65.0, 300.0, 1e5, 1e10])
def test_tables_are_poisson_laws(mean):
    """Masses against SciPy's; where they are on a finer or coarser grid, moments up to the fourth."""
    (least,), (spacing,), masses = _tables(np.array([mean]))
    at = least + spacing * np.arange(128)
    if mean <= 64:
        np.testing.assert_allclose(masses[0], stats.poisson(mean).pmf(at), rtol=1e-10, atol=1e-15)
        return
    off = (at - mean) / mean**0.5
    moments = [(masses[0] * off**k).sum() for k in range(5)]
    np.testing.assert_allclose(moments, [1, 0, 1, mean**-0.5, 3 + 1 / mean], atol=1e-8, rtol=0)


def test_cells_have_the_chances_of_the_table():
    _, _, masses = _tables(np.array([1e-12, 0.3, 50.0, 1e6]))
    kept, other = _shared_cells(masses)
    chances = kept / 128
    for row, chance in enumerate(chances):
        np.add.at(chance, other[row].astype(int), (1 - kept[row]) / 128)
    np.testing.assert_allclose(chances, masses, atol=1e-15, rtol=0)


def pvalues(one, other):
    """Two-sample Kolmogorov-Smirnov at ten times, for every parameter that varies by more than rounding."""
    at = np.linspace(1, one.values.shape[1] - 1, 10).astype(int)

    def of(x, y):
        still = max(x.std(), y.std()) <= 64 * np.finfo(float).eps * (1 + abs(x.mean()))
        return float(np.allclose(x.mean(), y.mean(), rtol=1e-12)) if still else stats.ks_2samp(x, y).pvalue

    values = np.asarray(one.values), np.asarray(other.values)
    return np.array([[of(*(v[:, t, i] for v in values)) for t in at] for i in range(values[0].shape[2])])


def both(game, players, rule=PLAY, nodes="auto", **setting):
    points = lsgan.simulate(game, rule, players, key=jax.random.key(1), **setting)
    return points, lsgan.simulate(game, rule, players, key=jax.random.key(2), nodes=nodes, **setting)


#: quick to compile; on 12 nodes far off, on 20 not near enough, good on 32
LIGHT = (
    lsgan.Game(lsgan.Normal(1.0, 1.5), lsgan.Normal(), lsgan.Minimax()),
    lsgan.Players(lsgan.Sigmoid(w=0.5, b=0.1), lsgan.Affine(scale=1.0, shift=-0.5)),
)


def light(simulate=lsgan.simulate, **more):
    setting = {"key": jax.random.key(3), "runs": 400, "samples": 1000, "steps": 6, "nodes": 32}
    return simulate(LIGHT[0], PLAY, LIGHT[1], **(setting | more))


def test_runs_on_nodes_have_the_law_of_runs_on_points():
    """And of 10^12 points the spread that theory says."""
    points, nodes = light(nodes=None), light(key=jax.random.key(4))
    assert nodes.nodes.sizes == (32, 32)
    assert nodes.nodes.worst < 1e-3
    assert points.nodes is None
    assert pvalues(points, nodes).min() > 1e-3
    many = light(nodes="auto", samples=10**12)
    band = lsgan.predict(*LIGHT[:1], PLAY, LIGHT[1], samples=10**12, steps=6)
    ratio = np.log(np.asarray(many.std[1:] / band.std[1:]))
    assert (np.abs(ratio) < 4 / np.sqrt(2 * 399)).all()
    assert (np.abs(many.mean - band.mean)[1:] < 4 * band.std[1:] / 400**0.5).all()
    assert many.nodes.sizes == (128, 128)
    assert many.nodes.worst < 0.01


@pytest.mark.slow
def test_small_samples_through_the_fan_out_of_case_b():
    """200 points, where linear theory fails."""
    setting = {"runs": 2000, "samples": 200, "steps": 120, "free": ("b", "h"), "save_every": 12}
    points, nodes = both(CASES["B"].game, CASES["B"].players, nodes=64, **setting)
    assert pvalues(points, nodes).min() > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["fixed", "fresh"])
@pytest.mark.parametrize("free", [("b", "h"), None])
@pytest.mark.parametrize("name", ["A", "B"])
def test_two_thousand_runs_on_nodes_and_on_points(name, free, protocol):
    setting = {"runs": 2000, "samples": 1000, "steps": 130, "protocol": protocol, "free": free}
    points, nodes = both(CASES[name].game, CASES[name].players, save_every=13, **setting)
    assert pvalues(points, nodes).min() > 1e-4


MIXTURE = (
    lsgan.Game(
        lsgan.Mixture([0.3, 0.7], (lsgan.Normal(-2.0, 0.5), lsgan.Normal(1.5, 1.0))),
        lsgan.Normal(),
        lsgan.NonSaturating(),
        (lsgan.R1(0.1),),
    ),
    lsgan.Players(lsgan.Sigmoid(w=0.5, b=0.1), lsgan.Affine(scale=1.0, shift=-0.5)),
)
PLANE = (
    lsgan.Game(lsgan.ring(5, 2.0, 0.3), lsgan.MultivariateNormal(), lsgan.Minimax()),
    lsgan.Players(
        lsgan.HalfPlane(a=[0.5, -0.3], b=0.2),
        lsgan.AffineMap(matrix=[[1.0, 0.2], [0.0, 0.8]], shift=[0.5, 0.0]),
    ),
)


@pytest.mark.slow
@pytest.mark.parametrize("protocol", ["fixed", "fresh"])
@pytest.mark.parametrize(
    ("setting", "runs", "steps"), [(MIXTURE, 2000, 60), (PLANE, 400, 20)], ids=["mixture", "plane"]
)
def test_mixtures_and_the_plane(setting, runs, steps, protocol):
    points, nodes = both(
        *setting, lsgan.Alternating(step=0.1), runs=runs, samples=600, steps=steps, save_every=steps // 10,
        protocol=protocol,
    )  # fmt: skip
    assert pvalues(points, nodes).min() > 1e-4


@pytest.mark.parametrize("protocol", [pytest.param("fixed", marks=pytest.mark.slow), "fresh"])
def test_a_run_is_the_same_in_every_ensemble(tmp_path, protocol):
    """Whatever the number of runs, the first of them, and the chunks of a checkpoint."""
    whole = light(protocol=protocol)
    np.testing.assert_array_equal(light(runs=385, protocol=protocol).values, whole.values[:385])
    state = tmp_path / "state.npz"
    later = light(first_run=17, runs=383, protocol=protocol, checkpoint=state)
    np.testing.assert_array_equal(later.values, whole.values[17:])
    np.testing.assert_array_equal(later.evidence.growth, whole.evidence.growth[17:])
    again = light(first_run=17, runs=383, protocol=protocol, resume=state)
    np.testing.assert_array_equal(again.values, later.values)
    assert len(np.unique(whole.values[:, -1, 0])) == 400
    for change, named in (
        ({"first_run": 0}, "first_run is 17 in the checkpoint and 0 here"),
        ({"samples": 10**4}, r"samples\[0\] is 1000 in the checkpoint and 10000 here"),
        ({"nodes": 40}, r"nodes\[0\] is 32 in the checkpoint and 40 here"),
    ):
        with pytest.raises(ValueError, match=f"another simulation: {named}"):
            light(**({"first_run": 17, "runs": 383, "resume": state, "protocol": protocol} | change))


def test_points_of_a_later_part_are_those_of_the_whole():
    whole, part = light(nodes=None), light(runs=357, first_run=33, nodes=None)
    np.testing.assert_array_equal(part.values, whole.values[33:390])


def test_a_summary_on_nodes():
    runs, summary = light(), light(lsgan.simulate_summary)
    np.testing.assert_allclose(summary.mean, runs.mean, rtol=1e-14)
    np.testing.assert_array_equal(summary.ends, runs.values[:, -1])
    assert summary.nodes.sizes == (32, 32)
    assert repr(summary.nodes).startswith("NodeCheck((32, 32) nodes, error ")


def test_too_few_nodes():
    """An error where they are far too few, a warning where they are not enough."""
    with pytest.raises(ValueError, match=r"nodes: expected more than 12, or 'auto'; .* at step \d+"):
        light(nodes=12)
    with pytest.warns(UserWarning, match=r"nodes: on \(20, 20\) nodes of the laws .* more than a hundredth"):
        light(nodes=20)
    with pytest.raises(ValueError, match="nodes: expected more than 32"):
        light(samples=10**12)  # the noise is smaller, and 32 nodes are not enough any more
    with pytest.raises(ValueError, match="nodes: expected more than 32"):
        light(samples=10**12, protocol="fresh")


def test_the_error_is_that_of_the_rule():
    """At the start, by hand: the field on nodes less the exact field, times the step, over its noise."""
    game, players = LIGHT
    rules = [law.nodes(32) for law in (game.data, game.latent)]
    coarse = lsgan.Game(*(lsgan.PointMasses(x, w / w.sum()) for x, w in rules), game.loss)
    exact, found = (vector(lsgan.field(one, players)) for one in (game, coarse))
    check = light().nodes
    assert check.steps.tolist() == [0, 1, 2, 3, 4, 5]
    np.testing.assert_allclose(check.error[0], 0.4 * np.abs(found - exact), rtol=1e-6, atol=1e-13)
    band = lsgan.predict(game, PLAY, players, samples=1000, steps=6)
    np.testing.assert_allclose(check.noise[0], band.std[1], rtol=1e-3)
    fresh = light(protocol="fresh").nodes
    np.testing.assert_allclose(fresh.worst, check.worst * 6**0.5, rtol=1e-6)


@pytest.mark.slow
def test_float32():
    """Runs stay in float32."""
    case = CASES["A"]
    game, players, rule = jax.tree.map(lambda x: x.astype(jnp.float32), (case.game, case.players, PLAY))
    runs = lsgan.simulate(
        game, rule, players, key=jax.random.key(3), runs=60, samples=1000, steps=6, nodes=128
    )
    assert runs.values.dtype == np.float32
    exact = lsgan.predict(case.game, PLAY, case.players, samples=1000, steps=6)
    ratio = np.log(np.asarray(runs.std[-1]) / np.asarray(exact.std[-1]))
    assert (np.abs(ratio) < 4 / np.sqrt(2 * 59)).all()
    assert runs.nodes.worst < 0.01
    with pytest.warns(
        UserWarning, match="samples: so many points move a step by .* less than float32 rounds the"
    ):
        lsgan.simulate(
            game, rule, players, key=jax.random.key(3), runs=2, samples=10**15, steps=2, nodes="auto"
        )


GAME = CASES["A"].game
SAMPLE = lsgan.PointMasses([0.0, 1.0])


class Farthest(lsgan.regularizers.AbstractRegularizer):
    """A penalty that is no average, of which nothing is said."""

    def generator_penalty(self, disc, data, generated):
        return jnp.max(jnp.abs(generated.nodes()[0]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"nodes": 1}, "nodes: expected an integer >= 2, got 1"),
        ({"nodes": 2.5}, "nodes: expected an integer >= 2, got 2.5"),
        ({"nodes": "many"}, "nodes: expected an integer >= 2, got 'many'"),
        ({"samples": 2**53 + 1}, r"samples: expected at most 2\*\*53 points"),
        ({"game": lsgan.Game(SAMPLE, GAME.latent, GAME.loss)}, "nodes: .* the law of data is a sample"),
        ({"game": lsgan.Game(GAME.data, SAMPLE, GAME.loss)}, "nodes: .* the law of latent is a sample"),
        (
            {"game": lsgan.Game(GAME.data, GAME.latent, GAME.loss, (lsgan.ModeCoverage(0.1),))},
            "nodes: expected nodes=None with ModeCoverage, which depends on the points",
        ),
        (
            {"game": lsgan.Game(GAME.data, GAME.latent, GAME.loss, (Farthest(),))},
            "nodes: expected nodes=None with Farthest, which depends on the points",
        ),
        ({"first_run": -1}, "first_run: expected an integer >= 0, got -1"),
        ({"first_run": 2**32 - 5}, r"runs: expected first_run \+ runs <= 2\*\*32, got 4294967291 \+ 10"),
    ],
)
def test_bad_arguments(change, message):
    setting = {"key": jax.random.key(3), "runs": 10, "samples": 50, "steps": 2, "nodes": 64} | change
    game = setting.pop("game", GAME)
    with pytest.raises(ValueError, match=message):
        lsgan.simulate(game, PLAY, CASES["A"].players, **setting)


@pytest.mark.slow
def test_jumps_kinks_and_other_rules():
    """A discriminator that jumps is refused; Hinge, Adam and networks play."""
    normals = lsgan.Normal(1.0), lsgan.Normal()
    setting = {"key": jax.random.key(0), "runs": 200, "samples": 2000, "steps": 8, "nodes": "auto"}
    jumping = lsgan.Players(lsgan.Interval([0.5], [2.0]), lsgan.Shift(shift=-0.5))
    with pytest.raises(ValueError, match="nodes: expected a game that samples follow; on"):
        lsgan.simulate(lsgan.Game(*normals, lsgan.Wasserstein()), PLAY, jumping, **setting)
    hinge = lsgan.Game(*normals, lsgan.Hinge(), (lsgan.R1(0.5),))
    linear = lsgan.Players(lsgan.Linear(w=1.2, b=-0.3), lsgan.Shift(shift=-0.5))
    adam = lsgan.PerPlayer(optax.adam(0.01), optax.adam(0.01))
    for game, players, rule in ((hinge, linear, PLAY), (MIXTURE[0], MIXTURE[1], adam)):
        points, nodes = both(
            game, players, rule, **{k: v for k, v in setting.items() if k not in ("key", "nodes")}
        )
        assert pvalues(points, nodes).min() > 1e-4


_DEVICES = """
import sys, jax, numpy as np
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_num_cpu_devices", 2)
sys.path.insert(0, sys.argv[1])
from test_node_ensembles import light
np.savez(sys.argv[2], *(light(devices=own, tile=20).values for own in (jax.devices()[:1], jax.devices())))
"""


@pytest.mark.slow
def test_devices_do_not_change_a_bit(tmp_path):
    """One and two devices, in a process of their own."""
    arguments = [sys.executable, "-c", _DEVICES, str(Path(__file__).parent), str(tmp_path / "runs.npz")]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "runs.npz") as both:
        np.testing.assert_array_equal(both["arr_0"], both["arr_1"])
