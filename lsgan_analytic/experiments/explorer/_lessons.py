"""The pictures of the page: what is shown, a question before and the answer after.

A lesson about a claim takes its numbers from the claim's results: ``_recorded.json``.
"""

from typing import Any

from lsgan_analytic.browser import Preset

from .._cases import CASE_B
from ..logistic import Config as LogisticConfig
from ._games import DIRAC, FIT, HOPPING, NORMAL, PAIR, POINTS, RSEE, SEQUEL, SOFTMAX
from ._recorded import RECORDED

Lesson = tuple[str, str, str, Preset]  # game, loss, regulariser, picture


def _claim(
    number: int, name: str, key: tuple[str, str, str], state: dict[str, Any], predict: str, reveal: str
) -> Lesson:
    """``reveal`` has places [name] for the claim's numbers."""
    for place, value in RECORDED[str(number)].items():
        reveal = reveal.replace(f"[{place}]", value)
    if "[" in reveal:
        raise ValueError(f"claim {number}: expected names of its numbers in brackets, got {reveal!r}")
    return *key, Preset(f"Claim {number}: {name}", state, predict, reveal)


def _cases() -> list[Lesson]:
    key, case_b = (RSEE, "SquaredMinimax", ""), {"a": CASE_B.a, "b": CASE_B.b, "g": CASE_B.g, "h": CASE_B.h}
    return [
        (
            *key,
            Preset(
                "Case A, b and h",
                {},
                "The cost falls at first. Does the path end at its lowest cost?",
                "No. J passes its lowest value, 0.518 at step 41, and ends beside the plateau J = 1, "
                "where the gradient is almost gone.",
            ),
        ),
        (
            *key,
            Preset(
                "Case A, all four",
                {"free": None},
                "All four parameters move now. Does that save the generator?",
                "No: J ends at 0.998, on the same plateau. Its lowest value was 0.653, at step 38.",
            ),
        ),
        (
            *key,
            Preset(
                "Case B, b and h",
                {"numbers": {"data.rate": CASE_B.c}, "start": case_b},
                "The data are 8 times as narrow as in Case A. Where does the path end?",
                "Beside the plateau J = 1 again: J was 0.872 at step 109 and is 0.999 at the end.",
            ),
        ),
        (
            *key,
            Preset(
                "Case B, all four",
                {"numbers": {"data.rate": CASE_B.c}, "start": case_b, "free": None},
                "And with all four parameters?",
                "J hardly leaves 1: its lowest value is 0.987, at step 99.",
            ),
        ),
        (
            *key,
            Preset(
                "Case A, sampled runs",
                {"cloud": True, "samples": 1000, "runs": 100, "at": 120},
                "Each run sees 1000 points of the data and no more. How far do runs spread?",
                "About as the tube says: it is the spread to first order in 1/sqrt(samples).",
            ),
        ),
    ]


def _sequel() -> list[Lesson]:
    steps = RECORDED["logistic"]
    return [
        (
            SEQUEL,
            "SquaredMinimax",
            "",
            Preset(
                f"Sequel, case {number}",
                {
                    "numbers": {"data.rate": case.c},
                    "start": {name: getattr(case, name) for name in "abgh"},
                    "steps": 700,
                    "tube": False,
                },
                "D(x) = 1/(1 + a exp(-b x)) is a probability for a > 0 only. Does a stay positive?",
                f"No: after {steps[f'steps_{number}']} steps the path leaves through a = 0, where D is "
                "none any more; it is drawn to its last valid point.",
            ),
        )
        for number, case in enumerate(LogisticConfig().cases, 1)
    ]


def _dirac() -> list[Lesson]:
    both = {"paths": [{"rule": "Simultaneous"}, {"rule": "Alternating"}], "steps": 500}
    wgan = (DIRAC, "Wasserstein", "")
    return [
        _claim(
            15,
            "training oscillates",
            (DIRAC, "Minimax", ""),
            both,
            "Two rules from the same start: both players at once, or one after the other. Which converges?",
            "Neither. Simultaneous steps spiral out, to a distance of [saturating, simultaneous] after 500 "
            "steps; alternating ones stay on a closed curve, at [saturating, alternating].",
        ),
        _claim(
            11,
            "Wasserstein's loss is stable",
            wgan,
            both,
            "The Wasserstein distance has a slope at every gap. Does the game with it converge?",
            "No: it cycles. Simultaneous steps grow by [WGAN, simultaneous, growth a step] a step; "
            "alternating ones keep a distance from [WGAN, alternating, radius at least] to "
            "[WGAN, alternating, radius at most].",
        ),
        _claim(
            11,
            "a gradient penalty repairs it",
            (DIRAC, "Wasserstein", "GradientPenalty"),
            {"steps": 1000, "paths": [{"rule": "Simultaneous"}]},
            "The penalty asks for a slope of 1 (WGAN-GP, strength 0.35). Does G reach the data at 0?",
            "No: it cycles at a distance from [WGAN-GP, smallest radius] to [WGAN-GP, largest radius]. With "
            "strength 1.5 it rests at [WGAN-GP, strength 1.5, shift at the end], away from the data; with "
            "target 0 it converges.",
        ),
        _claim(
            16,
            "an unrolled GAN does not cycle",
            (DIRAC, "Minimax", ""),
            {"paths": [{"rule": "Unrolled, 10 steps"}, {"rule": "Simultaneous"}], "steps": 150},
            "G looks 10 steps of D ahead. What becomes of the spiral?",
            "It is gone: with 10 steps of 0.2 the eigenvalues at the equilibrium are "
            "[Re lambda, K = 10, eta = 0.2], real and negative.",
        ),
        _claim(
            18,
            "R1 damps the rotation",
            (DIRAC, "Minimax", "R1"),
            {"steps": 150},
            "A penalty on D's slope at the data, of strength 0.8. Spiral out, circle, or spiral in?",
            "In. The eigenvalues are [slowest lambda, Dirac, R1] +- [Im lambda, Dirac, R1] i; without R1 "
            "they are +- [Im lambda, Dirac, none] i.",
        ),
        _claim(
            18,
            "instance noise damps it too",
            (DIRAC, "Minimax", "InstanceNoise"),
            {"steps": 250},
            "Now noise of width 0.8 is added to all that D sees. Does it work as R1 does?",
            "Yes, more slowly: [slowest lambda, Dirac, instance noise] +- "
            "[Im lambda, Dirac, instance noise] i.",
        ),
        _claim(
            18,
            "the hinge loss stabilises",
            (DIRAC, "Hinge", ""),
            both | {"steps": 150},
            "Does the hinge loss damp the rotation?",
            "No: its eigenvalues are +- [Im lambda, Dirac, hinge] i, without damping. To first order it is "
            "the Wasserstein loss.",
        ),
    ]


def _normal() -> list[Lesson]:
    saturating, other = (NORMAL, "Minimax", ""), (NORMAL, "NonSaturating", "")
    narrow = {"data.std": 0.1, "latent.std": 0.1}
    held = {"numbers": narrow, "start": {"w": -100.0, "b": 50.0, "shift": 1.0}, "free": ["shift"]}
    held |= {"shown": ["b", "shift"], "steps": 20, "tube": False}
    return [
        _claim(
            1,
            "the best D is p/(p + q)",
            saturating,
            {"free": ["w", "b"], "shown": ["w", "b"], "steps": 400, "tube": False},
            "G is held at shift 1 and D climbs from D = 1/2. To which value of J?",
            "To 2 JS - log 4 = [V at the best D], since JS = [JS] here: the best D is p/(p + q), "
            "the logistic function with w = -1 and b = 1/2.",
        ),
        _claim(
            3,
            "JS gives gradients where supports part",
            saturating,
            held,
            "Laws of width 0.1, a distance of 1 apart; D is the best one, and held. G descends J: how fast?",
            "Not at all: the slope of JS is [normals at gap 1: dJS], while that of W1 is "
            "[dW1] at any distance.",
        ),
        _claim(
            4,
            "the non-saturating loss mends it",
            other,
            held | {"steps": 3},
            "The same D, but G descends -log D. How large is its first step of size 0.1?",
            "Huge: the slope is [nonsaturating, gap 1]; the saturating loss has [saturating, gap 1]. D is "
            "held here, so G runs on far past the data.",
        ),
        _claim(
            4,
            "noise restores the gradient",
            (NORMAL, "Minimax", "InstanceNoise"),
            held | {"start": {"w": -1 / 1.01, "b": 0.5 / 1.01, "shift": 1.0}, "steps": 60},
            "The saturating loss again, with noise of width 1 on all that D sees, and the best D for that.",
            "It moves: the slope is [saturating with noise 1, gap 1] in place of [saturating, gap 1].",
        ),
        _claim(
            5,
            "both losses have the same dynamics",
            other,
            held | {"start": {"w": -20.0, "b": 2.0, "shift": 0.2}, "steps": 1, "shown": ["b", "shift"]},
            "At a distance of 0.2 the two losses pull G towards the data. Equally hard?",
            "No: the saturating slope is [saturating slope at gap 0.2], the non-saturating one "
            "[non-saturating slope at gap 0.2]. Choose the other loss and compare the first step.",
        ),
    ]


def _modes() -> list[Lesson]:
    return [
        _claim(
            13,
            "collapse hops between modes",
            (HOPPING, "NonSaturating", ""),
            {"at": 100},
            "One generated point, two modes. Does it settle on one of them?",
            "Never: D marks down the mode where the point is, and it leaves for the other. The period is a "
            "time, [period of the flow], divided by the step: "
            "[iterations of a period, step 0.16] iterations with a step of 0.16, "
            "[iterations of a period, smallest step] with 0.016.",
        ),
        _claim(
            20,
            "two points beside one mode",
            (POINTS, "NonSaturating", ""),
            {"tube": False},
            "Two generated points start beside the mode at -2. Does one of them find the mode at 2?",
            "No: the farther mode stays [distance of the mode farthest off, none] away.",
        ),
        _claim(
            20,
            "a charge for missed modes",
            (POINTS, "NonSaturating", "ModeCoverage"),
            {"tube": False},
            "Now every data point that is farther than 1 from all generated ones has a price. What changes?",
            "A point is brought over: the mode farthest off is [the same, coverage] away at the end.",
        ),
        _claim(
            7,
            "JS seeks modes",
            (FIT, "Jensen-Shannon", ""),
            {
                "steps": 1000,
                "paths": [
                    {"start": {"mean": 2.5, "log_std": -0.36}},
                    {"start": {"mean": 1.0, "log_std": 0.0}},
                ],
            },
            "One normal law for two modes at -3 and 3. Both paths descend the Jensen-Shannon divergence. "
            "Same end?",
            "No. The best fit is one mode: mean [mean under js], width [std under js], JS [JS on one mode]. "
            "From (1, 0) descent ends in a local minimum that covers both, JS "
            "[JS where descent from (1, 1) ends].",
        ),
        _claim(
            7,
            "forward KL covers all modes",
            (FIT, "KL(data || generated)", ""),
            {"paths": [{"start": {"mean": 2.5, "log_std": -0.36}, "step": 0.05}]},
            "The same, descending KL(data || generated) from beside one mode. Does it stay?",
            "It leaves and covers both: the width becomes [std under kl], between the modes.",
        ),
        _claim(
            21,
            "several generators cover several modes",
            (PAIR, "", ""),
            {
                "paths": [
                    {"start": {"first": 0.499, "second": 0.501}},
                    {"start": {"first": 0.5, "second": 0.5}},
                ]
            },
            "Two generators start 0.002 apart, or at the same point. Do they part and cover both modes?",
            "The first pair does, JS = [JS at the end, apart by 1e-3]. The second never parts: equal "
            "generators have equal gradients, JS = [JS of equal ones at the end].",
        ),
        _claim(
            9,
            "mode collapse is inherent",
            (SOFTMAX, "NonSaturating", ""),
            {},
            "A tenth of the generated mass is on the second mode. Is it dropped, or does it come back?",
            "It comes back: full coverage attracts, with eigenvalues [Re lambda, non-saturating] +- "
            "[Im lambda, non-saturating] i. A dropped mode pulls in proportion to its own mass.",
        ),
        _claim(
            9,
            "under Wasserstein's loss it cycles",
            (SOFTMAX, "Wasserstein", ""),
            {"paths": [{"rule": "Extragradient"}, {"rule": "Simultaneous", "step": 0.1}]},
            "The same with Wasserstein's loss: does full coverage attract?",
            "Not by itself: the eigenvalues are +- [Im lambda, Wasserstein] i, a rotation. Extragradient "
            "steps turn it inward.",
        ),
    ]


def lessons() -> list[Lesson]:
    """All of them, in the order of the page's list."""
    return [*_cases(), *_sequel(), *_dirac(), *_normal(), *_modes()]
