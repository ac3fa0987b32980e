"""Saved ensembles: the same bits back, and nothing lost or misread when something goes wrong."""

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

import lsgan_analytic as lsgan
from lsgan_analytic.stochastic import storage
from lsgan_analytic.stochastic.storage import load, save, to_xarray

FORMATS = (".nc", ".mat")
NAMES = ("cycle", "plateau", "point", "moving", "left_domain", "overflowed")
START = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))


class Weights(eqx.Module):
    """A player with an array, and a parameter that the other player has too."""

    w: Array
    b: Array


WEIGHTED = lsgan.Players(
    disc=Weights(jnp.zeros((2, 2)), jnp.zeros(())), gen=Weights(jnp.zeros(1), jnp.zeros(()))
)


def ensemble(players=START, dtype=jnp.float64, runs=5, names=("b", "h")) -> lsgan.Ensemble:
    """Numbers that a careless format would change; the last run overflowed."""
    rng = np.random.default_rng(7)
    awkward = np.array([-0.0, 5e-324, 0.1, 1e38, -1 / 3])

    def saved(x):
        values = rng.normal(size=(runs, 3, *np.shape(x)))
        values[0, :, ...] = awkward[:3].reshape(3, *[1] * np.ndim(x))
        return jnp.asarray(values, dtype=dtype)

    codes = jnp.asarray([int(getattr(lsgan.Outcome, name)._value) for name in NAMES[-runs:]], dtype=jnp.int32)
    numbers = rng.normal(size=(4, runs))
    numbers[:, -1] = np.nan, np.copysign(np.nan, -1), np.inf, -np.inf
    seen = [jnp.asarray(x.astype(dtype)) for x in numbers]
    return lsgan.Ensemble(
        jax.tree.map(saved, players),
        jnp.asarray([0, 5, 10]),
        jax.tree.map(lambda _: codes, lsgan.Outcome.point),
        lsgan.Evidence(*seen),
        jnp.arange(10, 10 - runs, -1, dtype=jnp.int32),
        names,
    )


def assert_same_bits(one: lsgan.Ensemble, other: lsgan.Ensemble) -> None:
    """Structure (names, classes), dtypes, shapes and bytes."""
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for x, y in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        assert isinstance(y, jax.Array)
        assert (x.dtype, x.shape) == (y.dtype, y.shape)
        assert np.asarray(x).tobytes() == np.asarray(y).tobytes()


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
    six = ensemble(runs=6)
    codes = six.outcome._value
    for name, code, sentence in zip(to_xarray(six).outcome.values, codes, sentences, strict=True):
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
@pytest.mark.parametrize("kept", [0.0, 0.02, 0.3, 0.9, 0.999])
def test_truncated_file(tmp_path, suffix, kept):
    file = tmp_path / f"runs{suffix}"
    save(ensemble(), file)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(
        ValueError, match=f"runs{suffix}: expected a whole ensemble of these players, found: ."
    ) as e:
        load(file, START)
    assert e.value.__cause__ is not None


def test_mat_cut_between_two_variables(tmp_path):
    """What is left is a perfect .mat file."""
    import scipy.io

    file = tmp_path / "runs.mat"
    save(ensemble(), file)
    raw = {key: value for key, value in scipy.io.loadmat(file).items() if not key.startswith("__")}
    last = list(raw)[-1]
    scipy.io.savemat(file, {key: value for key, value in raw.items() if key != last})
    with pytest.raises(ValueError, match=rf"missing variables \['{last}'\]"):
        load(file, START)


@pytest.mark.parametrize("suffix", FORMATS)
def test_foreign_file(tmp_path, suffix):
    import scipy.io
    import xarray

    file = tmp_path / f"runs{suffix}"
    expected = "expected a whole ensemble of these players, found: "
    file.write_text("To whom it may concern. " * 100)
    with pytest.raises(ValueError, match=expected):
        load(file, START)
    other = tmp_path / f"other{FORMATS[suffix == '.nc']}"  # the right content in the wrong format
    save(ensemble(), other)
    other.replace(file)
    with pytest.raises(ValueError, match=expected):
        load(file, START)
    if suffix == ".nc":
        file.unlink()
        xarray.Dataset({"a": ("run", np.arange(3.0))}).to_netcdf(file, engine="h5netcdf")
    else:
        scipy.io.savemat(file, {"a": np.arange(3.0)})
    with pytest.raises(ValueError, match=expected + "schema None instead of 'lsgan_analytic.Ensemble 2'"):
        load(file, START)


def rewritten(file: Path, change) -> None:
    """The .nc file after ``change`` of its dataset."""
    import xarray

    data = change(xarray.load_dataset(file, engine="h5netcdf"))
    data.to_netcdf(file, engine="h5netcdf")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda d: d.assign_attrs(provenance=d.provenance.replace("Ensemble 2", "Ensemble 3")),
            "schema 'lsgan_analytic.Ensemble 3' instead of 'lsgan_analytic.Ensemble 2'",
        ),
        (lambda d: d.drop_vars(["h", "outcome"]), r"missing variables \['h', 'outcome'\]"),
        (lambda d: d.assign(h=d.h.T), r"shapes .*'h': \(3, 5\)"),
        (lambda d: d.assign(outcome=d.outcome.str.upper()), r"unknown names .*'OVERFLOWED'"),
        (lambda d: d.assign_attrs(moved='["b", "z"]'), r"unknown names \['z'\]"),
        (lambda d: d.assign_attrs(moved=7), "JSON"),
    ],
)
def test_altered_file(tmp_path, change, message):
    file = tmp_path / "runs.nc"
    save(ensemble(), file)
    rewritten(file, change)
    with pytest.raises(ValueError, match=f"expected a whole ensemble of these players, found: .*{message}"):
        load(file, START)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.assign(h=d.h + 1e-9),
        lambda d: d.assign(h=d.b, b=d.h),
        lambda d: d.assign(steps_taken=d.steps_taken - 1),
        lambda d: d.assign(outcome=d.outcome[::-1]),
        lambda d: d.assign_attrs(units="units"),
        lambda d: d.assign_attrs(provenance=d.provenance.replace('"user": {}', '"user": {"seed": 3}')),
        lambda d: d.assign_attrs(checksum=d.checksum[::-1]),
        lambda d: d.drop_attrs().assign_attrs({k: v for k, v in d.attrs.items() if k != "checksum"}),
    ],
)
def test_every_change_of_content_is_noticed(tmp_path, change):
    """Each leaves a perfect file of the right names and shapes."""
    file = tmp_path / "runs.nc"
    save(ensemble(), file)
    rewritten(file, change)
    with pytest.raises(ValueError, match="expected a whole ensemble of these players, found: checksum"):
        load(file, START)


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # h5netcdf, closing a half file
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_flipped_bit_is_refused_or_harmless(tmp_path, suffix):
    """Anywhere in the file; where no content changes (unused bytes of the format) it may load, unchanged."""
    file, rng, refused = tmp_path / f"runs{suffix}", np.random.default_rng(3), 0
    save(ensemble(), file)
    whole = file.read_bytes()
    for place, bit in zip(
        rng.integers(0, len(whole), 40).tolist(), rng.integers(0, 8, 40).tolist(), strict=True
    ):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        file.write_bytes(damaged)
        try:
            found = load(file, START)
        except ValueError:
            refused += 1
        else:
            assert_same_bits(ensemble(), found)
    assert refused > 0


@pytest.mark.parametrize("suffix", FORMATS)
def test_files_of_version_1_load_with_a_warning(tmp_path, suffix, monkeypatch):
    """They had no checksum."""
    file = tmp_path / f"runs{suffix}"
    monkeypatch.setattr(storage, "_SCHEMA", "lsgan_analytic.Ensemble 1")
    monkeypatch.setattr(storage, "_checksum", lambda *_: "none")
    save(ensemble(), file)
    monkeypatch.undo()
    with pytest.warns(UserWarning, match="version 1 has no checksum"):
        assert_same_bits(ensemble(), load(file, START))


@pytest.mark.parametrize("suffix", FORMATS)
def test_other_players(tmp_path, suffix):
    class Square(eqx.Module):
        """A generator of the same name with other parameters."""

        k: Array

    class Tanh(eqx.Module):
        """Another discriminator with the same parameters."""

        a: Array
        b: Array

    file = tmp_path / f"runs{suffix}"
    save(ensemble(), file)
    Square.__qualname__ = "Square"
    with pytest.raises(ValueError, match=r"parameters \['a', 'b', 'g', 'h'\] instead of \['a', 'b', 'k'\]"):
        load(file, lsgan.Players(disc=START.disc, gen=Square(jnp.zeros(()))))
    with pytest.raises(ValueError, match=r"players \['Erf', 'Square'\] instead of \['.*Tanh', 'Square'\]"):
        load(file, lsgan.Players(disc=Tanh(*jnp.zeros(2)), gen=START.gen))


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


@pytest.mark.parametrize("suffix", FORMATS)
def test_missing_file_and_folder(tmp_path, suffix):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / f"runs{suffix}", START)
    with pytest.raises(FileNotFoundError):
        save(ensemble(), tmp_path / "nowhere" / f"runs{suffix}")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
def test_old_file_survives(tmp_path, suffix, error, where, monkeypatch):
    file, old = tmp_path / f"runs{suffix}", ensemble()
    save(old, file)

    def fail(*_):
        assert len(list(tmp_path.iterdir())) == 2  # the new file is there, beside the old one
        raise error

    monkeypatch.setattr(where, fail)
    with pytest.raises(type(error)):
        save(ensemble(names=("a",)), file)
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert_same_bits(old, load(file, START))


@pytest.mark.skipif(sys.platform == "win32", reason="no file size limit there")
@pytest.mark.parametrize("suffix", FORMATS)
def test_full_disk(tmp_path, suffix):
    """A real one, of 1 kB: the system refuses to write more (in a process of its own)."""
    file = tmp_path / f"runs{suffix}"
    save(ensemble(), file)
    code = (
        "import resource, sys, jax; jax.config.update('jax_enable_x64', True)\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_storage import ensemble, save\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))\n"
        "try: save(ensemble(names=('a',)), sys.argv[2])\n"
        "except OSError as error: print('refused')\n"
    )
    arguments = [sys.executable, "-c", code, str(Path(__file__).parent), str(file)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "refused" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert_same_bits(ensemble(), load(file, START))


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
