"""Ensembles as xarray datasets, NetCDF files and .mat files: one set of named arrays in three dresses."""

import hashlib
import importlib.metadata
import io
import json
import os
import re
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

from .._files import write_whole
from .._types import Players
from ..outcome import Evidence, Outcome, OUTCOMES
from ..parameters import parameter_names
from .ensemble import Ensemble

if TYPE_CHECKING:
    import xarray

Content = tuple[dict[str, np.ndarray], dict[str, str]]  # arrays (run, step), (run,), (step,); attributes
_SCHEMA = "lsgan_analytic.Ensemble 2"
_WITHOUT_CHECKSUM = "lsgan_analytic.Ensemble 1"
_ATTRIBUTES = ("units", "moved", "provenance", "checksum")
_PER_RUN = ("outcome", "steps_taken", *Evidence.__dataclass_fields__)


def to_xarray(ensemble: Ensemble, provenance: Mapping[str, Any] | None = None) -> "xarray.Dataset":
    """The ensemble as a dataset with dimensions run (R) and step (T; its coordinate is ``ensemble.steps``).

    Variables: every parameter by its name, (R, T), in its own dtype; per run ``outcome`` (the name of an
    ``Outcome``), ``steps_taken`` and the numbers of the ``Evidence``. Attributes, all strings: ``units``
    ("dimensionless"), ``moved`` (names, JSON), ``provenance`` (JSON: schema, players, parameters,
    versions, x64 and, as "user", the argument: a mapping such as configuration and seed) and ``checksum``
    (SHA-256 of all names, dtypes, shapes, numbers and attributes).

    Raises:
        ValueError: a provenance JSON cannot hold, a parameter named as another variable is.
        ImportError: no xarray: ``pip install lsgan_analytic[io]``.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> runs = lsgan.simulate(game, lsgan.Simultaneous(step=0.4), players, key=jax.random.key(0),
    ...                       runs=4, samples=100, steps=10, free=("b", "h"), save_every=5)
    >>> data = lsgan.stochastic.storage.to_xarray(runs, provenance={"seed": 0})
    >>> data.b.shape, data.step.values.tolist(), data.outcome.values[0].item(), data.moved
    ((4, 3), [0, 5, 10], 'moving', '["b", "h"]')
    """
    return _dataset(_optional("xarray"), _flatten(ensemble, provenance))


def save(ensemble: Ensemble, path: str | os.PathLike, provenance: Mapping[str, Any] | None = None) -> None:
    """Save the ensemble, with all that ``to_xarray`` gives it, as a .nc (NetCDF) or a .mat file.

    It is written beside the old file, which it then replaces: a full disk or an interrupt leaves the old
    one whole. In a .mat file names are made MATLAB's (``disc.b``: disc_b, ``w[0]``: w_0) and ``variables``
    (JSON) maps them back; ``cellstr(outcome)`` are the outcomes; a variable has at most 2 GB.

    Args:
        path: ends in .nc or .mat; ensemble, provenance: as for ``to_xarray``.

    Raises:
        ValueError: another suffix, and as for ``to_xarray``. OSError: no room, no such folder.
        ImportError: no xarray, h5netcdf, h5py (.nc) or scipy (.mat): ``pip install lsgan_analytic[io]``.
    """
    module, encode, _ = _format(Path(path))
    data = encode(module, _flatten(ensemble, provenance))  # not to disk: a full one makes HDF5 crash
    write_whole(path, lambda file: file.write(data))


def load(path: str | os.PathLike, players: Players) -> Ensemble:
    """The ensemble that ``save`` wrote, bit by bit: ``load("runs.nc", players)``.

    Args:
        path: a .nc or .mat file; players: a pair of the same kind, its numbers do not matter.

    Raises:
        ValueError: another suffix; a truncated or foreign file, one that does not fit its checksum (damaged,
            or changed by hand), other players, float64 while jax_enable_x64 is off, with what was expected
            and found. OSError: no such file. ImportError: as for ``save``.

    Files of version 1 have no checksum: they load with a UserWarning.
    """
    module, _, decode = _format(Path(path))
    data = io.BytesIO(Path(path).read_bytes())
    try:
        return _restore(decode(module, data), players)
    except Exception as error:
        raise ValueError(f"{path}: expected a whole ensemble of these players, found: {error}") from error


def _identity(players: Players) -> dict[str, Any]:
    """What a file must share with the players it is loaded for."""
    kinds = [type(players.disc).__qualname__, type(players.gen).__qualname__]
    return {"schema": _SCHEMA, "players": kinds, "parameters": list(parameter_names(players))}


def _flatten(ensemble: Ensemble, user: Mapping[str, Any] | None) -> Content:
    facts = _identity(jax.tree.map(lambda x: x[0, 0], ensemble.players))
    if clash := {"run", "step", *_PER_RUN}.intersection(facts["parameters"]):
        raise ValueError(f"players: expected no parameter with the name of another variable, got {clash}")
    leaves = [np.asarray(x) for x in jax.tree.leaves(ensemble.players)]
    columns = [column for x in leaves for column in np.moveaxis(x.reshape(*x.shape[:2], -1), -1, 0)]
    arrays = dict(zip(facts["parameters"], columns, strict=True))
    arrays |= {"step": np.asarray(ensemble.steps), "steps_taken": np.asarray(ensemble.steps_taken)}
    ended = [np.asarray(ensemble.outcome == item) for item in OUTCOMES.values()]
    arrays["outcome"] = np.array(list(OUTCOMES))[np.argmax(ended, axis=0)]
    arrays |= {name: np.asarray(x) for name, x in vars(ensemble.evidence).items()}
    versions = {name: importlib.metadata.version(name) for name in ("lsgan_analytic", "jax", "numpy")}
    facts |= {"versions": versions, "x64": jax.config.read("jax_enable_x64")}
    try:
        provenance = json.dumps(facts | {"user": dict(user or {})}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"provenance: expected a mapping JSON can hold, got {user!r}: {error}") from error
    facts = {"units": "dimensionless", "moved": json.dumps(ensemble.names), "provenance": provenance}
    return arrays, facts | {"checksum": _checksum(arrays, facts)}


def _checksum(arrays: dict[str, np.ndarray], attributes: dict[str, str]) -> str:
    """SHA-256 of everything, the same in every format: MATLAB has no vectors and fills up its strings."""
    found = hashlib.sha256(json.dumps([attributes[name] for name in _ATTRIBUTES[:-1]]).encode())
    for name in sorted(arrays):
        array = arrays[name]
        if array.dtype.kind in "UO":
            parts = [name, "text", *map(str, array.reshape(-1).tolist())]
            found.update(json.dumps(parts).encode())
            continue
        shape = array.shape if name not in ("step", *_PER_RUN) else (array.size,)
        found.update(json.dumps([name, array.dtype.newbyteorder("<").str, shape]).encode())
        found.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()


def _restore(content: Content, players: Players) -> Ensemble:
    arrays, attributes = content
    moved, facts = (json.loads(attributes.get(name, "{}")) for name in ("moved", "provenance"))
    checked = facts.get("schema") != _WITHOUT_CHECKSUM
    if not checked:
        warnings.warn("a file of version 1 has no checksum: damage would not be noticed", stacklevel=3)
        facts["schema"] = _SCHEMA
    for what, expected in _identity(players).items():
        _require(what, facts.get(what), expected)
    names, rest = facts["parameters"], iter(facts["parameters"])
    _require("missing variables", sorted({*names, "step", *_PER_RUN} - set(arrays)), [])
    flat = {name: arrays[name].reshape(-1) for name in ("step", *_PER_RUN)}  # MATLAB has no vectors
    shape = flat["outcome"].size, flat["step"].size
    shapes = dict.fromkeys(names, shape) | dict.fromkeys(_PER_RUN, shape[:1])
    _require("shapes", {name: (arrays | flat)[name].shape for name in shapes}, shapes)
    _require("unknown names", sorted({*moved, *flat["outcome"].tolist()} - {*names, *OUTCOMES}), [])
    wide = [name for name in (*names, *_PER_RUN) if arrays[name].dtype == np.float64]
    if checked:
        _require("checksum", attributes.get("checksum"), _checksum(arrays, attributes))
    _require("jax_enable_x64 off and float64 in", [] if jax.config.read("jax_enable_x64") else wide, [])
    stacks = jax.tree.map(lambda x: np.stack([arrays[next(rest)] for _ in range(np.size(x))], -1), players)
    saved = jax.tree.map(lambda x, stack: jnp.asarray(stack.reshape(*shape, *np.shape(x))), players, stacks)
    ended = flat.pop("outcome")
    outcome = jax.vmap(_outcome)(jnp.asarray(np.stack([ended == name for name in OUTCOMES], axis=-1)))
    steps, taken, *seen = (jnp.asarray(x) for x in flat.values())
    return Ensemble(saved, steps, outcome, Evidence(*seen), taken, tuple(moved))


def _outcome(flags: jax.Array) -> Outcome:
    """The one whose flag is set."""
    outcome = Outcome.moving
    for flag, item in zip(flags, OUTCOMES.values(), strict=True):
        outcome = Outcome.where(flag, item, outcome)
    return outcome


def _require(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise ValueError(f"{what} {found!r} instead of {expected!r}")


def _dataset(xarray: Any, content: Content) -> "xarray.Dataset":
    data = {name: (("run", "step")[: x.ndim], x) for name, x in content[0].items() if name != "step"}
    return xarray.Dataset(data, {"step": content[0]["step"]}, content[1])


def _to_nc(xarray: Any, content: Content) -> memoryview:
    return _dataset(xarray, content).to_netcdf(engine="h5netcdf")


def _from_nc(xarray: Any, file: io.BytesIO) -> Content:
    data = xarray.load_dataset(file, engine="h5netcdf", mask_and_scale=False)  # every NaN as it is
    return {name: x.values for name, x in data.variables.items()}, data.attrs


def _to_mat(scipy_io: Any, content: Content) -> memoryview:
    (arrays, attributes), names, file = content, {}, io.BytesIO()
    for name in arrays:
        safe = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")[:50]
        while safe in {"", "variables", *attributes, *names} or not safe[0].isalpha():
            safe = f"v_{safe}"
        names[safe] = name
    data = attributes | {"variables": json.dumps(names)} | {safe: arrays[n] for safe, n in names.items()}
    scipy_io.savemat(file, data, oned_as="column")
    file.getbuffer()[:116] = b"MATLAB 5.0 MAT-file".ljust(116)  # scipy's has the time in it
    return file.getbuffer()


def _from_mat(scipy_io: Any, file: io.BytesIO) -> Content:
    raw = scipy_io.loadmat(file)
    attributes = {name: raw[name].item() for name in (*_ATTRIBUTES, "variables") if name in raw}
    names = json.loads(attributes.get("variables", "{}"))
    arrays = {name: raw[safe] for safe, name in names.items() if safe in raw}
    return {n: np.strings.rstrip(x) if x.dtype.kind == "U" else x for n, x in arrays.items()}, attributes


_FORMATS = {".nc": ("h5py h5netcdf xarray", _to_nc, _from_nc), ".mat": ("scipy.io", _to_mat, _from_mat)}


def _format(path: Path) -> tuple[Any, Callable[..., memoryview], Callable[..., Content]]:
    if path.suffix not in _FORMATS:
        raise ValueError(f"path: expected a name ending in {' or '.join(_FORMATS)}, got {path.name!r}")
    modules, encode, decode = _FORMATS[path.suffix]
    return _optional(modules), encode, decode


def _optional(modules: str) -> Any:
    try:
        return [importlib.import_module(name) for name in modules.split()][-1]
    except ImportError as error:
        raise ImportError(f"{modules} needed: pip install lsgan_analytic[io]") from error
