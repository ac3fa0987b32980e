"""How equilibria gain and lose stability: R1 strength and rate ratio (Dirac-GAN), step (logistic game).

Steps (r eta, eta) of D and G; the logistic game, under Mao's sign, is held at one g: what is left of its line
of stationary points is one equilibrium.
"""

from dataclasses import dataclass, replace
from typing import Any, Self, TYPE_CHECKING

import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic import plotting

from ._captions import given, plain
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, panel_letter, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LABELS = {"strength": r"R1 strength $\gamma$", "ratio": "rate ratio $r$", "step": r"step $\eta$"}
_SYMBOLS = {"strength": r"$\gamma$", "ratio": "$r$", "step": r"$\eta$"}
_TITLES = {"strength": "Dirac-GAN", "ratio": "Dirac-GAN", "step": "logistic game"}
_EVENTS = {"neimark_sacker": "Neimark\N{EN DASH}Sacker", "node_focus": "focus to node", "flip": "flip"}


@dataclass(frozen=True)
class Config:
    """Decades of each parameter, its value where another varies, and the longest step along a branch."""

    strengths: tuple[float, float] = (-2.0, 1.0)
    ratios: tuple[float, float] = (-1.0, 2.0)
    steps: tuple[float, float] = (-1.0, 1.0)
    strength: float = 0.3
    ratio: float = 1.0
    step: float = 0.5
    rate: float = 0.5
    longest: float = 0.01

    def quick(self) -> Self:
        return replace(self, longest=0.2)

    def dirac(self, strength: Any, ratio: Any) -> tuple[lsgan.Game, lsgan.Simultaneous]:
        """The Dirac-GAN with R1, and its rule."""
        point = lsgan.PointMasses([0.0])
        game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))
        return game, lsgan.Simultaneous(step=(ratio * self.step, self.step))

    def logistic(self, step: Any) -> tuple[lsgan.Game, lsgan.Simultaneous]:
        """The logistic game under Mao's sign with R1, and its rule."""
        loss, penalty = lsgan.LeastSquares(fake=0, real=1, target=1), (lsgan.R1(self.strength),)
        game = lsgan.Game(lsgan.Exponential(rate=self.rate), lsgan.Rayleigh(), loss, regularizers=penalty)
        return game, lsgan.Simultaneous(step=(self.ratio * step, step))


def compute(config: Config) -> Arrays:
    """Of each branch: log10 of the parameter, multipliers, whether stable, and the events."""
    dirac = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
    logistic = lsgan.Players(lsgan.Logistic(a=1.0, b=0.0), lsgan.Square(g=1 / config.rate, h=0.0))
    point, line = (dirac, ("w", "shift")), (logistic, ("a", "b", "h"))
    branches = {
        "strength": (lambda t: config.dirac(10.0**t, config.ratio), config.strengths, point),
        "ratio": (lambda t: config.dirac(config.strength, 10.0**t), config.ratios, point),
        "step": (lambda t: config.logistic(10.0**t), config.steps, line),
    }
    data: Arrays = {}
    for name, (system, ends, (equilibrium, free)) in branches.items():
        found = lsgan.continue_branch(
            system, equilibrium, *ends, free=free, step=config.longest, max_step=config.longest
        )
        data |= {
            f"parameter_{name}": found.parameter,
            f"multipliers_{name}": found.eigenvalues,
            f"stable_{name}": found.stable,
            f"kinds_{name}": np.asarray([event.kind for event in found.bifurcations]),
            f"at_{name}": np.asarray([event.parameter for event in found.bifurcations]),
        }
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """Above the size of the largest multiplier, below the loci of all in the complex plane."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.1), layout="constrained")
    panels = figure.subplots(2, 3, height_ratios=(1, 1.1))
    held = {
        "strength": rf"\gamma={config.strength:g}",
        "ratio": f"r={config.ratio:g}",
        "step": rf"\eta={config.step:g}",
    }
    for name, (top, bottom), letters in zip(_LABELS, panels.T, ("ad", "be", "cf"), strict=True):
        _draw_sizes(top, data, name)
        others = ", ".join(text for other, text in held.items() if other != name)
        panel_letter(top, letters[0], f"{_TITLES[name]}, ${others}$")
        logs = rf"$\log_{{10}}${_SYMBOLS[name]}"
        plotting.eigenvalues(bottom, data[f"multipliers_{name}"], data[f"parameter_{name}"], True, logs)
        bottom.set(xlim=(-1.3, 1.2), ylim=(-1.2, 1.2))
        panel_letter(bottom, letters[1], "multipliers")
    panels[0, 0].set_ylabel(r"largest $|\mu|$ (shown to 2)")
    handles, labels = _legend(panels[0])
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)
    return figure


def _draw_sizes(axes: "Axes", data: Arrays, name: str) -> None:
    at, sizes = _with_crossings(data[f"parameter_{name}"], np.abs(data[f"multipliers_{name}"]).max(axis=1))
    kinds = ((sizes <= 1, BLUE, "-", "stable"), (sizes >= 1, VERMILION, "--", "unstable"))
    for keep, color, dash, label in kinds:
        axes.plot(10.0**at, np.where(keep, sizes, np.nan), color=color, linestyle=dash, label=label)
    axes.axhline(1, color=BLACK, linewidth=0.5)
    for kind, where in zip(data[f"kinds_{name}"], data[f"at_{name}"], strict=True):
        axes.plot(
            10.0**where,
            np.interp(where, at, sizes),
            plotting.EVENTS[str(kind)],
            color=BLACK,
            markerfacecolor="white",
            markersize=5,
            label=_EVENTS[str(kind)],
            linestyle="none",
        )
    axes.set_xscale("log")
    axes.set(xlabel=_LABELS[name], ylim=(0, 2))


def _with_crossings(at: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The curve with a point wherever it crosses one: stable and unstable parts meet there."""
    beyond = sizes - 1
    before = np.flatnonzero(beyond[:-1] * beyond[1:] < 0)
    share = beyond[before] / (beyond[before] - beyond[before + 1])
    crossings = at[before] + share * (at[before + 1] - at[before])
    return np.insert(at, before + 1, crossings), np.insert(sizes, before + 1, 1.0)


def _legend(panels: np.ndarray) -> tuple[list, list]:
    """Every label of the panels once."""
    found: dict[str, Any] = {}
    for axes in panels:
        handles, labels = axes.get_legend_handles_labels()
        found |= dict(zip(labels, handles, strict=True))
    return list(found.values()), list(found)


def caption(data: Arrays, config: Config) -> str:
    """The three branches, and where they change."""
    parts = []
    for name in _LABELS:
        events = zip(data[f"kinds_{name}"], data[f"at_{name}"], strict=True)
        told = ", ".join(f"{_EVENTS[str(kind)]} at {plain(10.0**at, 4)}" for kind, at in events)
        parts.append(f"{_LABELS[name]}: {told}")
    return (
        "Largest multiplier of a step at the equilibrium (top; solid: stable, dashed: unstable) and all "
        f"multipliers in the complex plane with the unit circle (bottom), along R1 strength (r = "
        f"{given(config.ratio)}, step {given(config.step)}) and rate ratio (strength "
        f"{given(config.strength)}, step {given(config.step)}) in the Dirac-GAN, and along the step in the "
        f"logistic game under Mao's sign. Symbols: events. {'; '.join(parts)}."
    )


EXPERIMENTS = (
    Experiment(
        "bifurcation",
        "multipliers along R1 strength, rate ratio and step, and their bifurcations",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
