"""Every law x discriminator x integrand: against reference values, and three ways against each other."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import references

import lsgan_analytic as lsgan
from lsgan_analytic.losses import base

PHIS = (
    base.Squared(),
    base.SquaredComplement(),
    base.SquaredDistance(0.3),
    base.LogProbability(1.0),
    base.LogProbability(0.9),
    base.Margin(1.0),
    base.Score(1.0),
)
DISCS = {"Erf": lsgan.Erf, "Sigmoid": lsgan.Sigmoid, "Linear": lsgan.Linear}


def law_of(name):
    part = references.LAWS[name]
    law = getattr(lsgan, part.name)(*part.args)
    return lsgan.pushforward(law, lsgan.Square(0.75, -0.25)) if name == "normal squared" else law


LAWS = {name: law_of(name) for name in references.LAWS} | {
    "mixture": lsgan.Mixture([0.3, 0.7], (lsgan.Normal(-2.0, 0.5), lsgan.Gamma(3.0, 2.0))),
    "moved laplace": lsgan.pushforward(lsgan.Laplace(0.5, 2.0), lsgan.Shift(1.0)),
}
PAIRS = list(itertools.product(LAWS, DISCS))


@pytest.fixture(scope="module")
def values():
    with np.load(references.FILE) as archive:
        return dict(archive)


def all_ways(way, law, disc, points):
    """(points, integrands) of ``way``, taken without jit: what is compiled is shared by all cases."""
    each = jax.vmap(lambda w, b: jnp.stack([way(law, DISCS[disc](w, b), phi) for phi in PHIS]))
    return np.asarray(each(*points.T))


def errors(name, disc, values, way=lsgan.expectation):
    """Errors over E|phi(D(x))|: the same as relative ones for all but scores, margins and lines."""
    exact, size = values[f"{name}/{disc}"].swapaxes(0, 1)
    return np.abs(all_ways(way, LAWS[name], disc, values[f"{name}/points"]) - exact) / size


@pytest.mark.parametrize("disc", DISCS)
@pytest.mark.parametrize("name", references.LAWS)
def test_reference_values(name, disc, values):
    assert errors(name, disc, values).max() < 1e-12


def test_reference_values_are_reproduced_and_cover_what_they_say(values):
    """Two rows anew; a few known moments; and values from 1e-20 to beyond 1."""
    for name, disc, row in (("gamma .25", "Sigmoid", 5), ("laplace", "Erf", 1)):
        again = references.certified_row(references.LAWS[name], disc, *values[f"{name}/points"][row])
        np.testing.assert_allclose(again, values[f"{name}/{disc}"][row], rtol=1e-15)
    w, b = values["gamma 2.5/points"].T
    np.testing.assert_allclose(values["gamma 2.5/Linear"][:, 0, -1], w * 5 + b, rtol=1e-13, atol=1e-13)
    squares = np.concatenate([values[f"{name}/Erf"][:, 0, :2].ravel() for name in references.LAWS])
    assert squares.min() < 1e-16
    assert squares.max() > 0.99


@pytest.mark.parametrize(("name", "disc"), PAIRS)
def test_three_ways_agree(name, disc):
    law = LAWS[name]
    x = law.sample(jax.random.key(5), 20_000)
    middle, spread = jnp.median(x), jnp.std(x)
    slopes = np.array([0.5, -2.0, 10.0])
    points = np.stack([slopes / spread, -slopes * (middle + np.array([0.3, 0.1, 0.0]) * spread) / spread], 1)
    rule = all_ways(lsgan.quadrature, law, disc, points)
    best = all_ways(lsgan.expectation, law, disc, points)
    np.testing.assert_allclose(best, rule, rtol=1e-12, atol=1e-12)
    draws = np.stack([[phi.of(DISCS[disc](*row), x) for phi in PHIS] for row in points])
    z = (draws.mean(axis=-1) - best) / (draws.std(axis=-1) / np.sqrt(x.size))
    assert np.abs(z).max() < 4.5
