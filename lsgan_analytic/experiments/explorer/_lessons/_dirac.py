"""Claims about oscillation and its cures, on the Dirac-GAN."""

from .._games import DIRAC
from ._claim import claim, Lesson


def dirac() -> list[Lesson]:
    both = {"paths": [{"rule": "Simultaneous"}, {"rule": "Alternating"}], "steps": 500}
    wgan = (DIRAC, "Wasserstein", "")
    return [
        claim(
            15,
            "training oscillates",
            (DIRAC, "Minimax", ""),
            both,
            "Two rules from the same start: both players at once, or one after the other. Which converges?",
            "Neither. Simultaneous steps spiral out, to a distance of [saturating, simultaneous] after 500 "
            "steps; alternating ones stay on a closed curve, at [saturating, alternating].",
        ),
        claim(
            11,
            "Wasserstein's loss is stable",
            wgan,
            both,
            "The Wasserstein distance has a slope at every gap. Does the game with it converge?",
            "No: it cycles. Simultaneous steps grow by [WGAN, simultaneous, growth a step] a step; "
            "alternating ones keep a distance from [WGAN, alternating, radius at least] to "
            "[WGAN, alternating, radius at most].",
        ),
        claim(
            11,
            "a gradient penalty repairs it",
            (DIRAC, "Wasserstein", "GradientPenalty"),
            {"steps": 1000, "paths": [{"rule": "Simultaneous"}]},
            "The penalty asks for a slope of 1 (WGAN-GP, strength 0.35). Does G reach the data at 0?",
            "No: it cycles at a distance from [WGAN-GP, smallest radius] to [WGAN-GP, largest radius]. With "
            "strength 1.5 it rests at [WGAN-GP, strength 1.5, shift at the end], away from the data; with "
            "target 0 it converges.",
        ),
        claim(
            16,
            "an unrolled GAN does not cycle",
            (DIRAC, "Minimax", ""),
            {"paths": [{"rule": "Unrolled, 10 steps"}, {"rule": "Simultaneous"}], "steps": 150},
            "G looks 10 steps of D ahead. What becomes of the spiral?",
            "It is gone: with 10 steps of 0.2 the eigenvalues at the equilibrium are "
            "[Re lambda, K = 10, eta = 0.2], real and negative.",
        ),
        claim(
            18,
            "R1 damps the rotation",
            (DIRAC, "Minimax", "R1"),
            {"steps": 150},
            "A penalty on D's slope at the data, of strength 0.8. Spiral out, circle, or spiral in?",
            "In. The eigenvalues are [slowest lambda, Dirac, R1] +- [Im lambda, Dirac, R1] i; without R1 "
            "they are +- [Im lambda, Dirac, none] i.",
        ),
        claim(
            18,
            "instance noise damps it too",
            (DIRAC, "Minimax", "InstanceNoise"),
            {"steps": 250},
            "Now noise of width 0.8 is added to all that D sees. Does it work as R1 does?",
            "Yes, more slowly: [slowest lambda, Dirac, instance noise] +- "
            "[Im lambda, Dirac, instance noise] i.",
        ),
        claim(
            18,
            "the hinge loss stabilises",
            (DIRAC, "Hinge", ""),
            both | {"steps": 150},
            "Does the hinge loss damp the rotation?",
            "No: its eigenvalues are +- [Im lambda, Dirac, hinge] i, without damping. To first order it is "
            "the Wasserstein loss.",
        ),
    ]
