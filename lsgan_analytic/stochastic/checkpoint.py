"""Checkpoints: what is needed to go on with a simulation bit for bit."""

import os
import warnings
import zipfile
from pathlib import Path

import numpy as np

from .._describe import Description
from .._files import write_whole

Arrays = dict[str, np.ndarray]
_FORMAT = "lsgan_analytic.checkpoint 2"


def write(path: Path, description: Description, arrays: Arrays) -> None:
    """Replace the checkpoint; on failure warn and leave the last good one as it is."""
    texts = {"format": np.asarray(_FORMAT), "description": np.asarray(description.to_json())}
    try:
        write_whole(path, lambda file: np.savez(file, **texts, **arrays))  # pyright: ignore
    except OSError as error:
        warnings.warn(f"checkpoint {path.name} was not written, the last one stays: {error}", stacklevel=2)


def read(path: str | os.PathLike, description: Description) -> Arrays:
    """The arrays of a checkpoint of this very simulation; ValueError for any other, naming the difference.

    Nothing in the file is run: pickles are refused.
    """
    name = Path(path).name
    try:
        arrays = _arrays(Path(path))
        found = str(arrays.pop("format", "of another kind"))
        if found != _FORMAT:
            raise ValueError(f"expected {_FORMAT!r}, found {found!r}")
        there = Description.from_json(str(arrays.pop("description", "")))
    except FileNotFoundError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"resume: {name} is not a whole checkpoint of this version ({error})") from error
    if difference := there.difference(description, "checkpoint"):
        raise ValueError(f"resume: the checkpoint is of another simulation: {difference}")
    return arrays


def _arrays(path: Path) -> Arrays:
    """What is in an .npz file."""
    with path.open("rb") as file:
        loaded = np.load(file, allow_pickle=False)
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            raise ValueError(f"expected an .npz file, found one array of shape {np.shape(loaded)}")
        with loaded as archive:
            return dict(archive)
