"""Linear games on the plane, by the eigenvalues of their fields."""

import jax.numpy as jnp
import numpy as np
from dynamics import Toy


def linear_game(j):
    """A game on the plane of (x, y) whose field is j (x, y), for any 2 x 2 matrix j."""
    (a, b), (c, d) = j
    return Toy(
        lambda x, y: jnp.sum(a * x**2 / 2 + b * x * y), lambda x, y: -jnp.sum(c * x * y + d * y**2 / 2)
    )


def rotated(eigenvalues, angle, shear):
    """A real matrix with these eigenvalues, not normal where ``shear`` is not 0."""
    one, other = eigenvalues
    core = (
        np.array([[one.real, -one.imag], [one.imag, other.real]]) if one.imag else np.diag([one, other]).real
    )
    basis = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ [[1, shear], [0, 1]]
    return basis @ core @ np.linalg.inv(basis)


H = 0.1
SPIRALS = {  # eigenvalues of the field -> |multiplier| of a step of 0.1
    "stable spiral": (-0.5 + 2j, -0.5 - 2j),
    "unstable spiral": (0.4 + 2j, 0.4 - 2j),
    "unstable for the step alone": (-0.1 + 2j, -0.1 - 2j),  # a stable flow, |1 + h lambda| = 1.0098
    "stable node": (-1 + 0j, -0.3 + 0j),
    "unstable node": (1 + 0j, 0.3 + 0j),
    "saddle": (-1 + 0j, 0.5 + 0j),
}
