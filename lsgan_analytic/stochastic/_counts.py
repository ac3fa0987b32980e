r"""The random weights of m points drawn on the nodes of a rule.

Up to 512 points are drawn one by one, so that their counts are multinomial. Of more points the count of node
i is drawn from the Poisson law of mean (m + 1) w_i, independently, and divided by the sum S of all counts.
Given S these are the counts of S points, multinomial, so they are those of a sample of random size S, Poisson
with mean m + 1. What this does to the averages A of any functions of mean zero over the sample:

- mean and covariance are those of m points, since E[1/S] = (1/m)(1 + O(1/m^2));
- the third cumulant is E[1/S^2] m^2 = 1 + O(1/m) times that of m points;
- the fourth gains 3 Var(1/S) Cov(A)^2 m^2, which in a distribution function is at most .07/m (by the
  Edgeworth series: 3/m times He_3(x) phi(x)/24 <= .55 x 3/(24 m)).

No average vanishes, or changes its sign, that does not on a sample of S points. A Poisson law is a table of
128 entries. With a mean above 64 it is taken at points an eighth of its standard deviation s apart, up to
7.9 s from the mean, by the smooth function that is the law at the integers: by Poisson's summation formula
all moments are the same to exp(-2 pi^2 8^2), and the tails left out hold less than 1e-11.
"""

import abc
import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float

_SINGLY = 512  # points that are drawn one by one
_ENTRIES = 128  # of a table of a Poisson law
_EXACT = 64  # the largest mean with an entry for every integer
_REACH = 7.9  # standard deviations

Table = Float[np.ndarray, "n entries"]


class AbstractCounts(eqx.Module):
    """The law of the shares of m points that fall on each of n nodes."""

    @abc.abstractmethod
    def shares(self, key: Array) -> Float[Array, " n"]:
        """Random weights >= 0 that sum to 1: counts over their sum."""


class MultinomialCounts(AbstractCounts):
    """Each point is drawn by itself."""

    ends: Float[Array, " n"]  # of the part of [0, 1] that belongs to each node
    samples: int = eqx.field(static=True)

    def shares(self, key: Array) -> Float[Array, " n"]:
        uniform = jax.random.uniform(key, (self.samples,), self.ends.dtype)
        below = jnp.sum(uniform[:, None] < self.ends[None], axis=0).astype(self.ends.dtype)
        return jnp.diff(below, prepend=jnp.zeros((1,), below.dtype)) / self.samples


class PoissonCounts(AbstractCounts):
    """Independent Poisson counts over their sum; counts are in units of m.

    Entry e of the table of a node is drawn by Walker's method: a cell with equal chances, and of the cell
    its own entry, with the chance that is kept for it, or the other entry that shares it.
    """

    least: Float[Array, " n"]
    spacing: Float[Array, " n"]
    kept: Float[Array, " table"]
    other: Float[Array, " table"]

    def shares(self, key: Array) -> Float[Array, " n"]:
        dtype, n = self.least.dtype, self.least.size
        # half a step off the grid of these numbers: chances below it are 0, and not one step
        uniform = jax.random.uniform(key, (n,), dtype) + jnp.finfo(dtype).eps / 2
        cell = (_ENTRIES * uniform).astype(jnp.int32)
        rest = _ENTRIES * uniform - cell.astype(dtype)
        at = cell + _ENTRIES * jnp.arange(n, dtype=jnp.int32)
        kept, other = (table.at[at].get(mode="promise_in_bounds") for table in (self.kept, self.other))
        counts = self.least + self.spacing * jnp.where(rest < kept, cell.astype(dtype), other)
        return counts / jnp.sum(counts)


def counts_of(weights: Float[Array, " n"], samples: int) -> AbstractCounts:
    """The counts of ``samples`` points on nodes of these weights, which need not sum to 1."""
    masses, dtype = np.asarray(weights, float), weights.dtype
    masses = masses / masses.sum()
    if samples <= _SINGLY:
        ends = np.append(np.cumsum(masses)[:-1], np.inf)
        return MultinomialCounts(jnp.asarray(ends, dtype), samples)
    least, spacing, chances = _tables(masses * (samples + 1))
    parts = (least / samples, spacing / samples, *(table.ravel() for table in _shared_cells(chances)))
    return PoissonCounts(*(jnp.asarray(part, dtype) for part in parts))


def _tables(means: Float[np.ndarray, " n"]) -> tuple[np.ndarray, np.ndarray, Table]:
    """(first point, spacing, masses) of Poisson laws."""
    few = means <= _EXACT
    reach = _REACH * np.sqrt(means)
    least = np.where(few, 0, means - reach)
    spacing = np.where(few, 1, 2 * reach / (_ENTRIES - 1))
    logs = np.where(few[:, None], _at_integers(means), _between(means, least, spacing))
    masses = np.exp(logs - logs.max(axis=1, keepdims=True))
    return least, spacing, masses / masses.sum(axis=1, keepdims=True)


def _shared_cells(chances: Table) -> tuple[Table, Table]:
    """Walker's tables of each row: the chance of a cell's own entry, and the other entry."""
    left, rows = chances * _ENTRIES, np.arange(len(chances))
    kept, other = np.ones_like(left), np.tile(np.arange(_ENTRIES, dtype=float), (len(left), 1))
    done = np.zeros(left.shape, bool)
    for _ in range(_ENTRIES - 1):  # the emptiest cell is filled up from the fullest
        low = np.argmin(np.where(done, np.inf, left), axis=1)
        high = np.argmax(np.where(done, -np.inf, left), axis=1)
        kept[rows, low], other[rows, low], done[rows, low] = left[rows, low], high, True
        left[rows, high] -= 1 - left[rows, low]
    return kept, other


def _at_integers(means: Float[np.ndarray, " n"]) -> Table:
    """Logarithms of the masses at 0, 1, ..., up to a constant."""
    k = np.arange(_ENTRIES)
    factorials = np.array([math.lgamma(i + 1) for i in k])
    return k[None] * np.log(np.maximum(means, 1e-300))[:, None] - factorials[None]


def _between(means: np.ndarray, least: np.ndarray, spacing: np.ndarray) -> Table:
    """The same at any points, by Stirling's series, without cancellation (Loader 2000)."""
    safe = np.maximum(means, _EXACT)[:, None]
    at = np.maximum(least[:, None] + spacing[:, None] * np.arange(_ENTRIES)[None], 0.5)
    off = np.where(means[:, None] > _EXACT, at / safe - 1, 0)
    return -safe * ((1 + off) * np.log1p(off) - off) - 0.5 * np.log(at) - 1 / (12 * at) + 1 / (360 * at**3)
