"""Claim 25: precision, recall, density and coverage measure quality and variety; they trade off."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

import lsgan_analytic as lsgan

from .._run import Arrays, evaluated
from .._style import BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMES = ("precision", "recall", "density", "coverage")
_STYLES = tuple(zip(_NAMES, (VERMILION, BLUE, ORANGE, GREEN), ("o", "s", "^", "D"), strict=True))


@dataclass(frozen=True)
class Config:
    """n real points N(0, 1) and n generated ones, k-th neighbours."""

    n: int = 1000
    k: int = 5
    draws: int = 20
    pairs: int = 3
    few: int = 250
    neighbours: tuple[int, ...] = (1, 2, 4, 8)
    stds: tuple[float, ...] = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0)
    outlier: float = 8.0
    seed: int = 25

    def quick(self) -> Self:
        return replace(self, stds=(0.2, 1.0, 2.0), neighbours=(1, 5))


def _four(real: Array, fake: Array, k: int) -> Array:
    return jnp.stack([getattr(lsgan.modes, name)(real, fake, k=k) for name in _NAMES])


def _draws(law: lsgan.Normal | lsgan.Uniform, config: Config, n: int, shift: int) -> Array:
    """Pairs of independent samples: (draws, 2, n)."""
    key = jax.random.fold_in(jax.random.key(config.seed), shift)
    return law.sample(key, 2 * n * config.draws).reshape(config.draws, 2, n)


def compute(config: Config) -> Arrays:
    """The four metrics: of the same law twice, over k, over the width of the generator, with an outlier."""
    normal = _draws(lsgan.Normal(), config, config.n, 0)
    uniform = _draws(lsgan.Uniform(), config, config.n, 1)
    small = _draws(lsgan.Uniform(), config, config.few, 2)

    def over(pairs: Array, k: int = config.k) -> Array:
        return jax.lax.map(lambda pair: _four(pair[0], pair[1], k), pairs)

    def over_width(std: Array) -> Array:
        some = normal[: config.pairs]
        four = jax.lax.map(lambda pair: _four(pair[0], std * pair[1], config.k), some)
        return jnp.mean(four, axis=0)

    far = normal[0, 0].at[0].set(config.outlier)
    beyond = jax.random.uniform(jax.random.key(config.seed), (config.n,), minval=4, maxval=config.outlier)
    outlier = jnp.stack([jnp.stack([real, beyond]) for real in (normal[0, 0], far)])
    return evaluated(
        lambda: {
            "same": over(jnp.concatenate([normal, uniform])),
            "over_k": jnp.stack([jnp.mean(over(small, k), axis=0) for k in config.neighbours]),
            "over_width": jax.lax.map(over_width, jnp.asarray(config.stds)),
            "outlier": over(outlier),
        }
    )


def found(data: Arrays) -> dict[str, Found]:
    config = Config()
    expected = lsgan.modes.expected_precision(config.n, config.k)
    both = data["same"].reshape(2, -1, 4)
    normal, uniform = both.mean(axis=1)
    within, within_uniform = 4 * both.std(axis=1) / np.sqrt(both.shape[1])
    return {
        # 6000 draws elsewhere, by sorting: .99858 +- .00002
        "precision, q = p = N(0, 1)": recorded(normal[0], 0.9986, within[0]),
        "recall": recorded(normal[1], 0.9986, within[1]),
        "density": theory(normal[2], lsgan.modes.expected_density(config.n, config.k), within[2]),
        # the row says .96879: that was one simulation; the formula in the row gives .96898
        "coverage": theory(normal[3], lsgan.modes.expected_coverage(config.n, config.k), within[3]),
        "exact coverage": recorded(lsgan.modes.expected_coverage(config.n, config.k), 0.96898, 5e-6),
        "precision, uniform": theory(uniform[0], expected, within_uniform[0]),
        "precision x recall": theory(normal[0] * normal[1], 1.0, 0.005),
        "precision off the data": theory(data["outlier"][0, 0], 0.0, 0.02),
        "with one outlier": theory(data["outlier"][1, 0], 1.0, 0.01),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.4), layout="constrained")
    over_k, width, outlier = figure.subplots(1, 3)
    _draw_over_k(over_k, data, config)
    _draw_width(width, data, config)
    _draw_outlier(outlier, data)
    panel_letter(over_k, "a", "$q=p$: lines exact, marks sampled")
    panel_letter(width, "b", r"$q=N(0,\sigma^2)$, $p=N(0,1)$")
    panel_letter(outlier, "c", r"$q=U(4,8)$, off the data")
    return figure


def _draw_over_k(axes: "Axes", data: Arrays, config: Config) -> None:
    n, k = config.few, np.asarray(config.neighbours)
    fine = range(1, k.max() + 1)
    exact = {
        "precision": [lsgan.modes.expected_precision(n, i) for i in fine],
        "recall": [lsgan.modes.expected_recall(n, i) for i in fine],
        "density": [lsgan.modes.expected_density(n, i) for i in fine],
        "coverage": [lsgan.modes.expected_coverage(n, i) for i in fine],
    }
    for column, (name, color, marker) in enumerate(_STYLES):
        axes.plot(fine, exact[name], color=color, linewidth=0.8)
        axes.plot(k, data["over_k"][:, column], marker, color=color, markersize=4, fillstyle="none")
    axes.set(xlabel=rf"neighbour $k$ (uniform law, $n={n}$)", ylabel="metric", ylim=(0.45, 1.05))
    axes.set_xticks(k)


def _draw_width(axes: "Axes", data: Arrays, config: Config) -> None:
    for column, (name, color, marker) in enumerate(_STYLES):
        axes.semilogx(
            config.stds, data["over_width"][:, column], color=color, marker=marker, markersize=3, label=name
        )
    product = data["over_width"][:, 0] * data["over_width"][:, 1]
    axes.semilogx(config.stds, product, "--", color=GREY, linewidth=0.9, label="product of both")
    axes.axvline(1, color=GREY, linewidth=0.6, linestyle=":")
    axes.set(xlabel=r"width $\sigma$ of the generator", ylim=(0, 1.15))
    axes.set_xticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
    axes.legend(frameon=False, loc="lower right", borderaxespad=0.1)


def _draw_outlier(axes: "Axes", data: Arrays) -> None:
    for column, (_, color, _) in enumerate(_STYLES):
        for row, alpha in ((0, 0.35), (1, 1.0)):
            value = data["outlier"][row, column]
            axes.bar(column + 0.36 * row - 0.18, value, 0.34, color=color, alpha=alpha)
            axes.text(column + 0.36 * row - 0.18, value + 0.02, f"{value:.2f}", ha="center", fontsize=6)
    axes.bar(0, 0, color=GREY, alpha=0.35, label="real sample of $N(0,1)$")
    axes.bar(0, 0, color=GREY, label="with one outlier, $x=8$")
    axes.legend(frameon=False, loc="upper right")
    axes.set_xticks(range(4), _NAMES, fontsize=7)
    axes.set(ylim=(0, 1.32), yticks=(0, 0.5, 1))


CLAIM = Claim(
    name="claim25_precision_recall",
    title="Precision, recall, density, coverage: exact expectations, width, outliers",
    source="Kynkaanniemi et al. (2019); Naeem et al. (2020)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=25,
    says="Precision and recall measure quality and variety, and bound each other: their product is below 1.",
    model="N(0, 1) against itself, wider and narrower normals, and one outlier; 1000 points, k = 5",
    verdict="right as measures, wrong as a bound",
    correct=(
        "Both are near 1 (1 - 4^-k inside the data, on the line) when q = p; coverage is 1 - prod "
        "(n-i)/(2n-i) and density 1 for every law. Precision and recall are estimates of supports: one "
        "outlier is enough for precision to call points off the data good; coverage still sees what lacks."
    ),
    limits="One dimension; in features of images nearest neighbours are less telling.",
    found=found,
)
