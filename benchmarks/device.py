"""What one device does: a table in Markdown, in float64 and float32, on the device that JAX finds first.

    python -m benchmarks.device [--scale 1] [--tile 8192]

``--scale`` divides the sizes, which are those of a large GPU; ``--tile`` is that of ``simulate``. Floors: as
many samples, one ``erfc`` and one ``exp`` of each, and a mean over a run; where samples are fresh they are
drawn, as exponentials. All that is timed has been compiled before; the best of three.
"""

import argparse
import dataclasses
import functools
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import jax
import jax.numpy as jnp
from jax import Array

import lsgan_analytic as lsgan
from lsgan_analytic.stochastic._setup import default_tile

RUNS, SAMPLES, STEPS, STEP, NODES = 97 * 1024, 1000, 250, 0.4, 128


@dataclasses.dataclass(frozen=True)
class Row:
    """A call, how many units of work it does, and the row that is its floor."""

    name: str
    call: Callable
    work: float
    unit: str
    floor: str = ""


def case_a(dtype) -> tuple[lsgan.Game, lsgan.Players]:
    game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    players = lsgan.Players(lsgan.Erf(a=2.2, b=-3.0), lsgan.Square(g=1.5, h=-2.0))
    return jax.tree.map(lambda x: jnp.asarray(x, dtype), (game, players))


def used(x: Array, b: Array, h: Array) -> tuple[Array, Array]:
    """One step of (b, h) on these points, (.., 2, samples): one erfc and one exp of each point."""
    u = 2.2 * x[..., 0, :] + b[..., None]
    v = 2.2 * (1.5 * x[..., 1, :] + h[..., None]) + b[..., None]
    real = jnp.mean(jax.lax.erfc(-u) * jnp.exp(-u * u), -1)
    fake = -jnp.mean(jax.lax.erfc(v) * jnp.exp(-v * v), -1)
    return b + 0.2 * (real + fake), h - 0.4 * fake


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 3))
def floor(runs: int, tile: int, protocol: str, dtype, key: Array) -> Array:
    """The least that these runs can cost: tiles one after another, of arrays and nothing else."""

    def drawn(key: Array) -> Array:
        return jax.random.exponential(key, (2, SAMPLES), dtype)

    def one_tile(ids: Array) -> Array:
        keys = jax.vmap(lambda i: jax.random.fold_in(key, i))(ids)
        fixed = jax.vmap(drawn)(keys)
        start = (jnp.full((tile,), -3.0, dtype), jnp.full((tile,), -2.0, dtype))

        def step(at, k):
            x = fixed
            if protocol == "fresh":
                x = jax.vmap(lambda own: drawn(jax.random.fold_in(own, k)))(keys)
            return used(x, *at), None

        return jax.lax.scan(step, start, jnp.arange(STEPS))[0][1]

    return jax.lax.map(one_tile, jnp.arange(-(-runs // tile) * tile).reshape(-1, tile))


def ensembles(dtype, scale: float, tile: int) -> Iterator[Row]:
    game, players = case_a(dtype)
    runs, kind = int(RUNS / scale), jnp.dtype(dtype).name

    def simulate(protocol: str, samples: int = SAMPLES, nodes: int | str | None = None) -> Array:
        return lsgan.simulate(
            game,
            lsgan.Simultaneous(step=STEP),
            players,
            key=jax.random.key(0),
            runs=runs,
            samples=samples,
            steps=STEPS,
            save_every=STEPS,
            protocol=protocol,
            free=("b", "h"),
            nodes=nodes,
            tile=tile,
        ).values

    for protocol in ("fixed", "fresh"):
        work = 2.0 * runs * SAMPLES * STEPS
        bare = functools.partial(floor, runs, tile, protocol, dtype, jax.random.key(1))
        title = f"{runs} runs x {SAMPLES} x {STEPS}, {protocol}, {kind}"
        yield Row(f"floor of {title}", bare, work, "samples")
        yield Row(title, functools.partial(simulate, protocol), work, "samples", f"floor of {title}")
        call = functools.partial(simulate, protocol, 10**6, NODES)
        title = f"{runs} runs x 10^6 on {NODES} nodes x {STEPS}, {protocol}, {kind}"
        yield Row(title, call, 2e6 * runs * STEPS, "samples")


def exact(dtype, scale: float, tile: int) -> Iterator[Row]:
    game, players = case_a(dtype)
    name = jnp.dtype(dtype).name
    n = int(2**18 / scale)
    keys = jax.random.split(jax.random.key(0), 4)
    moved = [
        x + jax.random.normal(k, (n,), dtype) for x, k in zip(jax.tree.leaves(players), keys, strict=True)
    ]
    many = jax.tree.unflatten(jax.tree.structure(players), moved)
    gradients = jax.jit(jax.vmap(jax.value_and_grad(game.cost)))
    yield Row(f"cost + gradient, batch of {n}, {name}", functools.partial(gradients, many), n, "points")
    hessians = jax.jit(jax.vmap(lambda one: (jax.value_and_grad(game.cost)(one), lsgan.hessian(game, one))))
    yield Row(
        f"cost + gradient + Hessian, batch of {n}, {name}", functools.partial(hessians, many), n, "points"
    )
    erf, x = jax.jit(jax.lax.erf), jax.random.normal(keys[0], (2**24,), dtype)
    yield Row(f"erf, array of 2^24, {name}", functools.partial(erf, x), 2**24, "points")
    rule = lsgan.Simultaneous(step=STEP)
    path = jax.jit(lambda start: lsgan.trajectory(game, rule, start, steps=249).players)
    yield Row(f"path of 249 updates in 4-D, {name}", functools.partial(path, players), 249, "steps")
    some = jax.tree.map(lambda x: x[: n // 16], many)
    yield Row(
        f"{n // 16} such paths, {name}",
        functools.partial(jax.jit(jax.vmap(path)), some),
        249 * n / 16,
        "steps",
    )


def networks(dtype, scale: float, tile: int) -> Iterator[Row]:
    name, runs = jnp.dtype(dtype).name, int(4096 / scale)
    keys = jax.random.split(jax.random.key(0), 2)
    data = lsgan.Mixture([0.5, 0.5], (lsgan.Normal(-2.0, 0.5), lsgan.Normal(2.0, 0.5)))
    game = lsgan.Game(data, lsgan.Normal(), lsgan.NonSaturating())
    pair = lsgan.Players(*(lsgan.ReLUNetwork.random(key, 16, 2) for key in keys))
    game, pair = jax.tree.map(lambda x: jnp.asarray(x, dtype), (game, pair))
    size = sum(leaf.size for leaf in jax.tree.leaves(pair))

    def play() -> Array:
        return lsgan.simulate(
            game,
            lsgan.Simultaneous(step=0.05),
            pair,
            key=jax.random.key(0),
            runs=runs,
            samples=128,
            steps=STEPS,
            save_every=STEPS,
            protocol="fresh",
            tile=tile,
            tolerance=None,
        ).values

    yield Row(
        f"{runs} pairs of networks ({size} parameters) x 128 x {STEPS}, fresh, {name}",
        play,
        runs * STEPS,
        "steps",
    )


def show(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def table(rows: list[Row]) -> None:
    with ThreadPoolExecutor(8) as pool:  # compiled side by side
        list(pool.map(attempt, rows))
    seconds: dict[str, float] = {}
    show("| | s | a second | share of its floor |\n|-|-|-|-|")
    for row in rows:
        seconds[row.name] = best = min(attempt(row) for _ in range(3))
        share = f"{seconds[row.floor] / best:.2f}" if row.floor else ""
        show(f"| {row.name} | {best:.3g} | {row.work / best:.2e} {row.unit} | {share} |")


def attempt(row: Row) -> float:
    start = time.perf_counter()
    try:
        jax.block_until_ready(row.call())
    except Exception as error:
        show(f"{row.name}: {type(error).__name__}: {str(error)[:300]}")
        return float("nan")
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=1, help="sizes are divided by this")
    tile = default_tile(SAMPLES, False, jax.default_backend())
    parser.add_argument("--tile", type=int, default=tile, help="runs side by side")
    options = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    show(f"{jax.devices()[0].device_kind}, JAX {jax.__version__}")
    rows: list[Row] = []
    for dtype in (jnp.float64, jnp.float32):
        for part in (ensembles, exact, networks):
            rows += part(dtype, options.scale, options.tile)
    table(rows)


if __name__ == "__main__":
    main()
