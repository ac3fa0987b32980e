"""A game and players as exact text: what a theorem is about, and what its certificate says of it.

Floating-point numbers stand for themselves, to the last bit ("0x1.8p+1"), with one exception: a Rayleigh
scale that is the float next to sqrt(1/2) stands for sqrt(1/2), the paper's law of z with z^2 ~ Exp(1).
"""

import math
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import numpy as np

from .._types import Players
from ..discriminators.erf import Erf
from ..discriminators.linear import Linear
from ..discriminators.logistic import Logistic
from ..discriminators.sigmoid import Sigmoid
from ..game import AbstractGame, Game
from ..generators.affine import Affine, Scale
from ..generators.shift import Shift
from ..generators.square import Square
from ..laws.base import AbstractLaw
from ..laws.discrete import PointMasses
from ..laws.exponential import Exponential, ShiftedExponential
from ..laws.normal import Normal
from ..laws.rayleigh import Rayleigh
from ..laws.uniform import Uniform
from ..losses.critics import Hinge, Wasserstein
from ..losses.cross_entropy import Minimax, NonSaturating
from ..losses.least_squares import LeastSquares
from ..losses.squared_minimax import SquaredMinimax
from ..regularizers.gradient import GradientPenalty, R1, R2
from ..regularizers.instance_noise import InstanceNoise

ROOT_HALF = "sqrt(1/2)"
DISCRIMINATORS = {Erf: ("a", "b"), Logistic: ("a", "b"), Sigmoid: ("w", "b"), Linear: ("w", "b")}
GENERATORS = {Square: ("g", "h"), Affine: ("scale", "shift"), Scale: ("scale",), Shift: ("shift",)}
LAWS = {
    Exponential: ("rate",),
    ShiftedExponential: ("loc", "scale"),
    Rayleigh: ("scale",),
    Normal: ("mean", "std"),
    Uniform: ("low", "high"),
}
LOSSES = {
    SquaredMinimax: {},
    LeastSquares: {"fake": "fake_label", "real": "real_label", "target": "target_label"},
    Minimax: {"smoothing": "smoothing"},
    NonSaturating: {"smoothing": "smoothing"},
    Wasserstein: {},
    Hinge: {},
}
REGULARIZERS = {
    R1: ("strength",),
    R2: ("strength",),
    GradientPenalty: ("strength", "target"),
    InstanceNoise: ("std",),
}
_NEAREST = (math.sqrt(0.5), float.fromhex("0x1.6a09e6p-1"))  # to sqrt(1/2): float64, float32
_ON_SCORES = ("Minimax", "NonSaturating", "Wasserstein", "Hinge")


def description(game: AbstractGame, players: Players) -> dict[str, Any]:
    """The game and its players as text; ValueError that names the part of which proofs know nothing."""
    if type(game) is not Game or not isinstance(players, Players):
        kinds = type(game).__name__, type(players).__name__
        raise ValueError(f"game, players: expected lsgan.Game and lsgan.Players, got {kinds}")
    spec = {
        "data": _law(game.data, "data"),
        "latent": _law(game.latent, "latent"),
        "loss": _loss(game.loss),
        "regularizers": [_fields(part, "regularizers", REGULARIZERS) for part in game.regularizers],
        "disc": _fields(players.disc, "disc", DISCRIMINATORS),
        "gen": _fields(players.gen, "gen", GENERATORS),
    }
    _check(spec)
    return spec


def _fields(part: Any, name: str, known: Mapping[type, tuple[str, ...]]) -> dict[str, str]:
    """{"kind": class, field: exact number}; classes count by their exact type."""
    if type(part) not in known:
        names = ", ".join(kind.__name__ for kind in known)
        raise ValueError(f"{name}: proofs know {names}, got {part!r}")
    return {"kind": type(part).__name__} | {
        field: exact(getattr(part, field), name) for field in known[type(part)]
    }


def exact(value: Any, name: str) -> str:
    """A finite number as text without loss."""
    if np.shape(value) != () or not math.isfinite(float(value)):
        raise ValueError(f"{name}: expected finite numbers, one for each parameter, got {value!s}")
    return float(value).hex()


def _law(law: AbstractLaw, name: str) -> dict[str, Any]:
    if type(law) is PointMasses and law.points.ndim == 1:
        pairs = {"points": law.points, "weights": law.weights}
        return {"kind": "PointMasses"} | {key: [exact(x, name) for x in pairs[key]] for key in pairs}
    spec = _fields(law, name, LAWS)
    if spec["kind"] == "Rayleigh" and float.fromhex(spec["scale"]) in _NEAREST:
        spec["scale"] = ROOT_HALF
    return spec


def _loss(loss: Any) -> dict[str, str]:
    if type(loss) not in LOSSES:
        names = ", ".join(kind.__name__ for kind in LOSSES)
        raise ValueError(f"loss: proofs know {names}, got {loss!r}")
    numbers = {label: getattr(loss, field) for label, field in LOSSES[type(loss)].items()}
    if not eqx.tree_equal(loss, type(loss)(**numbers)):  # its integrands can be given one by one
        raise ValueError(f"loss: proofs know {type(loss).__name__} with its own integrands, got {loss!r}")
    return {"kind": type(loss).__name__} | {label: exact(value, "loss") for label, value in numbers.items()}


def _check(spec: dict[str, Any]) -> None:
    """ValueError for combinations that are known singly only."""
    disc, gen, loss = (spec[part]["kind"] for part in ("disc", "gen", "loss"))
    latent, data = spec["latent"]["kind"], spec["data"]["kind"]
    kinds = [part["kind"] for part in spec["regularizers"]]
    if gen == "Square" and latent not in ("Rayleigh", "PointMasses"):
        raise ValueError(f"latent: proofs know Square of Rayleigh and of PointMasses, got {latent}")
    if "Rayleigh" in (data, latent) and (data == "Rayleigh" or gen != "Square"):
        raise ValueError("latent, data: proofs know Rayleigh as the latent law of Square only")
    if disc == "Erf" and (loss in _ON_SCORES or {*kinds} - {"InstanceNoise"}):
        raise ValueError(
            f"disc: proofs know Erf under losses on D(x) only, without slopes, got {loss}, {kinds}"
        )
    if loss == "Hinge" and ({data, latent} != {"PointMasses"} or "InstanceNoise" in kinds):
        raise ValueError("loss: proofs know Hinge on point masses without noise only")
    allowed = {"PointMasses", "Normal"}
    if kinds.count("InstanceNoise") > 1 or ("InstanceNoise" in kinds and not {data, latent} <= allowed):
        raise ValueError(f"regularizers: proofs know one InstanceNoise on {sorted(allowed)}, got {kinds}")
