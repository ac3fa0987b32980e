"""Errors of cost, gradient and Hessian against certified values, beside Monte Carlo's error and its time."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from ._captions import listed, plain
from ._run import Arrays, Experiment, load
from ._style import BLACK, BLUE, DOUBLE, GREEN, GREY, panel_letter

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: values of K and of the game, enclosed by interval arithmetic (``tests/certified.py``)
_CERTIFIED = Path(__file__).with_name("_certified.npz")
_BOXES = {"core": "-", "wide": "--"}
_QUANTITIES = {"cost": ("$J$", BLACK), "gradient": (r"$\nabla J$", BLUE), "hessian": (r"$\nabla^2J$", GREEN)}
_NORMAL = 1e-290  # smaller exact values are beside the smallest normal number: no relative error is promised
_LEAST = 2.0**-54  # an error of 0 is drawn here, half a unit in the last place


@dataclass(frozen=True)
class Config:
    """How many of the certified points of each box, and what Monte Carlo gets."""

    points: int = 200
    monte_carlo_points: int = 40
    samples: tuple[int, ...] = (1000, 10_000, 100_000, 1_000_000)
    repeats: int = 3
    seed: int = 1

    def quick(self) -> Self:
        return replace(self, points=20, monte_carlo_points=4, samples=(100, 1000), repeats=1)


def _built(point: jax.Array) -> tuple[lsgan.Game, lsgan.Players]:
    a, b, g, h, c = point
    game = lsgan.Game(lsgan.Exponential(rate=c), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    return game, lsgan.Players(disc=lsgan.Erf(a=a, b=b), gen=lsgan.Square(g=g, h=h))


def _first(game: lsgan.Game, players: lsgan.Players) -> tuple[jax.Array, jax.Array]:
    return game.cost(players), jnp.stack(jax.tree.leaves(lsgan.gradient(game, players)))


def _exact(point: jax.Array) -> tuple[jax.Array, jax.Array]:
    """(J, gradient)."""
    return _first(*_built(point))


def _monte_carlo(samples: int) -> Callable[[jax.Array, jax.Array], tuple[jax.Array, jax.Array]]:
    """(J, gradient) of the game on so many samples of both laws, drawn anew for every point."""

    def estimate(point: jax.Array, key: jax.Array) -> tuple[jax.Array, jax.Array]:
        game, players = _built(point)
        real, latent = jax.random.split(key)
        drawn = lsgan.Game(
            lsgan.PointMasses(game.data.sample(real, samples)),
            lsgan.PointMasses(game.latent.sample(latent, samples)),
            game.loss,
        )
        return _first(drawn, players)

    return estimate


def relative(values: Any, exact: np.ndarray) -> np.ndarray:
    """||value - exact|| / ||exact|| of every row; NaN where ||exact|| is below ``_NORMAL``."""
    rows = np.asarray(values).reshape(len(exact), -1), exact.reshape(len(exact), -1)
    size = np.abs(rows[1]).max(axis=1)
    normal = np.where(size > _NORMAL, size, np.nan)  # divided by first: squares of small numbers underflow
    error, norm = ((one / normal[:, None]) for one in (rows[0] - rows[1], rows[1]))
    return np.linalg.norm(error, axis=1) / np.linalg.norm(norm, axis=1)


def _timed(function: Callable, arguments: tuple, repeats: int) -> tuple[Any, float]:
    """What the compiled function returns, and the shortest of its times in seconds."""
    compiled = jax.jit(function)
    result, times = jax.block_until_ready(compiled(*arguments)), []
    for _ in range(repeats):
        started = time.perf_counter()
        jax.block_until_ready(compiled(*arguments))
        times.append(time.perf_counter() - started)
    return result, min(times)


def compute(config: Config) -> Arrays:
    """Relative errors per box and quantity; of Monte Carlo (samples, points); seconds per point of both."""
    certified, data = load(_CERTIFIED), {}
    for box in _BOXES:
        points = jnp.asarray(certified[f"{box}_points"][: config.points])
        exact = {"cost": certified[f"{box}_terms"].sum(axis=1)}
        exact |= {name: certified[f"{box}_{name}"] for name in ("gradient", "hessian")}
        second = jax.jit(jax.vmap(lambda point: lsgan.hessian(*_built(point))))(points)
        first, seconds = _timed(jax.vmap(_exact), (points,), config.repeats)
        for (name, truth), values in zip(exact.items(), (*first, second), strict=True):
            data[f"{name}_{box}"] = relative(values, truth[: config.points])
        data[f"seconds_{box}"] = np.asarray(seconds / len(points))
    return data | _sampled(certified, config)


def _sampled(certified: Arrays, config: Config) -> Arrays:
    """The same points of the core box for every number of samples."""
    count = config.monte_carlo_points
    points = jnp.asarray(certified["core_points"][:count])
    errors, seconds = {"cost": [], "gradient": []}, []
    for index, samples in enumerate(config.samples):
        keys = jax.random.split(jax.random.key(config.seed + index), count)
        one = _monte_carlo(samples)
        values, taken = _timed(
            lambda points, keys, one=one: jax.lax.map(lambda pair: one(*pair), (points, keys)),
            (points, keys),
            config.repeats,
        )
        errors["cost"].append(relative(values[0], certified["core_terms"][:count].sum(axis=1)))
        errors["gradient"].append(relative(values[1], certified["core_gradient"][:count]))
        seconds.append(taken / count)
    sampled = {f"monte_carlo_{name}": np.stack(rows) for name, rows in errors.items()}
    return {"samples": np.asarray(config.samples), "monte_carlo_seconds": np.asarray(seconds), **sampled}


def plot(data: Arrays, config: Config) -> "Figure":
    """Shares of points below an error; error against time."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.75), layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_shares(left, data)
    panel_letter(left, "a", f"no error of $J$ or its gradient above {_power(_worst(data))}")
    _draw_times(right, data)
    slower = data["monte_carlo_seconds"][-1] / data["seconds_core"]
    error = np.median(data["monte_carlo_gradient"][-1])
    panel_letter(right, "b", f"{_count(data)} samples: error {error:.1g} in {_power(slower)} times the time")
    return figure


def _power(value: Any) -> str:
    """Two digits, for a title."""
    mantissa, exponent = f"{float(value):.1e}".split("e")
    return rf"${mantissa}\times 10^{{{int(exponent)}}}$"


def _count(data: Arrays) -> str:
    return f"$10^{{{np.log10(data['samples'][-1]):.0f}}}$"


def _worst(data: Arrays) -> float:
    """Of J and its gradient."""
    return max(float(np.nanmax(data[f"{name}_{box}"])) for name in ("cost", "gradient") for box in _BOXES)


def _draw_shares(axes: "Axes", data: Arrays) -> None:
    for name, (symbol, color) in _QUANTITIES.items():
        for box, dash in _BOXES.items():
            errors = data[f"{name}_{box}"]
            ordered = np.maximum(np.sort(errors[np.isfinite(errors)]), _LEAST)
            share = np.arange(1, len(ordered) + 1) / len(ordered)
            axes.step(ordered, share, where="post", color=color, linestyle=dash, label=f"{symbol}, {box}")
    axes.axvline(2.0**-53, color=GREY, linewidth=0.6, linestyle=":", label="rounding, $2^{-53}$")
    axes.set(xscale="log", xlabel="relative error", ylabel="share of points with at most this error")
    axes.set(xlim=(0.7 * _LEAST, None), ylim=(0, 1.02))
    axes.legend(loc="lower right", frameon=False)


def _draw_times(axes: "Axes", data: Arrays) -> None:
    shown = {"cost": ("$J$", "o", BLACK), "gradient": (r"$\nabla J$", "s", BLUE)}
    for (name, (symbol, marker, color)), shift in zip(shown.items(), (0.95, 1.05), strict=True):
        for errors, seconds, face, words in (
            (data[f"monte_carlo_{name}"], data["monte_carlo_seconds"], "white", "Monte Carlo"),
            (data[f"{name}_core"][None], np.atleast_1d(data["seconds_core"]), color, "exact"),
        ):
            low, middle, high = np.nanquantile(np.maximum(errors, _LEAST), (0.05, 0.5, 0.95), axis=1)
            x = seconds * shift
            axes.vlines(x, low, high, color=color, linewidth=0.8)
            axes.plot(
                x, middle, marker, color=color, markerfacecolor=face, markersize=4, label=f"{symbol}, {words}"
            )
    for samples, seconds, errors in zip(
        data["samples"], data["monte_carlo_seconds"], data["monte_carlo_gradient"], strict=True
    ):
        text = f"$10^{{{np.log10(samples):.0f}}}$"
        place = (seconds, float(np.quantile(errors, 0.95)))
        axes.annotate(text, place, (0, 3), textcoords="offset points", ha="center", va="bottom", color=GREY)
    axes.set(xscale="log", yscale="log", xlabel="time of one cost and gradient (s)", ylabel="relative error")
    axes.set_ylim(1e-17, 30)
    axes.margins(x=0.1)
    axes.legend(loc="lower right", frameon=False)


def caption(data: Arrays, config: Config) -> str:
    """What the errors are relative to, and the numbers of both panels."""
    largest = listed(
        [
            f"{symbol} {plain(np.nanmax(data[f'{name}_core']), 2)} and "
            f"{plain(np.nanmax(data[f'{name}_wide']), 2)}"
            for name, (symbol, _) in _QUANTITIES.items()
        ]
    )
    left_out = int(sum(np.isnan(data[f"{name}_{box}"]).sum() for name in _QUANTITIES for box in _BOXES))
    last = float(np.median(data["monte_carlo_gradient"][-1]))
    slower = float(f"{data['monte_carlo_seconds'][-1] / data['seconds_core']:.2g}")
    first, many = (f"{count:,}".replace(",", " ") for count in (data["samples"][0], data["samples"][-1]))
    points = len(data["cost_core"])
    return (
        f"(a) Errors of the cost, its gradient and its Hessian at {points} points (a, b, g, h, c) in each of "
        "two boxes (core, solid: a, c, g from 0.2 to 5, |b|, |h| up to 4; wide, dashed: 0.001 to 1000, up to "
        "20), against values enclosed by interval arithmetic: the Euclidean norm of the error over that of "
        f"the value. The largest in the core and in the wide box: {largest}. Values that are too small for a "
        f"relative error (below 1e-290): {left_out}. An error of 0 is drawn at half a unit of rounding. "
        f"(b) The same errors in the core box (filled) and those of Monte Carlo with {first} to {many} "
        f"samples of each law (open, the number above), drawn anew for each of {config.monte_carlo_points} "
        "of its points: median, and lines from the 5 % to the 95 % quantile, against the time of one cost "
        f"and gradient in float64. Exact: all {points} points at once; Monte Carlo: one point after the "
        f"other, drawing included; the shortest of {config.repeats} runs. With {many} samples the median "
        f"error of the gradient is {plain(last, 2)}, at {plain(slower, 2)} times the time of the exact one. "
        "Times are those of the machine that made the arrays."
    )


EXPERIMENTS = (
    Experiment(
        "accuracy",
        "cost, gradient and Hessian against certified values, beside Monte Carlo's error and its time",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
