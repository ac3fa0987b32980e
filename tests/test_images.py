"""Laws of G(z) for every public generator: density and cdf against roots that brentq finds, and SciPy."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import optimize, stats

import lsgan_analytic as lsgan

# of every generator on the line a few; those of the plane and those whose law has no density are named below
GENERATORS = {
    "Affine": [lsgan.Affine(-1.5, 0.3)],
    "Scale": [lsgan.Scale(-0.7)],
    "Shift": [lsgan.Shift(0.4)],
    "Square": [lsgan.Square(-0.8, 0.5)],
    "Power": [lsgan.Power(1.0, 0.0, 2), lsgan.Power(-0.5, 0.2, 3), lsgan.Power(0.3, 0.1, 4.0),
              lsgan.Power(0.7, -0.5, 1.5), lsgan.Power(1.2, 0.1, 0.5)],
    "Polynomial": [lsgan.Polynomial([0.3, -1.0, 0.2, 0.4]), lsgan.Polynomial([0.1, 0.0, -1.0, 0.0, 0.5])],
}  # fmt: skip
OTHERS = {"MixtureOfShifts", "Categorical", "AffineMap", "Curve", "NeuralGenerator"} | {
    "AbstractGenerator",
    "AbstractLineGenerator",
    "AbstractPlaneGenerator",
}
LATENT = {
    "normal": (lsgan.Normal(0.2, 1.1), stats.norm(0.2, 1.1)),
    "laplace": (lsgan.Laplace(-0.3, 0.7), stats.laplace(-0.3, 0.7)),
    "exponential": (lsgan.Exponential(0.8), stats.expon(scale=1 / 0.8)),
}


def is_real(gen):
    return not isinstance(gen, lsgan.Power) or gen.exponent == round(gen.exponent)


def test_no_generator_is_forgotten():
    public = {name for name in vars(lsgan.generators) if isinstance(getattr(lsgan.generators, name), type)}
    assert public == set(GENERATORS) | OTHERS


def by_roots(gen, peer, levels):
    """P(G(z) <= x) and its slope, by sign changes on a grid."""
    low, high = peer.ppf(1e-14), peer.isf(1e-14)
    grid = np.linspace(low, high, 6001)
    heights, values, slopes = np.asarray(gen(grid)), [], []
    for level in levels:
        off = heights - level
        cells = np.flatnonzero(off[1:] * off[:-1] < 0)
        roots = [
            optimize.brentq(lambda z: float(gen(z)) - level, *grid[k : k + 2], xtol=1e-14)  # noqa: B023
            for k in cells
        ]
        edges = np.array([low, *roots, high])
        inside = np.asarray(gen(0.5 * (edges[1:] + edges[:-1]))) < level
        values.append(np.sum(np.diff(peer.cdf(edges))[inside]))
        h = 1e-5 * (1 + np.abs(roots))
        slope = [(float(gen(z + d)) - float(gen(z - d))) / (2 * d) for z, d in zip(roots, h, strict=True)]
        slopes.append(np.sum(peer.pdf(roots) / np.abs(slope)))
    return np.array(values), np.array(slopes)


@pytest.mark.parametrize(
    ("gen", "latent"),
    [
        pytest.param(gen, latent, marks=[pytest.mark.slow] * (is_real(gen) and latent != "normal"))
        for gen, latent in itertools.product([gen for every in GENERATORS.values() for gen in every], LATENT)
        if is_real(gen) or latent == "exponential"
    ],
)
def test_density_and_cdf_are_those_of_all_roots(gen, latent):
    law, peer = LATENT[latent]
    image = lsgan.Pushforward(law, gen)
    x = np.sort(gen(peer.ppf(np.array([0.03, 0.2, 0.41, 0.66, 0.93]))))
    density, table, below, back = jax.jit(
        lambda x: (image.pdf(x), image.pdf(x.reshape(1, 5, 1)), image.cdf(x), image.quantile(image.cdf(x)))
    )(jnp.asarray(x))
    values, slopes = by_roots(gen, peer, x)
    # near an end where p is infinite, p = c/sqrt(x - end), p'/p = p^2/(2 c^2): rounding of x matters
    rounding = 20 * np.finfo(float).eps * (1 + np.abs(x)) * slopes**2
    assert (np.abs(density - slopes) <= (1e-7 + rounding) * slopes).all()
    np.testing.assert_allclose(below, values, atol=1e-12)
    np.testing.assert_allclose(back, x, rtol=1e-9, atol=1e-9)
    assert (np.diff(below) >= 0).all()
    np.testing.assert_array_equal(table.ravel(), density)


def test_powers_of_a_normal_number():
    square = lsgan.pushforward(lsgan.Normal(), lsgan.Power(1.0, 0.0, 2))
    np.testing.assert_allclose(square.pdf(1.0), stats.chi2(1).pdf(1.0), rtol=1e-14)
    other = lsgan.pushforward(lsgan.Normal(), lsgan.Square(1.0, 0.0))
    assert abs(lsgan.divergences.js(square, other)) < 1e-14
    best = lsgan.OptimalDiscriminator(data=square, latent=lsgan.Normal())
    game = lsgan.Game(square, lsgan.Normal(), lsgan.Minimax())
    np.testing.assert_allclose(game.cost(lsgan.Players(best, lsgan.Square(1.0, 0.0))), -np.log(4), rtol=1e-13)


def test_density_has_derivatives_in_the_generator():
    def of(coefficients):
        return lsgan.pushforward(lsgan.Normal(), lsgan.Polynomial(coefficients)).log_pdf(0.7)

    theta = jnp.array([0.3, 1.0, 0.2, 0.4])
    slope, h = jax.jit(jax.grad(of))(theta), 1e-5
    exact = [(of(theta + h * e) - of(theta - h * e)) / (2 * h) for e in jnp.eye(4)]
    np.testing.assert_allclose(slope, exact, rtol=1e-7)


def test_a_curve_crosses_lines_at_all_roots():
    curve = lsgan.Curve([[0.0, 1.0, 0.5, -0.3], [-1.0, 0.0, 1.0, 0.2]])
    rows = np.array([[1.0, 0.5, 0.2], [0.3, -2.0, 0.1]])
    for row in rows:
        own = row[0] * np.array(curve.coefficients[0]) + row[1] * np.array(curve.coefficients[1])
        own[0] -= row[2]
        exact = np.roots(own[::-1])
        exact = np.sort(exact.real[np.abs(exact.imag) < 1e-9])
        found = curve.preimages(jnp.asarray(row[None]))
        np.testing.assert_allclose(np.sort(found[np.isfinite(found)]), exact, rtol=1e-9)
