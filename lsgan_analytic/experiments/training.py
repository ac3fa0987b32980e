"""Parameters and costs against the iteration, in 2-D (b, h free) and in 4-D (paper, Figs. 1 and 5)."""

from dataclasses import dataclass, replace
from typing import Self, TYPE_CHECKING

import numpy as np

from ._captions import given, plain, point
from ._cases import Case, CASE_A, CASE_B, train
from ._run import Arrays, Experiment
from ._style import BLACK, DOUBLE, GREEN, GREY, label_ends, panel_letter, PARAMETER_COLORS, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RUNS = {"2-D": ("b", "h"), "4-D": None}
_GRADIENTS = {"2-D": r"\nabla_{b,h}J", "4-D": r"\nabla J"}
_HEADINGS = {"2-D": "2-D ($b$, $h$ free)", "4-D": "4-D (all free)"}
_LATE = 50  # steps before the end, over which changes are told
# solid: discriminator; dashed: generator
_PARAMETERS = {name: (color, "-" if name in "ab" else "--") for name, color in PARAMETER_COLORS.items()}
_COSTS = {"$J_1$": (GREEN, "-"), "$J_2$": (PURPLE, "--"), "$J$": (BLACK, "-")}


@dataclass(frozen=True)
class Config:
    """One case, trained twice."""

    case: Case
    step: float = 0.4
    updates: int = 249

    def quick(self) -> Self:
        return replace(self, updates=60)


def compute(config: Config) -> Arrays:
    """For each run: (T, 4) parameters a, b, g, h; (T, 2) costs; the size of the field; the outcome."""
    game, start, data = config.case.game(), config.case.players(), {}
    for name, free in _RUNS.items():
        run = train(game, start, config.step, config.updates, free)
        data[f"parameters_{name}"] = np.stack([run.parameters[symbol] for symbol in _PARAMETERS], axis=1)
        data[f"costs_{name}"] = run.cost_terms
        data[f"field_norm_{name}"] = run.field_norm
        data[f"outcome_{name}"] = np.asarray(run.outcome)
    return data


def plot(data: Arrays, config: Config) -> "Figure":
    """Two columns (2-D, 4-D), parameters above and costs below."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 4.3), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey="row")
    lowest = min(data[f"parameters_{name}"].min() for name in _RUNS)
    highest = max(data[f"parameters_{name}"].max() for name in _RUNS)
    panels[0, 0].set_ylim(lowest - 0.35, highest + 0.35)
    panels[1, 0].set_ylim(-0.06, max(data[f"costs_{name}"].sum(axis=1).max() for name in _RUNS) + 0.12)
    for column, name in enumerate(_RUNS):
        top, bottom = panels[:, column]
        _draw_parameters(top, data[f"parameters_{name}"])
        panel_letter(top, "ab"[column], f"Case {config.case.name}, {_HEADINGS[name]}")
        _draw_costs(bottom, data[f"costs_{name}"])
        panel_letter(bottom, "cd"[column])
        _state_end(top, bottom, data, name)
        bottom.set_xlabel("iteration $k$")
    panels[0, 0].set_ylabel("parameter")
    panels[1, 0].set_ylabel("cost")
    return figure


def _draw_parameters(axes: "Axes", parameters: np.ndarray) -> None:
    for values, (color, dash) in zip(parameters.T, _PARAMETERS.values(), strict=True):
        axes.plot(values, color=color, linestyle=dash)
    axes.set_xlim(0, len(parameters) - 1)
    colors = [color for color, _ in _PARAMETERS.values()]
    label_ends(axes, parameters[-1], [f"${name}$" for name in _PARAMETERS], colors)


def _draw_costs(axes: "Axes", terms: np.ndarray) -> None:
    axes.axhline(1, color=GREY, linewidth=0.5, linestyle=":")
    costs = np.column_stack([terms, terms.sum(axis=1)])
    widths = (1.2, 1.2, 0.9)
    for values, (color, dash), width in zip(costs.T, _COSTS.values(), widths, strict=True):
        axes.plot(values, color=color, linestyle=dash, linewidth=width)
    label_ends(axes, costs[-1], list(_COSTS), [color for color, _ in _COSTS.values()])


def _state_end(top: "Axes", bottom: "Axes", data: Arrays, name: str) -> None:
    """How the run ended, above the panels: there no curve can be."""
    cost, size = data[f"costs_{name}"][-1].sum(), data[f"field_norm_{name}"][-1]
    exponent = int(np.floor(np.log10(size)))
    numbers = (
        rf"$J={cost:.4f}$, $\Vert {_GRADIENTS[name]}\Vert={size / 10**exponent:.1f}\times 10^{{{exponent}}}$"
    )
    moving, change = _fastest(data[f"parameters_{name}"])
    still = rf"$\Delta {moving}={change:+.2f}$ in the last {_LATE} steps"
    for axes, text in ((top, still), (bottom, numbers)):
        axes.set_title(text, loc="right", pad=4, color=GREY)


def _fastest(parameters: np.ndarray) -> tuple[str, float]:
    """The parameter that changed most in the last steps, and by how much."""
    changes = parameters[-1] - parameters[-1 - min(_LATE, len(parameters) - 1)]
    most = int(np.abs(changes).argmax())
    return list(_PARAMETERS)[most], float(changes[most])


def caption(data: Arrays, config: Config) -> str:
    """The start, what each line is, and how both runs end."""
    case = config.case
    start = point("abgh", (case.a, case.b, case.g, case.h))
    return (
        f"Case {case.name} (data Exp(c) with c = {given(case.c)}, Rayleigh latent) from {start}: "
        f"{config.updates} simultaneous gradient steps of size {given(config.step)}, exact expectations. "
        "Left: $b$ and $h$ move; right: all four parameters. Top: parameters, solid the discriminator's, "
        "dashed the generator's; bottom: $J$ (black) and its terms $J_1$ (solid) and $J_2$ (dashed); dotted: "
        f"the plateau $J$ = 1. {' '.join(_ended(data, name) for name in _RUNS)}"
    )


def _ended(data: Arrays, name: str) -> str:
    moving, change = _fastest(data[f"parameters_{name}"])
    costs = data[f"costs_{name}"].sum(axis=1)
    return (
        f"{name}: the run ends with $J$ = {plain(costs[-1], 4)} and a gradient of norm "
        f'{plain(data[f"field_norm_{name}"][-1], 2)}, judged "{data[f"outcome_{name}"]}"; ${moving}$ still '
        f"changes by {plain(change, 2)} in the last {_LATE} steps. The smallest $J$ on the way is "
        f"{plain(costs.min(), 3)}, at step {costs.argmin()}."
    )


EXPERIMENTS = (
    Experiment(
        "figure01",
        "Case A: parameters and costs in 2-D and 4-D",
        "paper, Fig. 1",
        Config(CASE_A),
        compute,
        plot,
        caption=caption,
    ),
    Experiment(
        "figure05",
        "Case B: parameters and costs in 2-D and 4-D",
        "paper, Fig. 5",
        Config(CASE_B),
        compute,
        plot,
        caption=caption,
    ),
)
