"""``predict`` against ``simulate`` over losses, discriminators, regularisers and rules, in standard errors.

In the axes of the predicted covariance the end points of the runs have mean 0 and variance 1; both are
tested at five and six standard errors, with what the next order (``nonlinearity``) allows.
"""

import conformance_parts as parts
import jax
import numpy as np
import optax
import pytest
from covering import covering, Row
from game_checks import build

import lsgan_analytic as lsgan

RUNS, STEPS = 150, 5
# Steps over the root of a mean square are linear over the noise of a sample only where epsilon is not small
# beside the noise of the field.
RULES = parts.RULES | {
    "AdaptiveCompetitiveGradient": lambda: lsgan.AdaptiveCompetitiveGradient(0.02, epsilon=0.3),
    "ExtraPerPlayer": lambda: lsgan.ExtraPerPlayer(_adam(), _adam()),
    "Preconditioned": lambda: lsgan.Preconditioned(lsgan.Consensus(1.0, 0.3), _rmsprop(), _rmsprop()),
    "UnrolledPerPlayer": lambda: lsgan.UnrolledPerPlayer(_adam(), optax.sgd(0.05), 2),
    "PerPlayer": lambda: lsgan.PerPlayer(_adam(), optax.sgd(0.05, momentum=0.5)),
}
SLOTS = {
    "loss": list(parts.LOSSES),
    "disc": ["Erf", "Logistic", "Sigmoid", "Linear", "Quadratic", "RadialBasis"],
    "reg": [
        "none",
        "R1",
        "R2",
        "GradientPenalty",
        "GradientPenalty: 0",
        "InstanceNoise",
        "Clip",
        "SpectralNorm",
    ],
}
LAWS = ["Exponential", "Normal", "Uniform", "Gamma", "Laplace", "Mixture"]
GENERATORS = ["Affine", "Shift", "Scale", "Square", "Polynomial"]


def _adam() -> optax.GradientTransformation:
    return optax.adam(0.05, eps=0.3, eps_root=0.1)


def _rmsprop() -> optax.GradientTransformation:
    return optax.rmsprop(0.02, eps=0.3, eps_in_sqrt=True)


def completed(number: int, row: Row) -> Row:
    """The row with laws, generator and rule, each in turn."""
    rule = list(parts.RULES)[number % len(parts.RULES)]
    gen = GENERATORS[number % len(GENERATORS)]
    data, latent = LAWS[number % len(LAWS)], LAWS[(5 * number + 1) % len(LAWS)]
    return row | {"data": data, "latent": latent, "gen": gen, "rule": rule}


ROWS = [completed(number, row) for number, row in enumerate(covering(SLOTS, parts.fits)[0])][::3]


@pytest.fixture(autouse=True)
def _programs():
    yield
    jax.clear_caches()


def faults(row: Row) -> list[str]:
    """Where the prediction and the ensemble differ by more than chance and the next order allow."""
    game, players = build(row)
    # a penalty on pairs is over all pairs of points
    setting = {"samples": 300 if row["reg"].startswith("GradientPenalty") else 1500, "steps": STEPS}
    rule = RULES[row["rule"]]()
    band = lsgan.predict(game, rule, players, **setting)
    runs = lsgan.simulate(
        game, rule, players, key=jax.random.key(7), runs=RUNS, save_every=STEPS, tile=50, **setting
    )
    ends = np.asarray(runs.values[:, -1])
    mean, covariance = np.asarray((band.mean + band.bias)[-1]), np.asarray(band.covariance[-1])
    if not (np.isfinite(mean).all() and np.isfinite(covariance).all() and np.isfinite(ends).all()):
        return [f"mean {mean}, covariance {covariance.tolist()}, ends {ends[0]}"]
    sizes, axes = np.linalg.eigh(covariance)
    still = sizes <= 1e-10 * max(sizes.max(), 1e-10)
    along = (ends - mean) @ axes
    wrong = []
    if (spread := np.abs(along[:, still])).size and spread.max() > 1e-3:
        wrong.append(f"does not vary as predicted, but does by {spread.max():.2g}")
    scores = along[:, ~still] / np.sqrt(sizes[~still])
    beyond = 2 * float(np.max(band.nonlinearity))  # anywhere on the way
    z = np.sqrt(RUNS) * np.abs(scores.mean(axis=0))
    if (z > 5 + np.sqrt(RUNS) * beyond * 0.5).any():
        wrong.append(f"means off by {z.round(1).tolist()} standard errors")
    ratio = np.log(scores.std(axis=0, ddof=1))
    if (np.abs(ratio) > 6 / np.sqrt(2 * RUNS) + beyond).any():
        wrong.append(f"sd / predicted sd {np.exp(ratio).round(2).tolist()}")
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(row.values()).replace(": ", "="))
def test_ensembles_are_as_predicted(row):
    assert faults(row) == []
