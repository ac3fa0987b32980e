"""Many runs."""

from typing import Generic, TYPE_CHECKING

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Bool, Float, Int

from .._types import Disc, FloatLike, Gen, Players
from ..outcome import Evidence, Outcome, OUTCOMES
from ..parameters import indices
from .node_check import NodeCheck

if TYPE_CHECKING:
    import os

    import xarray


def ending(outcome: Outcome) -> str:
    """How many runs ended how."""
    counts = {name: int(jnp.sum(outcome == item)) for name, item in OUTCOMES.items()}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


class Ensemble(eqx.Module, Generic[Disc, Gen]):
    """R runs from one start, saved at T points each.

    Attributes:
        players: the parameters, each with leading axes (R, T).
        steps: (T,), the steps after which they were saved; 0 is the start.
        outcome: per run, an ``Outcome``; evidence: the numbers behind it.
        steps_taken: (R,), the number of valid steps; a stopped run stays at its last valid point.
        names: the parameters that moved, the order of the last axis below.
        nodes: of an ensemble on nodes, how far these are from the laws; None of one on points.
        origin: the game, the rule, the key and all other numbers of the simulation, and which of its runs
            these are (JSON); "" where it is not known.
    """

    players: Players[Disc, Gen]
    steps: Int[Array, " T"]
    outcome: Outcome
    evidence: Evidence
    steps_taken: Int[Array, " R"]
    names: tuple[str, ...] = eqx.field(static=True)
    nodes: NodeCheck | None = None
    origin: str = eqx.field(static=True, default="", repr=False)

    @property
    def values(self) -> Float[Array, "R T k"]:
        """The parameters that moved."""
        leaves = [x.reshape(*x.shape[:2], -1) for x in jax.tree.leaves(self.players)]
        one = jax.tree.map(lambda x: x[0, 0], self.players)
        return jnp.concatenate(leaves, axis=-1)[..., np.asarray(indices(one, self.names))]

    @property
    def completed(self) -> Bool[Array, " R"]:
        """Which runs took all their steps: the others stand still at their last valid point."""
        return (self.outcome != Outcome.left_domain) & (self.outcome != Outcome.overflowed)

    @property
    def mean(self) -> Float[Array, "T k"]:
        """Mean over all runs."""
        return self.values.mean(axis=0)

    @property
    def std(self) -> Float[Array, "T k"]:
        """Standard deviation over all runs (divisor R - 1)."""
        return self.values.std(axis=0, ddof=1)

    @property
    def covariance(self) -> Float[Array, "T k k"]:
        """Covariance over all runs (divisor R - 1)."""
        centred = self.values - self.mean[None]
        return jnp.einsum("rti,rtj->tij", centred, centred) / (centred.shape[0] - 1)

    def to_xarray(self, provenance: dict | None = None) -> "xarray.Dataset":
        """An xarray data set with dimensions run and step; see ``storage.to_xarray`` (extra ``io``)."""
        from .storage import to_xarray  # heavy, and it imports this module

        return to_xarray(self, provenance)

    def save(self, path: "str | os.PathLike[str]", provenance: dict | None = None) -> None:
        """Write NetCDF (.nc) or MATLAB (.mat); see ``storage.save`` (extra ``io``)."""
        from .storage import save

        save(self, path, provenance)

    def __repr__(self) -> str:
        """The sizes and how the runs ended: the arrays are long."""
        runs, points, _ = self.values.shape
        return f"Ensemble({runs} runs, {points} points, moving {self.names}: {ending(self.outcome)})"

    def quantile(self, q: FloatLike) -> Float[Array, "... T k"]:
        """Quantiles over all runs."""
        return jnp.quantile(self.values, jnp.asarray(q), axis=0)
