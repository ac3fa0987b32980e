"""What the figure shows and how the path ends."""

import numpy as np

from .._captions import given, listed, plain
from .._run import Arrays
from ._config import Config


def caption(data: Arrays, config: Config) -> str:
    """What is drawn, and how the path ends."""
    batches = listed([str(batch) for batch in config.batches])
    values = data["end_jacobian"][0]
    count = len(range(0, config.steps + 1, config.every))
    std = np.sqrt(data["variance"][:: config.every])[1:]
    ratios = [
        data[f"mean_{batch}"].std(axis=0, ddof=1)[1:count] * batch**0.5 / std for batch in config.batches
    ]
    low, high = np.min(ratios), np.max(ratios)
    return (
        f"Two modes at +-{given(config.mode)} of s.d. {given(config.std)}, normal latent variable, players "
        "of "
        f"one hidden layer of {config.width} units, non-saturating loss, simultaneous gradient steps of size "
        f"{given(config.step)}, one start (seed {config.seed}). (a) Mean of the generated points: exact path "
        f"(black), 8 of {config.runs} runs of SGD with batches of {batches}, predicted mean +- 2 s.d. (b) "
        f"Measured over predicted s.d.: between {plain(low)} and {plain(high)}; grey: 2 standard errors "
        "about "
        f"1. (c) Exact cost, for {config.long} steps more; dashed: -log 4. (d) Eigenvalues of the Jacobian "
        "at "
        f"the end, where the field has norm {plain(data['end_field'])}: {int((values.real > 1e-6).sum())} of "
        f"{values.size} have a positive real part (crosses). (e) The largest eigenvalue of the Hessian of "
        "D's "
        "objective and the smallest of G's: a local Nash point needs <= 0 and >= 0. At the end of (c) they "
        f"are {plain(data['end_disc'].max())} and {plain(data['end_gen'].min())}. (f) Eight modes "
        f"{given(config.spacing)} apart of s.d. {given(config.narrow)}, {config.wide} units: "
        f"{int(data['held'][-1])} modes are held at the end, with {plain(data['near'][-1])} of the generated "
        "mass within one s.d. of a mode; black: exact, thin: runs."
    )
