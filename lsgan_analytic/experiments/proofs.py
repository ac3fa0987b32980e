"""Theorems by ball arithmetic, of R/S/E/E, of the truth line and of Dirac-GANs, and their boxes.

Everything here raises ArithmeticError unless it is proved: that Cases A and B have no stationary point, nor
any R/S/E/E game of a wide box; the extremes of J in Case A to 12 digits; that the line through the truth
repels (paper's sign) and attracts (Mao's); that a Dirac-GAN has exactly one stationary point, and of which
kind, or none (the gradient penalty with target 1, apart from w = 0, where it has no slope).
"""

from dataclasses import dataclass, replace
from typing import Any, Self, TYPE_CHECKING

import numpy as np

import lsgan_analytic as lsgan

from ._captions import given, plain
from ._cases import Case, CASE_A, CASE_B
from ._run import Arrays, Experiment
from ._style import BLACK, BLUE, DOUBLE, GREY, panel_letter, SIZE_MAP, SKY, VERMILION

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDE = {"a": (0.01, 5.0), "b": (-8.0, 8.0), "g": (0.0, 3.0), "h": (-8.0, 8.0), "data.rate": (0.1, 5.0)}
_LOSSES = {
    "Minimax": lsgan.Minimax(),
    "NonSaturating": lsgan.NonSaturating(),
    "Wasserstein": lsgan.Wasserstein(),
    "Hinge": lsgan.Hinge(),
}


def _penalties() -> dict[str, tuple]:
    return {
        "none": (),
        "R1": (lsgan.R1(strength=0.3),),
        "R2": (lsgan.R2(strength=0.3),),
        "gradient penalty": (lsgan.GradientPenalty(strength=0.3, target=0.0),),
        "instance noise": (lsgan.InstanceNoise(std=0.7),),
    }


@dataclass(frozen=True)
class Config:
    """Boxes: |b|, |h| <= ``reach``, in ``cells`` by ``cells`` for the map; w and shift in ``dirac``.

    ``apart``: the least |w| of the theorem about the gradient penalty with target 1.
    """

    reach: float = 8.0
    cells: int = 32
    digits: int = 12
    g_range: tuple[float, float] = (-3.0, 5.0)
    dirac: tuple[float, float] = (-3.0, 3.25)
    apart: float = 1e-3

    def quick(self) -> Self:
        return replace(self, cells=6, digits=4)


def compute(config: Config) -> Arrays:
    """The theorems as sentences, the map of proved bounds, and the boxes of one proof.

    Raises ArithmeticError where one is not proved.
    """
    from lsgan_analytic import proofs

    sentences = []

    def proved(shown: proofs.Certificate, about: str) -> proofs.Certificate:
        if not shown:
            raise ArithmeticError(f"{about}: expected a proof, got: {shown.statement}")
        sentences.append(f"{about}: {shown.statement}")
        return shown

    box = _square(config.reach)
    for case in (CASE_A, CASE_B):
        proved(proofs.no_stationary_point(case.game(), case.players(), box), f"Case {case.name}")
    game, start = CASE_A.game(), CASE_A.players()
    proved(proofs.no_stationary_point(game, start, _WIDE), "R/S/E/E")
    data = _extremes(proved(proofs.bounds(game, start, box, config.digits), "Case A").result)
    everywhere = _square(np.inf)
    proved(proofs.bounds(game, start, everywhere, config.digits), "Case A")
    mao = lsgan.LeastSquares(fake=0, real=1, target=1)
    for sign, loss in (("paper", lsgan.SquaredMinimax()), ("Mao", mao)):
        line = lsgan.Game(lsgan.Exponential(rate=1.0), lsgan.Rayleigh(), loss)
        proved(proofs.truth_line(line, config.g_range), f"logistic D, {sign}'s sign, c = 1")
    for name, penalty, plane in _dirac_games():
        _dirac(proved, f"Dirac-GAN, {name}, {penalty}", plane, config)
    for name, loss in _LOSSES.items():
        if name != "Hinge":
            _dirac_apart(proved, f"Dirac-GAN, {name}, gradient penalty with target 1", loss, config)
    data |= _dirac_boxes(config)
    data |= {f"bounds_{case.name}": _map(case, config) for case in (CASE_A, CASE_B)}
    return data | {"theorems": np.asarray(sentences)}


def _square(reach: float) -> dict[str, tuple[float, float]]:
    """|b|, |h| <= reach."""
    return {"b": (-reach, reach), "h": (-reach, reach)}


def _extremes(result: dict) -> Arrays:
    """Middles and half-widths of the enclosures of the least and greatest J, and where they are taken."""
    from lsgan_analytic.proofs import from_text

    names = ("least", "greatest")
    balls = [from_text(result[name]["value"]) for name in names]
    return {
        "extremes": np.asarray([float(ball.mid()) for ball in balls]),
        "extremes_within": np.asarray([float(ball.rad()) for ball in balls]),
        "extremes_at": np.asarray([[float.fromhex(x) for x in result[n]["at"]] for n in names]),
    }


def _dirac_games():
    """(loss, penalty, game) of all Dirac-GANs that are looked at."""
    origin = lsgan.PointMasses([0.0])
    for name, loss in _LOSSES.items():
        for penalty, parts in _penalties().items():
            if (name, penalty) != ("Hinge", "instance noise"):
                yield name, penalty, lsgan.Game(origin, origin, loss, parts)


def _dirac(proved, about: str, game: lsgan.Game, config: Config) -> None:
    """Exactly one stationary point, the origin, and of which kind it is."""
    from lsgan_analytic import proofs

    players = lsgan.Players(lsgan.Linear(w=1.0), lsgan.Shift(shift=1.0))
    low, high = config.dirac
    reach = (-0.7, 0.75) if isinstance(game.loss, lsgan.Hinge) else (low / 3, high / 3)
    proved(proofs.stationary_point(game, players, {"w": reach, "shift": reach}), about)
    proved(proofs.kind(game, players, {"w": (0, 0), "shift": (0, 0)}), about)


def _dirac_apart(proved, about: str, loss: lsgan.losses.AbstractLoss, config: Config) -> None:
    """No stationary point on either side of w = 0."""
    from lsgan_analytic import proofs

    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, loss, (lsgan.GradientPenalty(strength=0.3, target=1.0),))
    players, (low, high) = lsgan.Players(lsgan.Linear(w=1.0), lsgan.Shift(shift=1.0)), config.dirac
    for side in ((low, -config.apart), (config.apart, high)):
        proved(proofs.no_stationary_point(game, players, {"w": side, "shift": (low, high)}), about)


def _dirac_boxes(config: Config) -> Arrays:
    """(n, 2, 2) the boxes of the proof for Minimax with R1; w, shift or uniqueness decides each."""
    from lsgan_analytic import proofs

    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, lsgan.Minimax(), (lsgan.R1(strength=0.3),))
    players = lsgan.Players(lsgan.Linear(w=1.0), lsgan.Shift(shift=1.0))
    shown = proofs.stationary_point(game, players, {"w": config.dirac, "shift": config.dirac})
    kinds = {"w": 0, "shift": 1, "unique": 2}
    return {
        "dirac_boxes": np.asarray([part["box"] for part in shown.parts]),
        "dirac_how": np.asarray([kinds[part.get("component", "unique")] for part in shown.parts]),
    }


def _map(case: Case, config: Config) -> np.ndarray:
    """(b, h) log10 of the proved lower bound of |dJ/dh| on every cell."""
    from lsgan_analytic import proofs

    ends = np.linspace(-config.reach, config.reach, config.cells + 1).tolist()
    game, players = case.game(), case.players()
    found = np.zeros((config.cells, config.cells), np.float32)
    for i, j in np.ndindex(found.shape):
        cell = {"b": (ends[i], ends[i + 1]), "h": (ends[j], ends[j + 1])}
        (part,) = proofs.no_stationary_point(game, players, cell).parts
        least = proofs.from_text(part["least"])
        found[i, j] = float(least.log() / least.const_log10())
    return found


def plot(data: Arrays, config: Config) -> "Figure":
    """The proved bounds of Cases A and B, and the boxes of a proof of existence and uniqueness."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(DOUBLE, 2.6), layout="constrained")
    axes = figure.subplots(1, 3)
    ends = np.linspace(-config.reach, config.reach, config.cells + 1)
    shades: Any = {"cmap": SIZE_MAP, "vmin": min(data["bounds_A"].min(), data["bounds_B"].min()), "vmax": 0}
    for letter, name, part in zip("ab", "AB", axes, strict=False):
        part.pcolormesh(ends, ends, data[f"bounds_{name}"].T, **shades)
        part.set(xlabel="$b$", ylabel="$h$")
        panel_letter(part, letter, f"Case {name}: proved on each box")
    bar = figure.colorbar(axes[1].collections[0], ax=axes[1], pad=0.02, aspect=28)
    bar.set_label(r"$\log_{10}$ of a lower bound of $|\partial J/\partial h|$")
    _draw_boxes(axes[2], data)
    return figure


def _draw_boxes(axes: "Axes", data: Arrays) -> None:
    from matplotlib.patches import Rectangle

    colors = (SKY, GREY, VERMILION)
    style: Any = {"edgecolor": BLACK, "linewidth": 0.3, "alpha": 0.7}
    for ((w0, w1), (s0, s1)), how in zip(data["dirac_boxes"], data["dirac_how"], strict=True):
        axes.add_patch(Rectangle((w0, s0), w1 - w0, s1 - s0, facecolor=colors[how], **style))
    for text, color in (("$f_w\\neq0$", SKY), ("$f_\\theta\\neq0$", GREY), ("exactly one zero", VERMILION)):
        axes.plot([], [], "s", color=color, label=text)
    axes.plot(0, 0, "+", color=BLUE)
    low, high = data["dirac_boxes"].min(), data["dirac_boxes"].max()
    axes.set(xlabel="$w$", ylabel=r"shift $\theta$", xlim=(low, high), ylim=(low, high + 0.36 * (high - low)))
    axes.legend(loc="upper center", ncols=1, frameon=False)
    panel_letter(axes, "c", "Dirac-GAN with R1: one point rests")


def caption(data: Arrays, config: Config) -> str:
    """How many theorems, and the extremes they enclose."""
    (least, most), (within, also) = data["extremes"], data["extremes_within"]
    how = [int(np.sum(data["dirac_how"] == kind)) for kind in range(3)]
    return (
        f"{len(data['theorems'])} theorems by ball arithmetic. Maps: log10 of a proved lower bound of "
        f"|dJ/dh| on each of {config.cells} x {config.cells} cells of |$b$|, |$h$| <= {given(config.reach)}, "
        f"Cases A and B; its smallest are 10^{data['bounds_A'].min():.0f} and "
        f"10^{data['bounds_B'].min():.0f}: no cell holds a stationary point. On that box Case A has "
        f"{plain(least, 12)} <= $J$ <= {plain(most, 12)}, each within {plain(max(within, also), 1)}. Boxes: "
        f"the proof that the Dirac-GAN with R1 has one stationary point; the slope in $w$ excludes {how[0]}, "
        f"the slope in the shift {how[1]}, uniqueness decides {how[2]}."
    )


EXPERIMENTS = (
    Experiment(
        "proofs",
        "Theorems by ball arithmetic, and the boxes they hold on",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
