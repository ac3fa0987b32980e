"""Saved ensembles: nothing is lost or misread when something goes wrong."""

import subprocess
import sys
from pathlib import Path

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array
from saved_ensembles import assert_same_bits, ensemble, FORMATS, START

import lsgan_analytic as lsgan
from lsgan_analytic.stochastic import storage
from lsgan_analytic.stochastic.storage import load, save


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
        "from saved_ensembles import ensemble\n"
        "from lsgan_analytic.stochastic.storage import save\n"
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
