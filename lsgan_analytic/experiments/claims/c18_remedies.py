"""Claim 18: spectral norm, gradient penalties, instance noise and the hinge loss stabilise training."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays
from .._style import BLACK, BLUE, DOUBLE, GREEN, GREY, ORANGE, panel_letter, PURPLE, SKY, VERMILION
from ._claim import Claim, Found, theory

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_NAMES = ("none", "R1", "gradient penalty, target 0", "instance noise", "hinge", "spectral norm")
_COLORS = dict(zip(_NAMES, (BLACK, BLUE, SKY, GREEN, ORANGE, VERMILION), strict=True))
_PAIRS = ("Dirac", "Gaussian")


@dataclass(frozen=True)
class Config:
    """Points at 0, or N(0, 1), against the same moved; linear D.

    Attributes:
        strength: gamma of R1; centred: lambda of the penalty with target 0; noise: its std.
        gaps, penalties: theta and lambda of the critic that is best under the penalty with target 1.
    """

    strength: float = 0.8
    centred: float = 0.2
    noise: float = 0.8
    gaps: tuple[float, float, int] = (0.25, 3.0, 12)
    penalties: tuple[float, ...] = (0.5, 2.0, 10.0)
    updates: int = 300

    def quick(self) -> Self:
        return replace(self, gaps=(1.0, 3.0, 2))


def _games(config: Config, law: lsgan.PointMasses | lsgan.Normal) -> dict[str, lsgan.Game]:
    parts = {
        "none": (),
        "R1": (lsgan.R1(config.strength),),
        "gradient penalty, target 0": (lsgan.GradientPenalty(config.centred, target=0.0),),
        "instance noise": (lsgan.InstanceNoise(config.noise),),
        "spectral norm": (lsgan.SpectralNorm(),),
    }
    games = {name: lsgan.Game(law, law, lsgan.Minimax(), part) for name, part in parts.items()}
    return games | {"hinge": lsgan.Game(law, law, lsgan.Hinge())}


def exact_eigenvalues(config: Config) -> Arrays:
    """Roots of x^2 + damping x + force^2 = 0; damping -f''(0) (E x^2 + E y^2), and what is added to it."""
    roots = {}
    for pair, spread in zip(_PAIRS, (0.0, 1.0), strict=True):
        own = {
            "none": (spread / 2, 0.25),
            "R1": (spread / 2 + config.strength, 0.25),
            "gradient penalty, target 0": (spread / 2 + 2 * config.centred, 0.25),
            "instance noise": ((spread + config.noise**2) / 2, 0.25),
            "hinge": (0.0, 1.0),
        }
        for name, (damping, force) in own.items():
            roots[f"{pair}, {name}"] = np.sort_complex(np.roots([1, damping, force]))
    return roots


def compute(config: Config) -> Arrays:
    """Eigenvalues, (S, G) slopes of the best critic; what moves a normalised slope, and slopes of a bump."""
    laws = dict(zip(_PAIRS, (lsgan.PointMasses([0.0]), lsgan.Normal()), strict=True))
    games = {f"{pair}, {name}": game for pair in _PAIRS for name, game in _games(config, laws[pair]).items()}
    still = lsgan.Players(lsgan.Linear(w=0.0), lsgan.Shift(shift=0.0))
    moved = lsgan.Players(lsgan.Linear(w=2.0), lsgan.Shift(shift=1.0))
    normalised = games.pop("Gaussian, spectral norm")
    games.pop("Dirac, spectral norm")  # sign w has no derivative at 0

    bump = lsgan.RadialBasis(weights=[3.0], centers=[0.0], width=0.6)

    def look() -> tuple[dict[str, jax.Array], lsgan.Players, jax.Array]:
        every = {name: lsgan.jacobian(game, still, ("w", "shift")) for name, game in games.items()}
        slopes = jax.vmap(jax.grad(lsgan.SpectralNorm().transform_discriminator(bump)))(
            jnp.array([-0.6, 0.0])
        )
        return every, lsgan.field(normalised, moved), slopes

    jacobians, field, slopes = jax.jit(look)()
    gaps = np.linspace(*config.gaps)
    best = jax.jit(jax.vmap(jax.vmap(lambda s, g: _best(config, s, g), (None, 0)), (0, None)))
    return {
        **{name: np.sort_complex(np.linalg.eigvals(own)) for name, own in jacobians.items()},
        "field": np.asarray([field.disc.w, field.gen.shift]),
        "bump": np.asarray(slopes),
        "gap": gaps,
        "penalty": np.asarray(config.penalties),
        "slope": np.asarray(best(np.asarray(config.penalties), gaps)),
    }


def _best(config: Config, strength: jax.Array, gap: jax.Array) -> jax.Array:
    """|w| of the critic after ascent with the generator held."""
    origin = lsgan.PointMasses([0.0])
    penalty = lsgan.GradientPenalty(strength, target=1.0)
    game = lsgan.Game(origin, origin, lsgan.Wasserstein(), (penalty,))
    players = lsgan.Players(lsgan.Linear(w=-0.5), lsgan.Shift(shift=gap))
    rule = lsgan.Simultaneous(step=0.4 / strength)
    path = lsgan.trajectory(game, rule, players, steps=config.updates, free=("w",))
    return abs(path.players.disc.w[-1])


def found(data: Arrays) -> dict[str, Found]:
    numbers = {}
    for name, roots in exact_eigenvalues(Config()).items():
        numbers[f"slowest lambda, {name}"] = theory(np.real(data[name]).max(), np.real(roots).max(), 1e-7)
        numbers[f"Im lambda, {name}"] = theory(np.imag(data[name]).max(), np.imag(roots).max(), 1e-7)
    best = 1 + data["gap"] / (2 * data["penalty"][:, None])
    numbers["|w| - (1 + theta/2 lambda), worst"] = theory(np.abs(data["slope"] - best).max(), 0, 1e-9)
    numbers["what moves w under spectral norm"] = theory(data["field"][0], 0, 1e-15)
    numbers["steepest slope of a normalised bump"] = theory(data["bump"][0], 1, 1e-12)
    numbers["its slope at the data"] = theory(data["bump"][1], 0, 1e-12)
    return numbers


def plot(data: Arrays, config: Config) -> "Figure":
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.6), layout="constrained")
    spectrum, slopes = figure.subplots(1, 2)
    _draw_spectrum(spectrum, data)
    gap = np.linspace(0, data["gap"][-1], 2)
    for strength, own, color in zip(data["penalty"], data["slope"], (ORANGE, PURPLE, BLUE), strict=True):
        slopes.plot(gap, 1 + gap / (2 * strength), color=color, linewidth=0.8)
        slopes.plot(
            data["gap"], own, "o", color=color, markersize=3, label=rf"penalty, $\gamma={strength:g}$"
        )
    slopes.axhline(1, color=VERMILION, linestyle="--", label="spectral norm")
    slopes.set(xlabel=r"gap $\theta$", ylabel="slope $|w|$ of the best critic", xlim=gap, ylim=(0.8, 4.2))
    slopes.legend(frameon=False, loc="upper left")
    panel_letter(slopes, "b", r"lines: $1+\theta/2\gamma$")
    return figure


def _draw_spectrum(axes: "Axes", data: Arrays) -> None:
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.axhline(0, color=GREY, linewidth=0.6)
    for name, color in _COLORS.items():
        for pair, face, marker in zip(_PAIRS, ("none", color), ("o", "s"), strict=True):
            if f"{pair}, {name}" in data:
                value = data[f"{pair}, {name}"]
                axes.scatter(
                    np.real(value), np.imag(value), 18, edgecolor=color, facecolor=face, marker=marker
                )
        axes.plot([], [], "o", color=color, label=name, markersize=4)
    axes.set(xlabel=r"Re $\lambda$", ylabel=r"Im $\lambda$", xlim=(-1.2, 0.15), ylim=(-1.25, 1.25))
    handles = axes.get_legend_handles_labels()[0][:-1]
    axes.legend(handles=handles, frameon=False, loc="upper left", fontsize=6.5, bbox_to_anchor=(0, 1.02))
    panel_letter(axes, "a", "circles: points; squares: normals")


CLAIM = Claim(
    name="claim18_remedies",
    title="Eigenvalues under penalties, noise and the hinge; slopes under a soft penalty",
    source="Mescheder et al. (2018); Gulrajani et al. (2017); Miyato et al. (2018); Lim & Ye (2017)",
    config=Config(),
    compute=compute,
    plot=plot,
    number=18,
    says="Spectral normalisation, gradient penalties, instance noise and the hinge loss stabilise training.",
    model="points, and N(0, 1), against the same moved by theta, D linear",
    verdict="alleviates",
    correct=(
        "R1, a penalty with target 0 and instance noise damp the rotation; the spread of the data does so by "
        "itself, and too much damping slows. The hinge damps nothing: to first order it is the Wasserstein "
        "loss. Spectral normalisation bounds the slope from above only and damps nothing: of a linear D the "
        "sign is left. A soft penalty does not bound: its best slope is 1 + theta/2 lambda."
    ),
    limits="Linear D near an equilibrium; the norms of layers bound a deep net's slope from above, no more.",
    found=found,
)
