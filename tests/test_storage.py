"""Saved ensembles: the same bits back, readable by other programs."""

import dataclasses
import json
import re
import subprocess
import sys

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array
from saved_ensembles import assert_same_bits, ensemble, FORMATS, NAMES, START, WEIGHTED

import lsgan_analytic as lsgan
from lsgan_analytic.stochastic.storage import load, save, to_xarray


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("dtype", [jnp.float32, jnp.float64])
@pytest.mark.parametrize("runs", [1, 5])
def test_round_trip(tmp_path, suffix, dtype, runs):
    file, original = tmp_path / f"runs{suffix}", ensemble(dtype=dtype, runs=runs)
    save(original, file, provenance={"seed": 3})
    assert_same_bits(original, load(file, START))
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("names", [("gen.w[0]",), ("gen.b", "disc.w[1, 0]", "disc.b")])
def test_round_trip_of_arrays_and_shared_names(tmp_path, suffix, names):
    file, original = tmp_path / f"runs{suffix}", ensemble(WEIGHTED, names=names)
    save(original, str(file))
    assert_same_bits(original, load(str(file), WEIGHTED))


def test_dataset():
    runs = ensemble(WEIGHTED, jnp.float32, names=("gen.b",))
    data = to_xarray(runs)
    parameters = lsgan.parameter_names(WEIGHTED)
    assert {"disc.w[1, 0]", "disc.b", "gen.w[0]"} <= set(parameters)
    evidence = [field.name for field in dataclasses.fields(lsgan.Evidence)]
    assert set(data.data_vars) == {*parameters, "outcome", "steps_taken", *evidence}
    assert data.sizes == {"run": 5, "step": 3}
    assert data["step"].values.tolist() == [0, 5, 10]
    assert data["gen.b"].dims == ("run", "step")
    assert data["gen.b"].dtype == np.float32
    np.testing.assert_array_equal(data["disc.w[1, 0]"], runs.players.disc.w[:, :, 1, 0])
    np.testing.assert_array_equal(data["gen.b"], runs.players.gen.b)
    for name in evidence:
        np.testing.assert_array_equal(data[name], getattr(runs.evidence, name))
    np.testing.assert_array_equal(data["steps_taken"], runs.steps_taken)
    assert data["outcome"].values.tolist() == list(NAMES[-5:])
    assert data.attrs["units"] == "dimensionless"
    assert json.loads(data.attrs["moved"]) == ["gen.b"]


def test_every_outcome_has_its_own_name():
    assert len(NAMES) == len(lsgan.Outcome)
    sentences = [lsgan.Outcome[getattr(lsgan.Outcome, name)] for name in NAMES]
    every = ensemble(runs=len(NAMES))
    codes = every.outcome._value
    for name, code, sentence in zip(to_xarray(every).outcome.values, codes, sentences, strict=True):
        item = jax.tree.map(lambda _, code=code: code, lsgan.Outcome.point)
        assert item == getattr(lsgan.Outcome, name)
        assert lsgan.Outcome[item] == sentence


def test_provenance():
    known = json.loads(to_xarray(ensemble(), provenance={"seed": 3, "step": [0.4, 0.1]}).attrs["provenance"])
    assert known == {
        "schema": "lsgan_analytic.Ensemble 2",
        "players": ["Erf", "Square"],
        "parameters": ["a", "b", "g", "h"],
        "versions": {"lsgan_analytic": lsgan.__version__, "jax": jax.__version__, "numpy": np.__version__},
        "x64": True,
        "user": {"seed": 3, "step": [0.4, 0.1]},
    }
    assert json.loads(to_xarray(ensemble()).attrs["provenance"])["user"] == {}


@pytest.mark.parametrize("user", [{"key": {1, 2}}, {"rate": float("nan")}, 7])
def test_provenance_that_json_cannot_hold(tmp_path, user):
    with pytest.raises(ValueError, match="provenance: expected a mapping JSON can hold, got"):
        save(ensemble(), tmp_path / "runs.nc", provenance=user)
    assert not list(tmp_path.iterdir())


def test_other_programs_can_read_it(tmp_path):
    """Plain xarray and plain scipy.io, with MATLAB's names."""
    import scipy.io
    import xarray

    runs = ensemble(WEIGHTED, names=("gen.b",))
    for suffix in FORMATS:
        save(runs, tmp_path / f"runs{suffix}", provenance={"seed": 3})
    assert to_xarray(runs, {"seed": 3}).identical(
        xarray.load_dataset(tmp_path / "runs.nc", engine="h5netcdf")
    )
    raw = scipy.io.loadmat(tmp_path / "runs.mat")
    assert all(re.fullmatch(r"[A-Za-z]\w{0,62}", key) for key in raw if not key.startswith("__"))
    np.testing.assert_array_equal(raw["disc_w_1_0"], runs.players.disc.w[:, :, 1, 0])
    assert json.loads(raw["variables"].item())["disc_w_1_0"] == "disc.w[1, 0]"
    assert json.loads(raw["provenance"].item())["user"] == {"seed": 3}


def test_matlab_names_stay_apart(tmp_path):
    """Parameters whose MATLAB names coincide, have no letter first, or are taken by an attribute."""

    class Odd(eqx.Module):
        w: Array
        w_0: Array
        _units: Array
        é: Array

    odd = lsgan.Players(disc=Odd(jnp.zeros(1), *jnp.zeros(3)), gen=START.gen)
    original = ensemble(odd, names=("w_0",))
    save(original, tmp_path / "runs.mat")
    assert_same_bits(original, load(tmp_path / "runs.mat", odd))


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_time_and_no_place_in_the_file(tmp_path, suffix, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    one, other = tmp_path / f"one{suffix}", tmp_path / "elsewhere" / f"other{suffix}"
    save(ensemble(), one)
    monkeypatch.setattr("time.asctime", lambda *_: "another day")
    save(ensemble(), other)
    assert one.read_bytes() == other.read_bytes()
    assert str(tmp_path).encode() not in one.read_bytes()


def test_a_parameter_named_as_another_variable():
    class Outcomes(eqx.Module):
        outcome: Array

    odd = lsgan.Players(disc=Outcomes(jnp.zeros(())), gen=START.gen)
    with pytest.raises(ValueError, match=r"name of another variable, got \{'outcome'\}"):
        to_xarray(ensemble(odd, names=("outcome",)))


@pytest.mark.parametrize("suffix", FORMATS)
def test_without_x64(tmp_path, suffix):
    """float64 is refused, not rounded; float32 loads."""
    file = tmp_path / f"runs{suffix}"
    with jax.enable_x64(False):
        start = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
        save(ensemble(dtype=jnp.float32), file)
        assert_same_bits(ensemble(dtype=jnp.float32), load(file, start))
        assert json.loads(to_xarray(ensemble(dtype=jnp.float32)).provenance)["x64"] is False
    save(ensemble(), file)
    with (
        jax.enable_x64(False),
        pytest.raises(ValueError, match=r"float64 in \['a', 'b'.* while jax_enable_x64 is off: call"),
    ):
        load(file, start)


@pytest.mark.parametrize("name", ["runs.npz", "runs", "runs.NC", ".nc"])
def test_unknown_suffix(tmp_path, name):
    message = rf"path: expected a name ending in .nc or .mat, got '{name}'"
    with pytest.raises(ValueError, match=message):
        save(ensemble(), tmp_path / name)
    with pytest.raises(ValueError, match=message):
        load(tmp_path / name, START)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("suffix", "module"), [(".nc", "xarray"), (".nc", "h5netcdf"), (".nc", "h5py"), (".mat", "scipy.io")]
)
def test_without_the_extra(tmp_path, suffix, module, monkeypatch):
    file = tmp_path / f"runs{suffix}"
    save(ensemble(), file)
    whole = file.read_bytes()
    monkeypatch.setitem(sys.modules, module, None)
    message = rf'{module}.*needed: python -m pip install "lsgan_analytic\[io\]"'
    with pytest.raises(ImportError, match=message):
        save(ensemble(), file)
    with pytest.raises(ImportError, match=message):
        load(file, START)
    assert file.read_bytes() == whole
    if module == "xarray":
        with pytest.raises(ImportError, match=message):
            to_xarray(ensemble())


def test_imports_are_lazy():
    """The package itself needs nothing of the extra."""
    code = (
        "import sys, lsgan_analytic.stochastic.storage\n"
        "print({'xarray', 'h5py', 'h5netcdf', 'scipy.io'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stdout.strip() == "set()"


def test_the_ensemble_saves_itself(tmp_path):
    runs = ensemble()
    runs.save(tmp_path / "runs.nc", {"seed": 3})
    assert "seed" in runs.to_xarray({"seed": 3}).attrs["provenance"]
    assert (tmp_path / "runs.nc").stat().st_size > 0
