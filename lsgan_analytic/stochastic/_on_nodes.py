"""Samples that are drawn on nodes: how many nodes are enough, and a check of it."""

import warnings
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int, PyTree

from .._checks import checked_int
from ..game import Game
from ..parameters import dtype_of
from ..restriction import Restriction
from ..updates.base import AbstractRule
from ._counts import counts_of
from ._nodes import Nodes
from ._sampling import CountsOnNodes, Protocol
from ._step_map import exact_path, StepMap
from ._sufficient import candidates
from .node_check import NodeCheck

NodeCount = int | Literal["auto"] | None

_MOST = 2**53  # points: the largest counts that are exact in float64
_ENOUGH = 0.01  # of the sampling noise
_TOO_FEW = 0.3
_LOOKED = 32  # points of the path
_DIRECTIONS = 16  # in which errors are taken, where there are more parameters


def on_nodes(
    game: Game,
    rule: AbstractRule,
    part: Restriction,
    nodes: NodeCount,
    samples: tuple[int, int],
    steps: int,
    protocol: Protocol,
) -> tuple[CountsOnNodes, NodeCheck]:
    """How samples of so many points are drawn on nodes, and the check of it.

    ValueError where too few nodes are asked for, or thousands are not enough. UserWarning where the error is
    above a hundredth of the sampling noise, or cannot be estimated, and where rounding exceeds that noise.
    """
    checked = _checked(game, nodes, samples)
    local = StepMap(game, part, rule)
    path, looked = _points_of_path(local, steps)
    sizes = jnp.asarray(samples, dtype_of(part.players))
    accumulation = steps**0.5 if protocol == "fresh" else 1.0
    rule_and_check = None
    for coarse, fine in _pairs(local, path[0], checked):
        check = _check(local, path, coarse, fine, sizes, looked, accumulation)
        rule_and_check = coarse, check
        if check.worst <= _ENOUGH:
            break
    assert rule_and_check is not None
    found, check = rule_and_check
    _judge(check, checked)
    _judge_rounding(check, path[0])
    weights = found.weights[: found.split], found.weights[found.split :]
    counts = counts_of(weights[0], samples[0]), counts_of(weights[1], samples[1])
    return CountsOnNodes((found.data, found.latent), counts), check


def _checked(game: Game, nodes: NodeCount, samples: tuple[int, int]) -> NodeCount:
    if nodes != "auto":
        nodes = checked_int(nodes, "nodes", 2)  # pyright: ignore[reportArgumentType]
    for name, law in (("data", game.data), ("latent", game.latent)):
        if law.is_sample:
            raise ValueError(
                f"nodes: expected nodes=None, since the law of {name} is a sample, which is its own nodes; "
                f"got nodes={nodes!r} with {law!r}"
            )
    for part in game.regularizers:
        if not part.sees_averages(game.data.dim):
            raise ValueError(
                f"nodes: expected nodes=None with {type(part).__name__}, which depends on the points of a "
                f"sample by more than averages, or does not say (sees_averages); got nodes={nodes!r}"
            )
    if max(samples) > _MOST:
        raise ValueError(
            f"samples: expected at most 2**53 points, whose counts are exact, got {max(samples)}"
        )
    return nodes


def _points_of_path(local: StepMap, steps: int) -> tuple[tuple[Array, PyTree, Array], Int[np.ndarray, " c"]]:
    """(vectors, counters, vectors after the step) at some points of the exact path, while it is valid."""
    path, valid = exact_path(local, steps)
    sound = np.asarray(valid)
    last = steps if sound.all() else int(np.argmin(sound)) - 1  # steps between valid points
    if last < 1:
        raise ValueError("players: expected a start from which the exact game takes a valid step")
    looked = np.unique(np.linspace(0, last - 1, min(last, _LOOKED)).round().astype(int))
    theta, counters = jax.tree.map(lambda leaf: leaf[looked], path)
    return (theta, counters, path[0][looked + 1]), looked


def _pairs(local: StepMap, thetas: Array, nodes: NodeCount) -> Iterator[tuple[Nodes, Nodes]]:
    """Rules, each with a finer one to compare it with."""
    if nodes == "auto":
        return pairwise(candidates(local, thetas))
    each = (Nodes.of(local.game, int(nodes) * factor, thetas.dtype) for factor in (1, 2))  # pyright: ignore
    return pairwise(each)


def _judge(check: NodeCheck, nodes: NodeCount) -> None:
    """An error or a warning, where there is a reason."""
    limit = _ENOUGH if nodes == "auto" else _TOO_FEW
    if check.worst > limit:
        wanted = "a game that samples follow" if nodes == "auto" else f"more than {nodes}, or 'auto'"
        raise ValueError(f"nodes: expected {wanted}; {check.said()}")
    if check.worst > _ENOUGH:
        warnings.warn(f"nodes: {check.said()}, more than a hundredth; see nodes='auto'", stacklevel=5)
    if not np.isfinite(check.ratio).all():
        warnings.warn(
            "nodes: the error on nodes is not known at some steps, which have no derivatives in the weights",
            stacklevel=5,
        )


def _judge_rounding(check: NodeCheck, thetas: Array) -> None:
    noise, rounding = (
        float(jnp.max(check.noise)),
        jnp.finfo(thetas.dtype).eps * float(jnp.max(jnp.abs(thetas))),
    )
    if 0 < noise < rounding:
        warnings.warn(
            f"samples: so many points move a step by {noise:.1e}, less than {thetas.dtype} rounds the "
            f"players to, {rounding:.1e}: the spread of the runs is lost",
            stacklevel=4,
        )


def _check(
    local: StepMap,
    path: tuple[Array, PyTree, Array],
    coarse: Nodes,
    fine: Nodes,
    samples: Float[Array, " 2"],
    looked: Int[np.ndarray, " c"],
    accumulation: float,
) -> NodeCheck:
    dim = len(local.part.positions)
    signs = jax.random.rademacher(jax.random.key(0), (_DIRECTIONS, dim), path[0].dtype) / dim**0.5
    along = jnp.eye(dim, dtype=path[0].dtype) if dim <= _DIRECTIONS else signs
    sizes = coarse.split, coarse.weights.size - coarse.split
    found = _compared(local, path, coarse.normalised(), fine.normalised(), samples, along)
    return NodeCheck(*found, jnp.asarray(looked), accumulation, sizes)


@eqx.filter_jit
def _compared(
    local: StepMap,
    path: tuple[Array, PyTree, Array],
    coarse: Nodes,
    fine: Nodes,
    samples: Array,
    along: Float[Array, "k p"],
) -> tuple[Array, Array, Array]:
    """(error, noise, relative error of the noise) of a step along each direction."""
    both, fine_weights = coarse.beside(fine)
    dim = along.shape[1]

    def noise(psi: Array, weights: Array) -> Array:
        of_law = eqx.tree_at(lambda nodes: nodes.weights, both, weights)
        mass = (weights / both.by_law(samples))[:, None]
        found, whole = (jnp.sum(mass * jnp.square(own), axis=0) for own in (of_law.centred(psi), psi))
        # of what is the same at all points rounding is left over
        return jnp.where(found > jnp.square(64 * jnp.finfo(psi.dtype).eps) * whole, jnp.sqrt(found), 0)

    def one(step: tuple[Array, PyTree, Array]) -> tuple[Array, Array, Array]:
        theta, counters, after = step
        taken, pull = jax.vjp(lambda weights: local.on(both, theta, weights, counters)[:dim], both.weights)
        psi = jax.vmap(lambda direction: pull(direction)[0])(along).T
        off = jnp.abs(jnp.sum(along * (taken - after[:dim])[None], axis=1))
        rounding = 64 * jnp.finfo(theta.dtype).eps * (1 + jnp.abs(theta[:dim]))
        off = jnp.where(off <= jnp.sum(jnp.abs(along) * rounding[None], axis=1), 0, off)
        here, better = noise(psi, both.weights), noise(psi, fine_weights)
        same = here == better
        return off, here, jnp.where(same, 0, jnp.abs(here / jnp.where(same, 1, better) - 1))

    return jax.lax.map(one, path, batch_size=8)
