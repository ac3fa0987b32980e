"""Ensembles and summaries as xarray datasets, NetCDF files and .mat files: named arrays in three forms."""

import importlib.metadata
import io
import json
import os
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

from .._files import write_whole
from .._types import Players
from ..outcome import Evidence, Outcome, OUTCOMES
from ..parameters import parameter_names
from ._formats import checksum as _checksum, Content, dataset, file_format, optional, require
from .ensemble import Ensemble
from .node_check import NodeCheck
from .summary import Summary

if TYPE_CHECKING:
    import xarray

_SCHEMA = "lsgan_analytic.Ensemble 2"
_WITHOUT_CHECKSUM = "lsgan_analytic.Ensemble 1"
_SUMMARY = "lsgan_analytic.Summary 1"
_PER_RUN = ("outcome", "steps_taken", *Evidence.__dataclass_fields__)
_VECTORS = ("step", *_PER_RUN)
_STATISTICS = {
    "mean": ("step", "parameter"),
    "covariance": ("step", "parameter", "other"),
    "quantiles": ("step", "level", "parameter"),
    "ends": ("run", "parameter"),
}


def to_xarray(ensemble: Ensemble | Summary, provenance: Mapping[str, Any] | None = None) -> "xarray.Dataset":
    """The ensemble as a dataset with dimensions run (R) and step (T; its coordinate is ``ensemble.steps``).

    Variables: every parameter by its name, (R, T), in its own dtype; per run ``outcome`` (the name of an
    ``Outcome``), ``steps_taken`` and the numbers of the ``Evidence``. Attributes, all strings: ``units``
    ("dimensionless"), ``moved`` (names, JSON), ``provenance`` (JSON: schema, players, parameters,
    versions, x64; "origin": the game, the rule, the key and all other numbers of the simulation, and which
    runs of the ensemble these are; "nodes": their ``NodeCheck``; and, as "user", the argument: any mapping)
    and ``checksum`` (SHA-256 of all names, dtypes, shapes, numbers and attributes).

    A ``Summary`` gives ``mean``, ``covariance``, ``quantiles`` and ``ends`` with dimensions step, level,
    parameter (its coordinate holds the names) and run, and the same of every run and attributes.

    Raises:
        ValueError: a provenance JSON cannot hold, a parameter named as another variable is.
        ImportError: no xarray: ``python -m pip install "lsgan_analytic[io]"``.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> runs = lsgan.simulate(game, lsgan.Simultaneous(step=0.4), players, key=jax.random.key(0),
    ...                       runs=4, samples=100, steps=10, free=("b", "h"), save_every=5)
    >>> data = lsgan.stochastic.storage.to_xarray(runs, provenance={"seed": 0})
    >>> data.b.shape, data.step.values.tolist(), data.outcome.values[0].item(), data.moved
    ((4, 3), [0, 5, 10], 'moving', '["b", "h"]')
    """
    return dataset(optional("xarray"), _flatten(ensemble, provenance))


def save(
    ensemble: Ensemble | Summary, path: str | os.PathLike, provenance: Mapping[str, Any] | None = None
) -> None:
    """Save the ensemble or summary, with all that ``to_xarray`` gives it, as a .nc (NetCDF) or a .mat file.

    It is written beside the old file, which it then replaces: a full disk or an interrupt leaves the old
    one whole. In a .mat file names are made MATLAB's (``disc.b``: disc_b, ``w[0]``: w_0) and ``variables``
    (JSON) maps them back; ``cellstr(outcome)`` are the outcomes; a variable has at most 2 GB.

    Args:
        path: ends in .nc or .mat; ensemble, provenance: as for ``to_xarray``.

    Raises:
        ValueError: another suffix, and as for ``to_xarray``. OSError: no room, no such folder.
        ImportError: no xarray, h5netcdf, h5py (.nc) or scipy (.mat):
            ``python -m pip install "lsgan_analytic[io]"``.
    """
    module, encode, _ = file_format(Path(path))
    data = encode(module, _flatten(ensemble, provenance))  # not to disk: a full one makes HDF5 crash
    write_whole(path, lambda file: file.write(data))


def load(path: str | os.PathLike, players: Players | None = None) -> Ensemble | Summary:
    """The ensemble or summary that ``save`` wrote, bit by bit: ``load("runs.nc", players)``.

    Args:
        path: a .nc or .mat file; players: of an ensemble, a pair of the same kind, its numbers do not
            matter. A summary needs none.

    Raises:
        ValueError: another suffix; a truncated or foreign file, one that does not fit its checksum (damaged,
            or changed by hand), other players, float64 while jax_enable_x64 is off, with what was expected
            and found. OSError: no such file. ImportError: as for ``save``.

    Files of version 1 have no checksum: they load with a UserWarning.
    """
    module, _, decode = file_format(Path(path))
    data = io.BytesIO(Path(path).read_bytes())
    try:
        content = decode(module, data)
        if json.loads(content.attributes.get("provenance", "{}")).get("schema") == _SUMMARY:
            return _restored_summary(content)
        if players is None:
            raise ValueError("an ensemble, which needs players: load(path, players)")
        return _restored_ensemble(content, players)
    except Exception as error:
        raise ValueError(f"{path}: expected a whole ensemble of these players, found: {error}") from error


def _identity(players: Players) -> dict[str, Any]:
    """What a file must share with the players it is loaded for."""
    kinds = [type(players.disc).__qualname__, type(players.gen).__qualname__]
    return {"schema": _SCHEMA, "players": kinds, "parameters": list(parameter_names(players))}


def _flatten(result: Ensemble | Summary, user: Mapping[str, Any] | None) -> Content:
    arrays, dims, facts = _of_ensemble(result) if isinstance(result, Ensemble) else _of_summary(result)
    arrays |= {"step": np.asarray(result.steps), "steps_taken": np.asarray(result.steps_taken)}
    ended = [np.asarray(result.outcome == item) for item in OUTCOMES.values()]
    arrays["outcome"] = np.array(list(OUTCOMES))[np.argmax(ended, axis=0)]
    arrays |= {name: np.asarray(x) for name, x in vars(result.evidence).items()}
    dims |= dict.fromkeys(_PER_RUN, ("run",)) | {"step": ("step",)}
    versions = {name: importlib.metadata.version(name) for name in ("lsgan_analytic", "jax", "numpy")}
    facts |= {"versions": versions, "x64": jax.config.read("jax_enable_x64")}
    if result.origin:
        facts["origin"] = json.loads(result.origin)
    if result.nodes is not None:
        facts["nodes"] = result.nodes.to_plain()
    try:
        provenance = json.dumps(facts | {"user": dict(user or {})}, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(f"provenance: expected a mapping JSON can hold, got {user!r}: {error}") from error
    texts = {"units": "dimensionless", "moved": json.dumps(result.names), "provenance": provenance}
    vectors = [name for name in arrays if len(dims[name]) == 1]
    return Content(arrays, texts | {"checksum": _checksum(arrays, texts, vectors)}, dims)


def _of_ensemble(ensemble: Ensemble) -> tuple[dict, dict, dict]:
    facts = _identity(jax.tree.map(lambda x: x[0, 0], ensemble.players))
    if clash := {"run", *_VECTORS}.intersection(facts["parameters"]):
        raise ValueError(f"players: expected no parameter with the name of another variable, got {clash}")
    leaves = [np.asarray(x) for x in jax.tree.leaves(ensemble.players)]
    columns = [column for x in leaves for column in np.moveaxis(x.reshape(*x.shape[:2], -1), -1, 0)]
    arrays = dict(zip(facts["parameters"], columns, strict=True))
    return arrays, dict.fromkeys(arrays, ("run", "step")), facts


def _of_summary(summary: Summary) -> tuple[dict, dict, dict]:
    arrays = {name: np.asarray(getattr(summary, name)) for name in _STATISTICS}
    arrays |= {"level": np.asarray(summary.levels), "parameter": np.array(summary.names)}
    dims = _STATISTICS | {name: (name,) for name in ("level", "parameter")}
    return arrays, dict(dims), {"schema": _SUMMARY}


def _vectors(arrays: dict[str, np.ndarray], names: Collection[str]) -> dict[str, np.ndarray]:
    require("missing variables", sorted(set(names) - set(arrays)), [])
    return {name: arrays[name].reshape(-1) for name in names}  # MATLAB has no vectors


def _runs(flat: dict[str, np.ndarray]) -> tuple[Outcome, Evidence, jax.Array]:
    """Outcome, evidence and steps taken."""
    ended = np.stack([flat["outcome"] == name for name in OUTCOMES], axis=-1)
    seen = Evidence(*(jnp.asarray(flat[name]) for name in Evidence.__dataclass_fields__))
    return jax.vmap(_outcome)(jnp.asarray(ended)), seen, jnp.asarray(flat["steps_taken"])


def _checked(content: Content, names: Collection[str], vectors: Collection[str], signed: bool = True) -> None:
    """The checksum, and whether float64 can be held."""
    arrays, attributes, _ = content
    if signed:
        require("checksum", attributes.get("checksum"), _checksum(arrays, attributes, vectors))
    wide = [name for name in names if arrays[name].dtype == np.float64]
    if wide and not jax.config.read("jax_enable_x64"):
        raise ValueError(
            f"float64 in {wide} while jax_enable_x64 is off: call "
            'jax.config.update("jax_enable_x64", True) first'
        )


def _origin(facts: dict[str, Any]) -> tuple[NodeCheck | None, str]:
    """The check of nodes, and the origin."""
    nodes = NodeCheck.from_plain(facts["nodes"]) if "nodes" in facts else None
    return nodes, json.dumps(facts["origin"], sort_keys=True) if "origin" in facts else ""


def _restored_ensemble(content: Content, players: Players) -> Ensemble:
    arrays, attributes, _ = content
    moved, facts = (json.loads(attributes.get(name, "{}")) for name in ("moved", "provenance"))
    signed = facts.get("schema") != _WITHOUT_CHECKSUM
    if not signed:
        warnings.warn("a file of version 1 has no checksum: damage would not be noticed", stacklevel=3)
        facts["schema"] = _SCHEMA
    for what, expected in _identity(players).items():
        require(what, facts.get(what), expected)
    names, rest = facts["parameters"], iter(facts["parameters"])
    require("missing variables", sorted({*names, *_VECTORS} - set(arrays)), [])
    flat = _vectors(arrays, _VECTORS)
    shape = flat["outcome"].size, flat["step"].size
    shapes = dict.fromkeys(names, shape) | dict.fromkeys(_PER_RUN, shape[:1])
    require("shapes", {name: (arrays | flat)[name].shape for name in shapes}, shapes)
    require("unknown names", sorted({*moved, *flat["outcome"].tolist()} - {*names, *OUTCOMES}), [])
    _checked(content, (*names, *_PER_RUN), _VECTORS, signed)
    stacks = jax.tree.map(lambda x: np.stack([arrays[next(rest)] for _ in range(np.size(x))], -1), players)
    saved = jax.tree.map(lambda x, stack: jnp.asarray(stack.reshape(*shape, *np.shape(x))), players, stacks)
    return Ensemble(saved, jnp.asarray(flat["step"]), *_runs(flat), tuple(moved), *_origin(facts))


def _restored_summary(content: Content) -> Summary:
    arrays, attributes, _ = content
    facts, vectors = json.loads(attributes["provenance"]), (*_VECTORS, "level", "parameter")
    flat = _vectors(arrays, vectors)
    require("missing variables", sorted(set(_STATISTICS) - set(arrays)), [])
    sizes = {
        "step": "step",
        "level": "level",
        "parameter": "parameter",
        "other": "parameter",
        "run": "outcome",
    }
    shapes = {
        name: tuple(flat[sizes[dim]].size for dim in dims) for name, dims in _STATISTICS.items()
    } | dict.fromkeys(_PER_RUN, (flat["outcome"].size,))
    require("shapes", {name: (arrays | flat)[name].shape for name in shapes}, shapes)
    require("unknown names", sorted(set(flat["outcome"].tolist()) - {*OUTCOMES}), [])
    _checked(content, (*_STATISTICS, *_PER_RUN), vectors)
    statistics = {name: jnp.asarray(arrays[name]) for name in _STATISTICS}
    outcome, seen, taken = _runs(flat)
    nodes, origin = _origin(facts)
    names, levels = (tuple(flat[name].tolist()) for name in ("parameter", "level"))
    rest = {"outcome": outcome, "evidence": seen, "steps_taken": taken, "nodes": nodes, "origin": origin}
    return Summary(**statistics, **rest, steps=jnp.asarray(flat["step"]), levels=levels, names=names)


def _outcome(flags: jax.Array) -> Outcome:
    """The one whose flag is set."""
    outcome = Outcome.moving
    for flag, item in zip(flags, OUTCOMES.values(), strict=True):
        outcome = Outcome.where(flag, item, outcome)
    return outcome
