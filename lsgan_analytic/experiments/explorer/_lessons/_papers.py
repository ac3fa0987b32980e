"""The worked cases of both papers."""

from lsgan_analytic.browser import Preset

from ..._cases import CASE_B
from ...logistic import Config as LogisticConfig
from .._games import RSEE, SEQUEL
from .._recorded import RECORDED
from ._claim import Lesson


def cases() -> list[Lesson]:
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


def sequel() -> list[Lesson]:
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
