"""What is kept of a simulation while it goes: whole paths, or statistics over the runs."""

import abc
import dataclasses
from collections.abc import Sequence
from typing import Any, TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from .._types import Players
from ..outcome import Evidence, Outcome
from .ensemble import ending
from .node_check import NodeCheck

if TYPE_CHECKING:
    import os

    import xarray


class Summary(eqx.Module):
    """Statistics over R runs at T saved points of the k parameters that moved; the paths are gone.

    Attributes:
        mean: (T, k); covariance: (T, k, k), divisor R - 1, NaN of a single run.
        quantiles: (T, q, k), those of ``levels``.
        ends: (R, k), where each run was at the end.
        steps: (T,), the steps after which the points were saved; 0 is the start.
        outcome, evidence, steps_taken: per run, as of an ``Ensemble``. Runs that stopped early count with
            their last valid point.
        levels: of the quantiles. names: the parameters, in order. nodes, origin: as of an ``Ensemble``.
    """

    mean: Float[Array, "T k"]
    covariance: Float[Array, "T k k"]
    quantiles: Float[Array, "T q k"]
    ends: Float[Array, "R k"]
    steps: Int[Array, " T"]
    outcome: Outcome
    evidence: Evidence
    steps_taken: Int[Array, " R"]
    levels: tuple[float, ...] = eqx.field(static=True)
    names: tuple[str, ...] = eqx.field(static=True)
    nodes: NodeCheck | None = None
    origin: str = eqx.field(static=True, default="", repr=False)

    @property
    def std(self) -> Float[Array, "T k"]:
        """Standard deviation over the runs (divisor R - 1)."""
        return jnp.sqrt(jnp.diagonal(self.covariance, axis1=-2, axis2=-1))

    def to_xarray(self, provenance: dict | None = None) -> "xarray.Dataset":
        """An xarray data set with dimensions step, parameter, run; see ``storage.to_xarray``."""
        from .storage import to_xarray  # heavy, and it imports this module

        return to_xarray(self, provenance)

    def save(self, path: "str | os.PathLike[str]", provenance: dict | None = None) -> None:
        """Write NetCDF (.nc) or MATLAB (.mat); see ``storage.save`` (extra ``io``)."""
        from .storage import save

        save(self, path, provenance)

    def __repr__(self) -> str:
        """The sizes and how the runs ended: the arrays are long."""
        sizes = f"{len(self.ends)} runs, {len(self.steps)} points, moving {self.names}"
        return f"Summary({sizes}: {ending(self.outcome)})"


class AbstractReducer(abc.ABC):
    """Takes the players of every chunk, all runs and some points of time, and makes of them what stays."""

    axis: int  # of time, in what is taken

    @abc.abstractmethod
    def take(self, players: Players) -> Any:
        """What is kept of one chunk; ``players`` lead with axes (run, time)."""


@dataclasses.dataclass(frozen=True)
class WholePaths(AbstractReducer):
    """Everything."""

    axis = 1

    def take(self, players: Players) -> Players:
        return players


@dataclasses.dataclass(frozen=True)
class Statistics(AbstractReducer):
    """Mean, covariance and quantiles over the runs; exact, because all runs of a chunk are at hand."""

    axis = 0
    positions: tuple[int, ...]
    levels: tuple[float, ...]

    def take(self, players: Players) -> tuple[np.ndarray, ...]:
        leaves = [np.reshape(x, (*x.shape[:2], -1)) for x in jax.tree.leaves(players)]
        values = np.concatenate(leaves, axis=-1)[..., list(self.positions)]
        mean = values.mean(axis=0)
        centred = values - mean
        sums = np.einsum("rti,rtj->tij", centred, centred)
        # one run says nothing of how runs differ
        covariance = sums / (len(values) - 1) if len(values) > 1 else np.full_like(sums, np.nan)
        return mean, covariance, np.moveaxis(np.quantile(values, self.levels, axis=0), 0, 1)


def checked_levels(quantiles: Sequence[float]) -> tuple[float, ...]:
    """Levels of quantiles, each in [0, 1]."""
    numbers = np.ndim(quantiles) == 1 and np.asarray(quantiles).dtype.kind in "fiu"
    if not numbers or not all(0 <= q <= 1 for q in quantiles):
        raise ValueError(f"quantiles: expected a sequence of levels in [0, 1], got {quantiles!r}")
    return tuple(float(q) for q in quantiles)
