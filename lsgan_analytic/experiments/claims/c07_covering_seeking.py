"""Claim 7: forward KL covers, reverse KL seeks."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
import optax

import lsgan_analytic as lsgan
from lsgan_analytic import divergences

from .._run import Arrays
from .._style import BLUE, DOUBLE, GREEN, ORANGE, panel_letter, PURPLE, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLES = {
    "kl": (r"KL$(p\|q)$", BLUE),
    "w1": (r"$W_1$", GREEN),
    "reverse": (r"KL$(q\|p)$", VERMILION),
    "js": (r"JS", ORANGE),
    "nonsaturating": (r"KL$(q\|p)-2\,$JS", PURPLE),
}


@dataclass(frozen=True)
class Config:
    """Modes of the data at +-mode; fits N(mean, std) by descent from ``starts``."""

    mode: float = 3.0
    std: float = 0.5
    starts: tuple[tuple[float, float], ...] = ((1.0, 1.0), (2.5, 0.7))
    rate: float = 0.1
    steps: int = 300
    points: int = 401

    def quick(self) -> Self:
        return replace(self, points=101)


def compute(config: Config) -> Arrays:
    """Under every divergence the (mean, std) of the better end of descent, all ends, and their values."""
    modes = tuple(lsgan.Normal(mean, config.std) for mean in (-config.mode, config.mode))
    data = lsgan.Mixture(np.array([0.5, 0.5]), modes)
    prices = {
        "kl": lambda q: divergences.kl(data, q),
        "w1": lambda q: divergences.w1(data, q),
        "reverse": lambda q: divergences.kl(q, data),
        "js": lambda q: divergences.js(data, q),
        "nonsaturating": lambda q: divergences.kl(q, data) - 2 * divergences.js(data, q),
    }
    x = jnp.linspace(-6, 6, config.points)
    arrays = {"x": x, "data": data.pdf(x)}
    for name, price in prices.items():
        values, ends = _descend(lambda t, price=price: price(lsgan.Normal(t[0], jnp.exp(t[1]))), config)
        arrays[name] = mean, std = ends[jnp.argmin(values)]
        arrays[f"ends_{name}"], arrays[f"values_{name}"] = ends, values
        arrays[f"pdf_{name}"] = lsgan.Normal(mean, std).pdf(x)
    return {name: np.asarray(array) for name, array in arrays.items()}


def _descend(price, config: Config) -> tuple[jax.Array, jax.Array]:
    """The values at the ends of descent, and the ends (mean, std), by start."""
    optimiser = optax.adam(optax.cosine_decay_schedule(config.rate, config.steps))

    def step(carry, _):
        point, state = carry
        move, state = optimiser.update(jax.grad(price)(point), state)
        return (optax.apply_updates(point, move), state), None

    def descend(point):
        (end, _), _ = jax.lax.scan(step, (point, optimiser.init(point)), length=config.steps)
        mean, log_std = jnp.asarray(end)
        return price(end), jnp.stack([mean, jnp.exp(log_std)])

    starts = jnp.asarray([(mean, np.log(std)) for mean, std in config.starts])
    return jax.jit(jax.vmap(descend))(starts)


def found(data: Arrays) -> dict[str, Found]:
    expected = {"kl": (0.0, 3.041), "w1": (0.0, 2.85)}
    numbers = {
        f"{part} under {name}": recorded(data[name][index], expected.get(name, (3.0, 0.5))[index], 6e-3)
        for name in STYLES
        for index, part in enumerate(("mean", "std"))
    }
    return numbers | {
        "JS on one mode": theory(data["values_js"].min(), 0.75 * np.log(4 / 3), 1e-4),
        "JS where descent from (1, 1) ends": recorded(data["values_js"][0], 0.2972, 1e-4),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.3), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    dashes = {"reverse": "-", "js": (0, (4, 4)), "nonsaturating": (0, (1, 2))}
    groups = (("a", "covering", ("kl", "w1")), ("b", "seeking", ("reverse", "js", "nonsaturating")))
    for axes, (letter, title, names) in zip(panels, groups, strict=True):
        axes.fill_between(data["x"], data["data"], color="#DDDDDD", lw=0, label="data")
        for name in names:
            label, color = STYLES[name]
            label = f"{label}: {data[f'values_{name}'].min():.3f}"
            axes.plot(data["x"], data[f"pdf_{name}"], color=color, label=label, ls=dashes.get(name, "-"))
        axes.set(xlabel="$x$", xlim=(-6, 6), ylim=(0, 0.85))
        axes.legend(frameon=False, loc="upper left")
        panel_letter(axes, letter, title)
    mean, std = data["ends_js"][0]
    local = np.exp(-0.5 * ((data["x"] - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))
    label = f"JS, local minimum: {data['values_js'][0]:.3f}"
    panels[0].plot(data["x"], local, color=STYLES["js"][1], ls=dashes["js"], label=label)
    panels[0].legend(frameon=False, loc="upper left")
    panels[0].set_ylabel("density")
    return figure


CLAIM = Claim(
    name="claim07_covering_seeking",
    title="One normal law fitted to two modes under five divergences",
    source="Minka (2005); Theis, van den Oord & Bethge (2016); Goodfellow (2016), tutorial, section 3.2.5",
    config=Config(),
    compute=compute,
    plot=plot,
    number=7,
    says="Forward KL covers all modes, reverse KL seeks one; JS is on the side of reverse KL.",
    model="N(mean, std^2) fitted to N(+-{config.mode:g}, {config.std:g}^2) by descent from two starts",
    verdict="right",
    correct="Reverse KL, JS and what the non-saturating generator descends are least on one mode, forward KL "
    "and W1 spread over both. JS has a local minimum of that kind too: descent from (1, 1) ends there.",
    limits="Seeking needs a family that cannot have both modes; with one that can, all have one optimum.",
    found=found,
)
