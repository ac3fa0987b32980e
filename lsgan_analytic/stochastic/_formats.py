"""NetCDF and .mat: one set of named arrays in two kinds of file."""

import hashlib
import importlib
import io
import json
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, NamedTuple, TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import xarray

ATTRIBUTES = ("units", "moved", "provenance", "checksum")


class Content(NamedTuple):
    """Arrays and attributes by name; ``dims`` of the arrays, which are not known of a file that is read."""

    arrays: dict[str, np.ndarray]
    attributes: dict[str, str]
    dims: dict[str, tuple[str, ...]]


def checksum(arrays: dict[str, np.ndarray], attributes: dict[str, str], vectors: Collection[str]) -> str:
    """SHA-256 of everything, the same in every format: MATLAB has no vectors and fills up its strings."""
    found = hashlib.sha256(json.dumps([attributes[name] for name in ATTRIBUTES[:-1]]).encode())
    for name in sorted(arrays):
        array = arrays[name]
        if array.dtype.kind in "UO":
            parts = [name, "text", *map(str, array.reshape(-1).tolist())]
            found.update(json.dumps(parts).encode())
            continue
        shape = (array.size,) if name in vectors else array.shape
        found.update(json.dumps([name, array.dtype.newbyteorder("<").str, shape]).encode())
        found.update(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes())
    return found.hexdigest()


def require(what: str, found: object, expected: object) -> None:
    """ValueError unless these are equal."""
    if found != expected:
        raise ValueError(f"{what} {found!r} instead of {expected!r}")


def dataset(xarray: Any, content: Content) -> "xarray.Dataset":
    """As an xarray data set; an array named as its one dimension is a coordinate."""
    data = {name: (content.dims[name], x) for name, x in content.arrays.items()}
    coordinates = {name: data.pop(name) for name in list(data) if content.dims[name] == (name,)}
    return xarray.Dataset(data, coordinates, content.attributes)


def _to_nc(xarray: Any, content: Content) -> memoryview:
    return dataset(xarray, content).to_netcdf(engine="h5netcdf")


def _from_nc(xarray: Any, file: io.BytesIO) -> Content:
    data = xarray.load_dataset(file, engine="h5netcdf", mask_and_scale=False)  # every NaN as it is
    return Content({name: x.values for name, x in data.variables.items()}, data.attrs, {})


def _to_mat(scipy_io: Any, content: Content) -> memoryview:
    (arrays, attributes, _), names, file = content, {}, io.BytesIO()
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
    attributes = {name: raw[name].item() for name in (*ATTRIBUTES, "variables") if name in raw}
    names = json.loads(attributes.get("variables", "{}"))
    arrays = {name: raw[safe] for safe, name in names.items() if safe in raw}
    plain = {n: np.strings.rstrip(x) if x.dtype.kind == "U" else x for n, x in arrays.items()}
    return Content(plain, attributes, {})


_FORMATS = {".nc": ("h5py h5netcdf xarray", _to_nc, _from_nc), ".mat": ("scipy.io", _to_mat, _from_mat)}


def file_format(path: Path) -> tuple[Any, Callable[..., memoryview], Callable[..., Content]]:
    """(module, encode, decode) for the name of this file."""
    if path.suffix not in _FORMATS:
        raise ValueError(f"path: expected a name ending in {' or '.join(_FORMATS)}, got {path.name!r}")
    modules, encode, decode = _FORMATS[path.suffix]
    return optional(modules), encode, decode


def optional(modules: str) -> Any:
    """The last of these modules; ImportError, saying what to install, where one is missing."""
    try:
        return [importlib.import_module(name) for name in modules.split()][-1]
    except ImportError as error:
        raise ImportError(f'{modules} needed: python -m pip install "lsgan_analytic[io]"') from error
