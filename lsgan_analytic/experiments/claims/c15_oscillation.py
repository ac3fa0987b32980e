"""Claim 15: training oscillates; alternate, and slow the discriminator down."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from .._captions import given, plain
from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, filled_bands, ORANGE, panel_letter, SKY, VERMILION
from ._claim import Claim, Found, recorded, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ORIGIN = lsgan.PointMasses([0.0])
_LOSSES = {"saturating": lsgan.Minimax(), "Wasserstein": lsgan.Wasserstein()}
_RULES = {
    "simultaneous": lsgan.Simultaneous,
    "alternating": lambda step: lsgan.Alternating(step, order="gen"),
}
_COLORS = {
    "saturating, simultaneous": VERMILION,
    "saturating, alternating": BLUE,
    "Wasserstein, simultaneous": ORANGE,
    "Wasserstein, alternating": SKY,
}


@dataclass(frozen=True)
class Config:
    """The Dirac-GAN from w = shift = 1; then with R1 of strength gamma and D's rate r times G's.

    G goes first where they alternate; with D first the radii are 1.34 and 1.40.

    Attributes:
        long: alternating steps of a run long enough to see its slow spiral.
        near: where the runs start whose rate of approach is measured; ``fine`` is the step of their
            generator, ``time`` their length.
        ratios: of the rates, in decades; strengths: of R1.
    """

    step: float = 0.2
    updates: int = 500
    long: int = 20000
    near: float = 0.1
    fine: float = 0.02
    time: float = 150.0
    ratios: tuple[float, float, int] = (-1.0, 1.0, 25)
    strengths: tuple[float, float, int] = (0.05, 2.0, 27)

    def quick(self) -> Self:
        return replace(self, time=10.0, ratios=(-1.0, 1.0, 7), strengths=(0.05, 2.0, 6))


def _players(start: float) -> lsgan.Players:
    return lsgan.Players(lsgan.Linear(w=start), lsgan.Shift(shift=start))


def _path(loss: lsgan.Minimax | lsgan.Wasserstein, rule, start: float, steps: int, *more) -> jax.Array:
    """(T,) distances from the equilibrium."""
    game = lsgan.Game(_ORIGIN, _ORIGIN, loss, more)
    path = lsgan.trajectory(game, rule, _players(start), steps=steps, free=("w", "shift"))
    return jnp.hypot(path.players.disc.w, path.players.gen.shift)


def compute(config: Config) -> Arrays:
    """Distances from the equilibrium in four runs; rates of approach, measured and by the formula."""
    data: Arrays = {}
    for loss in _LOSSES:
        for rule in _RULES:
            own = _RULES[rule](step=config.step)
            data[f"{loss}, {rule}"] = np.asarray(_path(_LOSSES[loss], own, 1.0, config.updates))
    data |= _cycles(config)
    ratios, strengths = jnp.logspace(*config.ratios), jnp.linspace(*config.strengths)
    measured = jax.jit(jax.vmap(jax.vmap(lambda r, g: _rate(config, r, g), (0, None)), (None, 0)))
    data |= {"ratio": np.asarray(ratios), "strength": np.asarray(strengths)}
    data["measured"] = np.asarray(measured(ratios, strengths))  # [strength, ratio]
    for name, r, gamma in (
        ("theory", data["ratio"], data["strength"]),
        ("fine theory", *_fine(config)),
    ):
        data[name] = -np.real(_slowest(r, gamma))
    multipliers = 1 + config.fine * _slowest(data["ratio"], data["strength"])
    data["theory of steps"] = -np.log(np.abs(multipliers)) / config.fine
    return data


def _slowest(ratio: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """[strength, ratio], the root of lambda^2 + r gamma lambda + r/4 = 0 with the largest real part."""
    r, gamma = np.meshgrid(ratio, strength)
    return 0.5 * (np.emath.sqrt((r * gamma) ** 2 - r) - r * gamma)


def _cycles(config: Config) -> Arrays:
    """Of the flow and of alternating steps, and how the run grows that is on none."""
    alternating = _RULES["alternating"](step=config.step)
    spiral = np.asarray(_path(_LOSSES["saturating"], alternating, 1.0, config.long))
    growth = spiral[-config.updates :].max() / spiral[: config.updates].max()
    data: Arrays = {"growth": np.asarray(growth)}
    for loss, rule in (("saturating", None), ("Wasserstein", alternating)):
        game = lsgan.Game(_ORIGIN, _ORIGIN, _LOSSES[loss])
        cycle = lsgan.cycle(game, rule, _players(1.0), free=("w", "shift"))
        data |= {f"period, {loss}": np.asarray(cycle.period), f"amplitude, {loss}": cycle.amplitude}
        data[f"multipliers, {loss}"] = cycle.multipliers
    return data


def _fine(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """Ratios and strengths where the formula is drawn."""
    return np.logspace(*config.ratios[:2], 161), np.linspace(*config.strengths[:2], 161)


def _rate(config: Config, ratio: jax.Array, strength: jax.Array) -> jax.Array:
    """Of the approach to the equilibrium: mean slope of -log distance in the generator's time.

    The smooth weight exp(-1/(t (1 - t))) takes out how the distance swings along a revolution, which a plain
    mean over few of them does not (Das et al. 2017, Nonlinearity 30).
    """
    steps = round(config.time / config.fine)
    rule = lsgan.Simultaneous(step=(config.fine * ratio, jnp.full_like(ratio, config.fine)))
    radius = _path(lsgan.Minimax(), rule, config.near, steps, lsgan.R1(strength))
    t = (jnp.arange(steps) + 0.5) / steps
    weight = jnp.exp(-1 / (t * (1 - t)))
    return -jnp.sum(weight * jnp.diff(jnp.log(radius))) / (config.fine * jnp.sum(weight))


def found(data: Arrays) -> dict[str, Found]:
    end = {name: data[name][-1] for name in _COLORS}
    at = np.abs(data["strength"] - 0.5).argmin()  # where all ratios here below 4 spiral in
    slow, fast = (np.abs(data["ratio"] - r).argmin() for r in (1, 10**0.5))
    measured, exact = data["measured"][at], data["theory"][at]
    numbers = {
        "saturating, simultaneous": recorded(end["saturating, simultaneous"], 3.35, 5e-3),
        "saturating, alternating": recorded(end["saturating, alternating"], 1.50, 5e-3),
        "Wasserstein, simultaneous": recorded(end["Wasserstein, simultaneous"], 2.6e4, 500),
        "Wasserstein, alternating": recorded(end["Wasserstein, alternating"], 1.43, 5e-3),
    }
    numbers |= _found_cycles(data)
    for name, index in (("1", slow), ("3.16", fast)):
        numbers[f"rate of approach, r = {name}"] = theory(measured[index], exact[index], 0.01)
    off = np.abs(data["measured"] / data["theory of steps"] - 1).max()
    numbers["largest relative distance from the rate of the steps"] = theory(off, 0, 0.05)
    return numbers


def _found_cycles(data: Arrays) -> dict[str, Found]:
    """Saturating: both move along the circle of radius r at the pace 1/(1 + e^u), u = r^2 sin(2 phi)/2.

    Wasserstein, G first: theta' = theta + h psi, psi' = psi - h theta' keep psi^2 + theta^2 + h psi theta and
    turn by the angle arccos(1 - h^2/2).
    """
    h = Config().step
    radius = float(data["amplitude, saturating"].mean())  # there is a circle of any: of the one found
    pace = 2 * np.pi * (1 + float(jax.scipy.special.i0(radius**2 / 2)))
    ellipse = np.sqrt((2 + h) / (1 - h**2 / 4))
    return {
        "period of the flow, saturating": theory(float(data["period, saturating"]), pace, 1e-5),
        "its amplitude": theory(radius, np.sqrt(2), 1e-3),
        "its largest multiplier": theory(np.abs(data["multipliers, saturating"][0]), 1, 1e-4),
        "period of alternating steps, Wasserstein": theory(
            float(data["period, Wasserstein"]), 2 * np.pi / np.arccos(1 - h**2 / 2), 1e-6
        ),
        "amplitude of w": theory(data["amplitude, Wasserstein"][0], ellipse, 1e-4),
        "multipliers of a step, the larger": theory(data["multipliers, Wasserstein"][0], 1, 1e-6),
        "the smaller": theory(data["multipliers, Wasserstein"][1], 1, 1e-6),
        "growth in 20000 alternating steps, saturating": recorded(float(data["growth"]), 1.0249, 2e-4),
    }


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.7), layout="constrained")
    radii, rates = figure.subplots(1, 2)
    for name, color in _COLORS.items():
        radii.plot(data[name], color=color, label=name)
    radii.set(yscale="log", xlabel="iteration $k$", ylabel="distance from the equilibrium")
    radii.set_xlim(0, config.updates)
    radii.legend(frameon=False, loc="upper left")
    panel_letter(radii, "a", f"Dirac-GAN, step {config.step:g}")
    _draw_rates(rates, data, config)
    return figure


def _draw_rates(axes: "Axes", data: Arrays, config: Config) -> None:
    from matplotlib.colors import Normalize

    top = 1.6
    norm = Normalize(0, top)
    x, y = data["ratio"], data["strength"]
    bands = filled_bands(axes, x, y, np.clip(data["measured"], 0, top), "viridis", norm, 16)
    levels = norm.inverse(np.linspace(0, 1, 17)[1:-1:2])
    lines = axes.contour(*_fine(config), data["fine theory"], levels, colors="w", linewidths=0.6)
    axes.clabel(lines, fmt="%.1f", fontsize=6.5, manual=[(0.4, 0.5), (0.7, 0.86), (1.3, 0.77)])
    edge = x[(1 / np.sqrt(x) <= y[-1])]
    axes.plot(edge, 1 / np.sqrt(edge), "--", color=BLACK, linewidth=0.9)
    axes.text(0.34, 1.78, r"$\gamma=1/\sqrt{r}$", color="w", fontsize=8)
    axes.figure.colorbar(bands, ax=axes, label="rate of approach", ticks=(0, 0.5, 1, 1.5))
    axes.set(xscale="log", xlabel="rate of $D$ over rate of $G$, $r$", ylabel=r"R1 strength $\gamma$")
    panel_letter(axes, "b", "measured (colour) and theory (white)")


def caption(data: Arrays, config: Config) -> str:
    """What is measured in (b), and why it is not quite the rate of the flow."""
    off, own = (100 * np.abs(data["measured"] / data[name] - 1) for name in ("theory", "theory of steps"))
    row, column = np.unravel_index(off.argmax(), off.shape)
    r, gamma = data["ratio"][column], data["strength"][row]
    return (
        f"(b): from ({given(config.near)}, {given(config.near)}), G's step {given(config.fine)}, D's step r "
        f"times that: minus the mean slope of the logarithm of the distance over a time of "
        f"{given(config.time)}, under a smooth weight. White: minus the real part of the slowest root at the "
        f"values of the colours' borders. Measured and theory differ by {plain(np.median(off), 2)} % in the "
        f"median and by {plain(off.max(), 2)} % at most, at r = {plain(r, 2)}, gamma = {plain(gamma, 2)}: "
        "there the approach is so slow that what a step of finite size takes off, its size times r/8, is not "
        f"small beside it. From the rate of the steps it is {plain(own.max(), 2)} % off at most."
    )


CLAIM = Claim(
    name="claim15_oscillation",
    title="Dirac-GAN: simultaneous and alternating steps; rate of approach under R1 and a faster D",
    source="Mescheder et al. (2018), lemma 4.1 and appendix D; Heusel et al. (2017)",
    config=Config(),
    compute=compute,
    plot=plot,
    caption=caption,
    number=15,
    says="GAN training oscillates; alternating steps and a slower discriminator stabilise it.",
    model=(
        "Dirac-GAN from (1, 1), step {config.step:g}, {config.updates} steps; with R1 lambda^2 + r "
        "gamma lambda + r/4 = 0"
    ),
    verdict="right, but for the rate",
    correct=(
        "The flow stays on a circle. Simultaneous steps spiral out; alternating ones stay on an ellipse with "
        "the Wasserstein loss and spiral out with the saturating one, 2.5 % in 20000 steps: neither "
        "converges. With R1 both "
        "roots have a negative real part for every rate ratio r, and the best approach sqrt(r)/2, at "
        "gamma = 1/sqrt(r), is faster the faster D is."
    ),
    limits="Two parameters and full batches; the noise of mini-batches, which favours two rates, is absent.",
    found=found,
)
