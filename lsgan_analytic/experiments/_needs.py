"""What the command line needs beyond the package alone, and what it is called."""

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

#: extra -> the modules that it brings and the program imports
_MODULES = {
    "figures": ("matplotlib", "PIL", "optax", "diffrax", "flint"),
    "io": ("xarray", "h5netcdf", "h5py", "scipy"),
}


def program() -> str:
    """What the command line calls this program: ``lsgan`` where a package is installed."""
    return "lsgan" if Path(sys.argv[0]).stem == "lsgan" else "python -m experiments"


def missing(extras: Sequence[str]) -> str | None:
    """What to install for these extras, as a command that any shell takes; None: everything is there."""
    lacking = {
        extra: [name for name in _MODULES[extra] if importlib.util.find_spec(name) is None]
        for extra in extras
    }
    modules = [name for names in lacking.values() for name in names]
    if not modules:
        return None
    wanted = ",".join(extra for extra, names in lacking.items() if names)
    return f'{", ".join(modules)} missing: python -m pip install "lsgan_analytic[{wanted}]"'
