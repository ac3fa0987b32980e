"""The functions of a page beside JAX's, when it is built and again where it is opened."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from .compare import by_jax, differences, evaluated_by_node, node, TOLERANCE
from .translate import Script, Traced

_CARRIED = 1  # points of a program that are in the page: digits do not compress
_CHECKED = ("cost", "look", "step", "fold")  # the functions that carry them


class Comparison:
    """Translated functions and where they are compared; those of one text are compiled by JAX once."""

    def __init__(self, script: Script, functions: Mapping[str, Traced], inputs: Mapping[str, list[tuple]]):
        self.script, self.functions, self.inputs = script, functions, inputs
        self._compiled: dict[tuple[str, tuple], Any] = {}
        self._values: dict[str, list[list[np.ndarray]]] = {}

    def differences(self) -> dict[str, float]:
        """The largest relative difference of every function from JAX; ValueError above the tolerance.

        Without node a UserWarning, and nothing.
        """
        if node() is None:
            warnings.warn(
                "the page was not compared with JAX: that needs Node.js on this machine. The page compares "
                "itself with a few values where it is opened",
                stacklevel=4,
            )
            return {}
        ours, found = evaluated_by_node(self.script, self.inputs), {}
        for name, rows in self.inputs.items():
            self._values[name] = self._by_jax(name, rows)
            off = differences(ours[name], self._values[name])
            found[name] = float(off.max())
            if not found[name] <= TOLERANCE:
                worst = int(np.argmax(off))
                raise ValueError(
                    f"game: expected JavaScript and JAX to agree within {TOLERANCE:g}; {name} differs by "
                    f"{off[worst]:.2g} at {[np.asarray(x).tolist() for x in rows[worst]]}"[:2000]
                )
        return found

    def _by_jax(self, name: str, rows: list[tuple]) -> list[list[np.ndarray]]:
        shapes = tuple(np.shape(x) for x in rows[0])  # equal programs may leave other arguments unread
        program = self.script.mains[name], shapes
        if program not in self._compiled:
            self._compiled[program] = by_jax(self.functions[name])
        return self._compiled[program](rows)

    def carried(self) -> list[dict[str, Any]]:
        """A few inputs and JAX's values, for the page to compare itself with; each program once."""
        names = {
            self.script.mains[name]: name for name in reversed([*self.inputs]) if _kind(name) in _CHECKED
        }
        every = []
        for name in sorted(names.values()):
            few = self.inputs[name][:_CARRIED]
            values = (self._values.get(name) or self._by_jax(name, few))[:_CARRIED]
            every.append(
                {
                    "name": name,
                    "given": [[_written(x) for x in row] for row in few],
                    "values": [[v.tolist() for v in row] for row in values],
                }
            )
        return every


def _kind(name: str) -> str:
    return name.rsplit(".", 1)[1]


def _written(x: Any) -> list[Any]:
    """The kind of array that it is, and its entries."""
    x = np.asarray(x)
    return ["" if not x.ndim else x.dtype.kind, x.tolist()]
