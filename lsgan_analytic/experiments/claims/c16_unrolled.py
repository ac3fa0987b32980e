"""Claim 16: unrolling the discriminator stabilises training."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, VERMILION
from ._claim import Claim, Found, theory

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Config:
    """Dirac-GAN with D's step eta, K steps unrolled; and N(0, 1) against N(gap, 1) with a logistic D.

    Attributes:
        products: of K and eta, K ``k``; the row's eta = 0.2 is one of them.
        looks: the K of the second part, where D starts at w = b = 0 and steps by ``long_step``.
    """

    k: int = 10
    products: tuple[float, float, int] = (0.2, 6.0, 30)
    gaps: tuple[float, float, int] = (0.0, 4.0, 41)
    looks: tuple[int, ...] = (1, 4, 64)
    long_step: float = 1.0

    def quick(self) -> Self:
        return replace(self, gaps=(0.0, 4.0, 9))


def compute(config: Config) -> Arrays:
    """(P, 2) eigenvalues by the Jacobian of a step and by the formula; (L, G) generator gradients."""
    products, gaps = jnp.linspace(*config.products), jnp.linspace(*config.gaps)
    steps = jax.jit(jax.vmap(lambda eta: _step(eta, config.k)))(products / config.k)
    own = np.linalg.eigvals(np.asarray(steps))
    best, *others = jax.jit(lambda gaps: [jax.vmap(one)(gaps) for one in _gradients(config)])(gaps)
    return {
        "product": np.asarray(products),
        "eigenvalues": np.sort_complex((own - 1) / (np.asarray(products)[:, None] / config.k)),
        "theory": _formula(np.asarray(products)),
        "gap": np.asarray(gaps),
        "gradients": np.stack(others),
        "limit": np.asarray(best),
    }


def _formula(product: np.ndarray) -> np.ndarray:
    """Both lambda = (-K eta/2 +- sqrt((K eta/2)^2 - 1))/2 at every K eta."""
    pull = product / 2
    root = np.emath.sqrt(pull**2 - 1)
    return np.stack([-pull - root, -pull + root], axis=1) / 2


def _step(eta: jax.Array, k: int) -> jax.Array:
    """The Jacobian of a step at the equilibrium of the Dirac-GAN."""
    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, lsgan.Minimax())
    players = lsgan.Players(lsgan.Linear(w=0.0), lsgan.Shift(shift=0.0))
    return lsgan.step_jacobian(game, lsgan.Unrolled(step=eta, k=k), players, free=("w", "shift"))


def _gradients(config: Config) -> list[Callable[[jax.Array], jax.Array]]:
    """Of the gap: the slope of 2 JS, and what the generator descends when it looks K steps ahead."""
    law = lsgan.PointMasses(*lsgan.Normal().nodes(64))  # the rule itself: D is smooth, panels are not needed
    game = lsgan.Game(law, law, lsgan.Minimax())

    def best(gap: jax.Array) -> jax.Array:
        disc = lsgan.Sigmoid(w=-gap, b=gap**2 / 2)  # logit log p/q: the best D, and J is 2 JS - log 4
        return -lsgan.field(game, lsgan.Players(disc, lsgan.Shift(gap))).gen.shift

    def unrolled(gap: jax.Array, k: int) -> jax.Array:
        players = lsgan.Players(lsgan.Sigmoid(w=0.0, b=0.0), lsgan.Shift(gap))
        rule = lsgan.Unrolled(step=(config.long_step, 1.0), k=k)
        there, _ = rule.step(game, players, rule.init(players))
        return gap - there.gen.shift

    return [best, *(partial(unrolled, k=k) for k in config.looks)]


def found(data: Arrays) -> dict[str, Found]:
    row = np.abs(data["product"] - 2).argmin()
    worst = np.abs(data["eigenvalues"] - data["theory"]).max()
    one = np.abs(data["gap"] - 1).argmin()
    return {
        "Re lambda, K = 10, eta = 0.2": theory(data["eigenvalues"][row].real.max(), -0.5, 1e-6),
        "Im lambda there": theory(np.abs(data["eigenvalues"][row].imag).max(), 0, 1e-6),  # a double root
        "distance from the formula, all K eta": theory(worst, 0, 1e-6),
        "generator gradient over slope of 2 JS, K = 64, gap 1": theory(
            data["gradients"][-1, one] / data["limit"][one], 1, 1e-3
        ),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.3), layout="constrained")
    eigen, gradient = figure.subplots(1, 2)
    product, own = data["product"], data["eigenvalues"]
    fine = np.linspace(product[0], product[-1], 1001)
    exact = _formula(fine)
    eigen.plot(fine, np.sort(np.real(exact)), color=BLUE)
    eigen.plot(fine, np.sort(np.imag(exact)), color=VERMILION, linewidth=0.9)
    eigen.plot(product, np.real(own), "o", color=BLUE, markersize=2.5)
    eigen.plot(product, np.imag(own), "o", color=VERMILION, markersize=2.5, markerfacecolor="w")
    eigen.text(0.62, 0.4, r"Re $\lambda$", color=BLUE, transform=eigen.transAxes)
    eigen.text(0.27, 0.92, r"Im $\lambda$", color=VERMILION, transform=eigen.transAxes)
    eigen.set(xlabel=r"$K\eta$", ylabel=r"eigenvalues $\lambda$", xlim=(0, product[-1]))
    panel_letter(eigen, "a", "Dirac-GAN: formula (lines) and Jacobian")
    for k, values, color in zip(config.looks, data["gradients"], (ORANGE, GREEN, BLUE), strict=True):
        gradient.plot(data["gap"], values, color=color, label=f"$K={k}$")
    gradient.plot(data["gap"], data["limit"], "--", color=BLACK, label=r"slope of $2\,$JS")
    gradient.set(xlabel=r"gap $\theta$", ylabel="gradient of the generator")
    gradient.axhline(0, color=GREY, linewidth=0.6)
    gradient.set(xlim=(0, data["gap"][-1]), ylim=(None, 0.62))
    gradient.legend(frameon=False, ncols=2, loc="upper right")
    panel_letter(gradient, "b", r"$N(0,1)$ against $N(\theta,1)$, logistic $D$")
    return figure


CLAIM = Claim(
    name="claim16_unrolled",
    title="Unrolled GAN: eigenvalues of the Dirac-GAN, and the generator's gradient as K grows",
    source="Metz et al. (2017), section 2",
    config=Config(),
    compute=compute,
    plot=plot,
    number=16,
    says="An unrolled GAN, in which a player looks ahead at the other, does not cycle.",
    model="Dirac-GAN, K steps of D unrolled, lambda = (-K eta/2 +- sqrt((K eta/2)^2 - 1))/2",
    verdict="right (it is G that looks ahead at D, not the reverse)",
    correct=(
        "Every unrolled step damps the rotation; at K eta = 2 it is critical, beyond it the slow root tends "
        "to 0 again. As K grows the generator descends 2 JS, which still vanishes where the supports part."
    ),
    limits="A D that can be optimal in few steps; K steps of a deep D are far from its best answer.",
    found=found,
)
