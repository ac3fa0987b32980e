"""Parts of an ensemble, made one."""

from collections.abc import Sequence
from typing import TypeVar

import jax
import jax.numpy as jnp
import numpy as np

from .ensemble import Ensemble
from .origin import checked_parts, joined_origin
from .summary import Summary

Runs = TypeVar("Runs", Ensemble, Summary)


def concat(parts: Sequence[Runs]) -> Runs:
    r"""The ensemble whose parts these are, made by ``simulate(..., first_run=)`` one by one.

    Of ensembles this is the ensemble of all runs, with the bits that ``simulate`` gave. Of summaries with
    R_i runs, means m_i, covariances C_i and R = sum_i R_i,

        m = sum_i R_i m_i / R,   (R - 1) C = sum_i [(R_i - 1) C_i + R_i (m_i - m)(m_i - m)^T],

    which are mean and covariance of all runs, up to rounding. Quantiles are sum_i R_i q_i / R: each part has
    estimated the same quantile from its own runs. This is not the quantile of all runs, which needs the runs,
    but estimates the same number with about the same standard error; its bias is that of R_i runs, O(1/R_i).

    Args:
        parts: at least one ``Ensemble``, or at least one ``Summary``, in any order: the first run of one is
            the next after the last run of another.

    Raises:
        ValueError: runs that are in two parts, or in none though later ones are in one; parts of different
            games, rules, keys, samples or versions, naming the difference; what is no result of a
            simulation.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Normal(1.0), lsgan.Normal(), lsgan.Wasserstein())
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=0.5))
    >>> def part(first_run, runs):
    ...     return lsgan.simulate(game, lsgan.Simultaneous(step=0.1), players, key=jax.random.key(0), steps=4,
    ...                           samples=10, runs=runs, first_run=first_run)
    >>> both = lsgan.concat([part(0, 30), part(30, 10)])
    >>> bool((both.values == part(0, 40).values).all())
    True
    """
    parts = list(parts)
    kinds = {type(part) for part in parts}
    if len(kinds) != 1 or not kinds <= {Ensemble, Summary}:
        named = [type(part).__name__ for part in parts]
        raise ValueError(f"parts: expected ensembles, or summaries, at least one, got {named}")
    order = checked_parts([part.origin for part in parts])
    ordered = [parts[i] for i in order]
    if kinds == {Ensemble}:
        return _ensemble(ordered)  # pyright: ignore
    return _summary(ordered)  # pyright: ignore


def _per_run(parts: Sequence[Runs]) -> tuple:
    """Outcome, evidence and steps taken of all runs."""
    own = [(part.outcome, part.evidence, part.steps_taken) for part in parts]
    return jax.tree.map(lambda *each: jnp.concatenate(each), *own)


def _ensemble(parts: list[Ensemble]) -> Ensemble:
    players = jax.tree.map(lambda *each: jnp.concatenate(each), *(part.players for part in parts))
    first, origin = parts[0], joined_origin([part.origin for part in parts])
    outcome, seen, taken = _per_run(parts)
    return Ensemble(players, first.steps, outcome, seen, taken, first.names, first.nodes, origin)


def _summary(parts: list[Summary]) -> Summary:
    levels = {part.levels for part in parts}
    if len(levels) > 1:
        raise ValueError(f"parts: expected quantiles of the same levels, got {sorted(levels)}")
    sizes = np.array([len(part.ends) for part in parts], float)
    dtype, total = np.asarray(parts[0].mean).dtype, sizes.sum()

    def average(values: list[np.ndarray]) -> np.ndarray:
        weighted = [size * value for size, value in zip(sizes / total, values, strict=True)]
        return np.sum(weighted, axis=0)

    means = [np.asarray(part.mean, float) for part in parts]
    mean = average(means)
    sums = np.zeros_like(np.asarray(parts[0].covariance, float))
    for part, size, own in zip(parts, sizes, means, strict=True):
        off = own - mean
        inside = (size - 1) * np.asarray(part.covariance, float) if size > 1 else 0  # NaN of a single run
        sums = sums + inside + size * off[:, :, None] * off[:, None]
    covariance = sums / (total - 1) if total > 1 else np.full_like(sums, np.nan)
    quantiles = average([np.asarray(part.quantiles, float) for part in parts])
    kept = [jnp.asarray(x, dtype) for x in (mean, covariance, quantiles)]
    ends = jnp.concatenate([part.ends for part in parts])
    origin = joined_origin([part.origin for part in parts])
    outcome, seen, taken = _per_run(parts)
    rest = {"mean": kept[0], "covariance": kept[1], "quantiles": kept[2], "ends": ends, "outcome": outcome}
    rest |= {"evidence": seen, "steps_taken": taken, "origin": origin}
    first = parts[0]
    return Summary(**rest, steps=first.steps, levels=first.levels, names=first.names, nodes=first.nodes)
