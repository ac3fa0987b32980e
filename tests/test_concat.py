"""Parts of an ensemble: joined to the bits of the whole, or refused; and kept in files."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan

GAME = lsgan.Game(lsgan.Normal(1.0), lsgan.Normal(), lsgan.Wasserstein(), (lsgan.R1(0.3),))
PLAYERS = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.5))


def part(first_run, runs, simulate=lsgan.simulate, step=0.1, game=GAME, **more):
    setting = {"key": jax.random.key(0), "steps": 4, "samples": 600, "tile": 5, "nodes": 24} | more
    return simulate(game, lsgan.Simultaneous(step=step), PLAYERS, first_run=first_run, runs=runs, **setting)


def assert_same_bits(one, other):
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for x, y in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        assert (x.dtype, x.shape) == (y.dtype, y.shape)
        assert np.asarray(x).tobytes() == np.asarray(y).tobytes()


@pytest.fixture(scope="module")
def parts():
    return [part(0, 12), part(12, 13), part(25, 15)]


def test_parts_are_the_whole_to_the_bit(parts):
    """In any order; what is joined can be joined again."""
    whole = part(0, 40)
    assert_same_bits(lsgan.concat([parts[2], parts[0], parts[1]]), whole)
    assert_same_bits(lsgan.concat([lsgan.concat(parts[:2]), parts[2]]), whole)
    assert_same_bits(lsgan.concat(parts[1:2]), parts[1])


def test_summaries_are_merged():
    every = [
        part(first, runs, lsgan.simulate_summary, tile=None) for first, runs in ((0, 12), (12, 1), (13, 27))
    ]
    merged, whole = lsgan.concat(every), part(0, 40, lsgan.simulate_summary, tile=None)
    np.testing.assert_allclose(merged.mean, whole.mean, rtol=1e-14)
    np.testing.assert_allclose(merged.covariance, whole.covariance, rtol=1e-12, atol=1e-17)
    np.testing.assert_array_equal(merged.ends, whole.ends)
    assert merged.origin == whole.origin
    expected = sum(n * np.asarray(one.quantiles) for n, one in zip((12, 1, 27), every, strict=True)) / 40
    np.testing.assert_allclose(merged.quantiles, expected, rtol=1e-14)
    single = lsgan.concat(every[1:2])
    assert np.isnan(single.covariance).all()
    other = part(40, 5, lsgan.simulate_summary, tile=None, quantiles=(0.5,))
    with pytest.raises(ValueError, match="parts: expected quantiles of the same levels"):
        lsgan.concat([whole, other])


def test_parts_that_do_not_fit(parts):
    with pytest.raises(ValueError, match="runs without a gap, but runs 12 to 24 are missing"):
        lsgan.concat([parts[0], parts[2]])
    overlap = r"every run once, but runs 12 to 14 are in parts\[1\] and in parts\[0\]"
    with pytest.raises(ValueError, match=overlap):
        lsgan.concat([parts[1], part(0, 15)])
    with pytest.raises(ValueError, match=r"runs 0 to 11 are in parts\[0\] and in parts\[1\]"):
        lsgan.concat([parts[0], parts[0]])
    other = r"expected parts of one ensemble, but rule.* is 0.1 in parts\[0\] and 0.2 in parts\[1\]"
    with pytest.raises(ValueError, match=other):
        lsgan.concat([parts[0], part(12, 13, step=0.2)])
    with pytest.raises(ValueError, match=r"key is .*\[0, 0\].* in parts\[0\] and .*\[0, 1\].* in parts"):
        lsgan.concat([parts[0], part(12, 13, key=jax.random.key(1))])
    game = lsgan.Game(lsgan.Normal(2.0), lsgan.Normal(), lsgan.Wasserstein(), (lsgan.R1(0.3),))
    with pytest.raises(ValueError, match=r"game.data.* is 1.0 in parts\[0\] and 2.0 in parts\[1\]"):
        lsgan.concat([parts[0], part(12, 13, game=game)])
    with pytest.raises(ValueError, match=r"samples\[0\] is 600 in parts\[0\] and 601 in parts\[1\]"):
        lsgan.concat([parts[0], part(12, 13, samples=601)])


@pytest.mark.parametrize("wrong", [[], [3], ["runs.nc"]])
def test_what_is_no_part(parts, wrong):
    with pytest.raises(ValueError, match="parts: expected ensembles, or summaries, at least one, got"):
        lsgan.concat(wrong)


def test_parts_of_unknown_origin(parts):
    import equinox as eqx

    nameless = eqx.tree_at(lambda runs: runs.steps, parts[0], parts[0].steps)
    object.__setattr__(nameless, "origin", "")
    with pytest.raises(ValueError, match=r"parts: .* whose origin is known; that of parts\[1\] is not"):
        lsgan.concat([parts[0], nameless])


@pytest.mark.parametrize("suffix", [".nc", ".mat"])
def test_files_keep_nodes_and_origin(parts, tmp_path, suffix):
    """What is loaded can be joined."""
    for i, own in enumerate(parts):
        own.save(tmp_path / f"{i}{suffix}")
    loaded = [lsgan.load(tmp_path / f"{i}{suffix}", PLAYERS) for i in range(3)]
    assert_same_bits(loaded[0], parts[0])
    assert loaded[0].nodes.worst == parts[0].nodes.worst
    assert_same_bits(lsgan.concat(loaded), lsgan.concat(parts))
    known = json.loads(parts[1].to_xarray().attrs["provenance"])["origin"]
    assert (known["first_run"], known["runs"]) == (12, 13)
    assert known["facts"]["samples[0]"] == "600"
    assert known["facts"]["game"] == "Game"
    assert known["facts"]["protocol"] == "'fixed'"
    with pytest.raises(ValueError, match=r"an ensemble, which needs players: load\(path, players\)"):
        lsgan.load(tmp_path / f"0{suffix}")


@pytest.mark.parametrize("suffix", [".nc", ".mat"])
@pytest.mark.parametrize(
    ("runs", "more"), [(5, {}), (1, {"quantiles": (0.5,), "free": ("w",), "tile": 1, "nodes": None})]
)
def test_summaries_are_kept(tmp_path, suffix, runs, more):
    summary = part(0, runs, lsgan.simulate_summary, **more)
    file = tmp_path / f"summary{suffix}"
    summary.save(file, {"seed": 0})
    assert_same_bits(lsgan.load(file), summary)
    data = summary.to_xarray()
    assert data["quantiles"].dims == ("step", "level", "parameter")
    assert data["parameter"].values.tolist() == list(summary.names)


def test_a_damaged_summary_is_refused(tmp_path):
    import xarray

    file = tmp_path / "summary.nc"
    part(0, 5, lsgan.simulate_summary).save(file)
    data = xarray.load_dataset(file, engine="h5netcdf")
    data.assign(mean=data["mean"] + 1e-9).to_netcdf(file, engine="h5netcdf")
    with pytest.raises(ValueError, match="found: checksum"):
        lsgan.load(file)
    data.drop_vars(["ends"]).to_netcdf(file, engine="h5netcdf")
    with pytest.raises(ValueError, match=r"found: missing variables \['ends'\]"):
        lsgan.load(file)


def test_float32_summaries_merge_in_their_dtype():
    game, players, rule = jax.tree.map(
        lambda x: x.astype(jnp.float32), (GAME, PLAYERS, lsgan.Simultaneous(step=0.1))
    )
    every = [
        lsgan.simulate_summary(
            game, rule, players, key=jax.random.key(0), steps=4, samples=10, runs=5, first_run=first, tile=5
        )
        for first in (0, 5)
    ]
    assert lsgan.concat(every).mean.dtype == np.float32
