"""What is asked of one game: finite, its gradient that of its objectives, float32, two steps of a rule."""

from collections.abc import Callable, Mapping
from typing import Any

import conformance_parts as parts
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from covering import Row
from jax.flatten_util import ravel_pytree

import lsgan_analytic as lsgan
from lsgan_analytic.restriction import Restriction

# compile time is the price of a large product: half of it without XLA's optimisations
QUICK = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
LOOK_UP = {
    "data": parts.LAWS | parts.PLANE_LAWS,
    "latent": parts.LAWS | parts.PLANE_LAWS,
    "gen": parts.GENERATORS | parts.CURVES | parts.PLANE_GENERATORS,
    "disc": parts.DISCRIMINATORS | parts.PLANE_DISCRIMINATORS,
    "loss": parts.LOSSES,
    "reg": parts.REGULARIZERS,
    "rule": parts.RULES,
}
BENT = ("ModeCoverage", "Diversity")  # the nearest of many points changes
# what some rows may be refused for: what would take too long, and derivatives that cannot be had
REFUSED = ("expected one with fewer breakpoints than", "expected one that knows its preimages")
_STEPS = (-2.0, -1.0, 0.0, 1.0, 2.0)


def cast(tree: Any, dtype: Any) -> Any:
    """A pytree with its real numbers in ``dtype``."""
    return jax.tree.map(lambda x: x.astype(dtype) if eqx.is_inexact_array(x) else x, tree)


def build(row: Mapping[str, str], dtype: Any = jnp.float64) -> tuple[lsgan.Game, lsgan.Players]:
    """The game of a row and its players."""
    data, latent = (cast(LOOK_UP[slot][row[slot]](), dtype) for slot in ("data", "latent"))
    reg = cast(LOOK_UP["reg"][row["reg"]](), dtype)
    game = lsgan.Game(data, latent, LOOK_UP["loss"][row["loss"]](), () if reg is None else (reg,))
    disc = LOOK_UP["disc"][row["disc"]](data, latent)
    return game, lsgan.Players(cast(disc, dtype), cast(LOOK_UP["gen"][row["gen"]](), dtype))


def compiled(function: Callable, *arguments: Any) -> Any:
    """``function`` of the arguments, in one program that is quick to compile."""
    return jax.jit(function).lower(*arguments).compile(QUICK)(*arguments)


def looked_at(game: lsgan.Game, players: lsgan.Players, width: float) -> dict[str, np.ndarray]:
    """Cost terms, objectives and their gradients, and the objectives on a line through the players, by vmap.

    ``line`` are the objectives at ``width`` times -2, -1, 0, 1, 2 along ``direction``.
    """
    flat, rebuild = ravel_pytree(players)
    direction = jnp.asarray(np.cos(1.0 + 1.7 * np.arange(flat.size)), flat.dtype)
    width = jnp.maximum(jnp.asarray(width, flat.dtype), 0)

    def everything(theta: jax.Array) -> dict[str, Any]:
        def objectives(own: jax.Array) -> jax.Array:
            return jnp.stack(game.objectives(rebuild(own)))

        values, pull = jax.vjp(objectives, theta)
        along = width * jnp.asarray(_STEPS, theta.dtype)
        return {
            "terms": jnp.stack(game.cost_terms(rebuild(theta))),
            "objectives": values,
            "gradients": jnp.stack([pull(row)[0] for row in jnp.eye(2, dtype=values.dtype)]),
            "line": jax.vmap(lambda t: objectives(theta + t * direction))(along),
        }

    return {"direction": np.asarray(direction), **jax.tree.map(np.asarray, compiled(everything, flat))}


def not_finite(found: Mapping[str, np.ndarray]) -> list[str]:
    """What is not finite of it."""
    names = ("terms", "objectives", "gradients")
    return [f"{name} {found[name].tolist()}" for name in names if not np.isfinite(found[name]).all()]


def wrong_slopes(found: Mapping[str, np.ndarray], width: float, noise: float, bent: bool) -> list[str]:
    """Gradients that differ from differences by more than differences can be wrong.

    ``noise`` is the error of an objective, and ``bent`` whether it may have kinks on the line: there the
    slope is one of those between neighbours.
    """
    line = found["line"]
    low2, low, here, high, high2 = line
    wide, narrow = (high2 - low2) / (4 * width), (high - low) / (2 * width)
    rounding = (1e-13 * (1 + np.abs(here)) + noise) / width
    allowed = 1e-7 * (1 + np.abs(narrow)) + np.abs(wide - narrow) + rounding
    if bent:
        allowed += np.ptp(np.diff(line, axis=0), axis=0) / width
    slopes = found["gradients"] @ found["direction"]
    better = (4 * narrow - wide) / 3
    return [
        f"slope of objective {name}: {slope:.9g}, differences {difference:.9g}"
        for name, slope, difference, most in zip(("D", "G"), slopes, better, allowed, strict=True)
        if not abs(slope - difference) <= most
    ]


def stepped(game: lsgan.Game, players: lsgan.Players, rule_name: str) -> list[str]:
    """What is wrong with two steps of the rule; the first parameter, if there are more, is fixed."""
    rule = LOOK_UP["rule"][rule_name]()
    size = ravel_pytree(players)[0].size

    def twice(players: lsgan.Players) -> tuple[jax.Array, jax.Array]:
        part = Restriction(game, players, tuple(range(min(1, size - 1), size)))
        here = part.reduce(players)
        there, state = lsgan.advance(part, rule, here, rule.init(here))
        further, _ = lsgan.advance(part, rule, there, state)
        return ravel_pytree(part.whole(there))[0], ravel_pytree(part.whole(further))[0]

    start = np.asarray(ravel_pytree(players)[0])
    ends = [np.asarray(end) for end in compiled(twice, players)]
    wrong = [f"step {k + 1} is {end.tolist()}" for k, end in enumerate(ends) if not np.isfinite(end).all()]
    if not wrong and size > 1 and any(end[0] != start[0] for end in ends):
        wrong.append(f"the fixed parameter moved: {start[0]} to {[float(end[0]) for end in ends]}")
    return wrong


def errors(game: lsgan.Game, players: lsgan.Players) -> np.ndarray:
    """What the library says of the errors of the expectations of the cost.

    They are infinite for a best response where one law has no mass and the other has.
    """
    disc, said = players.disc.resolve(players.gen), []

    def look(law: lsgan.laws.AbstractLaw) -> Callable[[Any], jax.Array]:
        def look_at(phi: Any) -> jax.Array:
            said.append(float(lsgan.expectation_error(law, disc, phi)))
            return jnp.zeros(())

        return look_at

    game.loss.objectives(look(game.data), look(lsgan.pushforward(game.latent, players.gen)))
    return np.asarray(said)


def plainly_infinite(game: lsgan.Game, players: lsgan.Players, found: Mapping[str, np.ndarray]) -> bool:
    """Whether all that is not finite is infinite, is said to be, and leaves the others their gradients."""
    if np.isnan(found["terms"]).any() or np.isnan(found["objectives"]).any():
        return False
    flat, rebuild = ravel_pytree(players)
    for k in np.flatnonzero(np.isfinite(found["objectives"])):
        slope = compiled(jax.grad(lambda theta, k=k: game.objectives(rebuild(theta))[k]), flat)
        if not np.isfinite(np.asarray(slope)).all():
            return False
    return bool(np.isinf(errors(game, players)).any())


def faults(row: Row, with_float32: bool) -> list[str]:
    """All that is wrong with the game of one row."""
    game, players = build(row)
    width = 1e-4
    try:
        found = looked_at(game, players, width)
    except ValueError as error:
        if any(reason in str(error) for reason in REFUSED):
            return []
        raise
    wrong = not_finite(found)
    if wrong:
        return [] if plainly_infinite(game, players, found) else wrong
    wrong = wrong_slopes(found, width, 0.0, row["reg"] in BENT)
    if wrong:
        wrong = wrong_slopes(found, width, errors(game, players).sum(), row["reg"] in BENT)
    if not np.allclose(found["line"][2], found["objectives"], rtol=1e-12, atol=1e-12):
        wrong.append(f"vmap {found['line'][2]}, plain {found['objectives']}")
    if with_float32:
        wrong += differing_in_float32(row, found)
    return wrong


def differing_in_float32(row: Row, exact: Mapping[str, np.ndarray]) -> list[str]:
    """What float32 makes of the same game that float64 does not."""
    single = looked_at(*build(row, jnp.float32), 0.0)
    wrong = [f"float32: {line}" for line in not_finite(single)]
    slope = 5e-2 if row["reg"] in BENT else 2e-4
    for name, most in (("terms", 2e-5), ("objectives", 2e-5), ("gradients", slope)):
        if single[name].dtype != np.float32:
            wrong.append(f"{name} of float32 parts are {single[name].dtype}")
        size = 1 + np.abs(exact[name]).max(initial=0)
        if not np.abs(single[name] - exact[name]).max(initial=0) <= most * size:
            wrong.append(f"{name} in float32 {single[name].tolist()}, in float64 {exact[name].tolist()}")
    return wrong
