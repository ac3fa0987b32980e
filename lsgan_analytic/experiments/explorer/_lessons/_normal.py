"""Claims about the best discriminator and vanishing gradients, on two normal laws."""

from .._games import NORMAL
from ._claim import claim, Lesson


def normal() -> list[Lesson]:
    saturating, other = (NORMAL, "Minimax", ""), (NORMAL, "NonSaturating", "")
    narrow = {"data.std": 0.1, "latent.std": 0.1}
    held = {"numbers": narrow, "start": {"w": -100.0, "b": 50.0, "shift": 1.0}, "free": ["shift"]}
    held |= {"shown": ["b", "shift"], "steps": 20, "tube": False}
    return [
        claim(
            1,
            "the best D is p/(p + q)",
            saturating,
            {"free": ["w", "b"], "shown": ["w", "b"], "steps": 400, "tube": False},
            "G is held at shift 1 and D climbs from D = 1/2. To which value of J?",
            "To 2 JS - log 4 = [V at the best D], since JS = [JS] here: the best D is p/(p + q), "
            "the logistic function with w = -1 and b = 1/2.",
        ),
        claim(
            3,
            "JS gives gradients where supports part",
            saturating,
            held,
            "Laws of width 0.1, a distance of 1 apart; D is the best one, and held. G descends J: how fast?",
            "Not at all: the slope of JS is [normals at gap 1: dJS], while that of W1 is "
            "[dW1] at any distance.",
        ),
        claim(
            4,
            "the non-saturating loss mends it",
            other,
            held | {"steps": 3},
            "The same D, but G descends -log D. How large is its first step of size 0.1?",
            "Huge: the slope is [nonsaturating, gap 1]; the saturating loss has [saturating, gap 1]. D is "
            "held here, so G runs on far past the data.",
        ),
        claim(
            4,
            "noise restores the gradient",
            (NORMAL, "Minimax", "InstanceNoise"),
            held | {"start": {"w": -1 / 1.01, "b": 0.5 / 1.01, "shift": 1.0}, "steps": 60},
            "The saturating loss again, with noise of width 1 on all that D sees, and the best D for that.",
            "It moves: the slope is [saturating with noise 1, gap 1] in place of [saturating, gap 1].",
        ),
        claim(
            5,
            "both losses have the same dynamics",
            other,
            held | {"start": {"w": -20.0, "b": 2.0, "shift": 0.2}, "steps": 1, "shown": ["b", "shift"]},
            "At a distance of 0.2 the two losses pull G towards the data. Equally hard?",
            "No: the saturating slope is [saturating slope at gap 0.2], the non-saturating one "
            "[non-saturating slope at gap 0.2]. Choose the other loss and compare the first step.",
        ),
    ]
