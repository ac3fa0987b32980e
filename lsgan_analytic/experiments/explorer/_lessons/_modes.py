"""Claims about modes: hopping, collapse, coverage."""

from .._games import FIT, HOPPING, PAIR, POINTS, SOFTMAX
from ._claim import claim, Lesson


def modes() -> list[Lesson]:
    return [
        claim(
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
        claim(
            20,
            "two points beside one mode",
            (POINTS, "NonSaturating", ""),
            {"tube": False},
            "Two generated points start beside the mode at -2. Does one of them find the mode at 2?",
            "No: the farther mode stays [distance of the mode farthest off, none] away.",
        ),
        claim(
            20,
            "a charge for missed modes",
            (POINTS, "NonSaturating", "ModeCoverage"),
            {"tube": False},
            "Now every data point that is farther than 1 from all generated ones has a price. What changes?",
            "A point is brought over: the mode farthest off is [the same, coverage] away at the end.",
        ),
        claim(
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
        claim(
            7,
            "forward KL covers all modes",
            (FIT, "KL(data || generated)", ""),
            {"paths": [{"start": {"mean": 2.5, "log_std": -0.36}, "step": 0.05}]},
            "The same, descending KL(data || generated) from beside one mode. Does it stay?",
            "It leaves and covers both: the width becomes [std under kl], between the modes.",
        ),
        claim(
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
        claim(
            9,
            "mode collapse is inherent",
            (SOFTMAX, "NonSaturating", ""),
            {},
            "A tenth of the generated mass is on the second mode. Is it dropped, or does it come back?",
            "It comes back: full coverage attracts, with eigenvalues [Re lambda, non-saturating] +- "
            "[Im lambda, non-saturating] i. A dropped mode pulls in proportion to its own mass.",
        ),
        claim(
            9,
            "under Wasserstein's loss it cycles",
            (SOFTMAX, "Wasserstein", ""),
            {"paths": [{"rule": "Extragradient"}, {"rule": "Simultaneous", "step": 0.1}]},
            "The same with Wasserstein's loss: does full coverage attract?",
            "Not by itself: the eigenvalues are +- [Im lambda, Wasserstein] i, a rotation. Extragradient "
            "steps turn it inward.",
        ),
    ]
