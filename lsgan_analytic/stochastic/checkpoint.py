"""Checkpoints: what is needed to go on with a simulation bit for bit."""

import hashlib
import json
import os
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import Any

import equinox as eqx
import jax
import numpy as np

Arrays = dict[str, np.ndarray]


def describe(tree: Any) -> str:
    """A readable form of a pytree, with a digest of its exact numbers."""
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]
    digest = hashlib.sha256(b"".join(leaf.tobytes() for leaf in leaves)).hexdigest()[:16]
    return f"{eqx.tree_pformat(tree)} #{digest}"


def write(path: Path, config: dict[str, str], arrays: Arrays) -> None:
    """Write through a temporary file; on failure warn and leave the last good checkpoint as it is."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            temporary = Path(file.name)
        try:
            with temporary.open("wb") as file:
                np.savez(file, **{"config": np.asarray(json.dumps(config)), **arrays})  # pyright: ignore
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        warnings.warn(f"checkpoint {path.name} was not written, the last one stays: {error}", stacklevel=2)


def read(path: str | os.PathLike, config: dict[str, str]) -> Arrays:
    """The arrays of a checkpoint of this very simulation; ValueError for any other, naming the difference."""
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = dict(archive)
        found = json.loads(str(arrays.pop("config")))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"resume: {Path(path).name} is not a whole checkpoint ({error})") from error
    for name, value in config.items():
        if found.get(name) != value:
            raise ValueError(
                f"resume: the checkpoint is of another simulation: {name} is {found.get(name)} there and "
                f"{value} here"
            )
    return arrays
