"""Ensembles of numbers that a careless format would change."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

import lsgan_analytic as lsgan

FORMATS = (".nc", ".mat")
NAMES = ("not_judged", "cycle", "plateau", "point", "moving", "left_domain", "overflowed")
START = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))


class Weights(eqx.Module):
    """A player with an array, and a parameter that the other player has too."""

    w: Array
    b: Array


WEIGHTED = lsgan.Players(
    disc=Weights(jnp.zeros((2, 2)), jnp.zeros(())), gen=Weights(jnp.zeros(1), jnp.zeros(()))
)


def ensemble(players=START, dtype=jnp.float64, runs=5, names=("b", "h")) -> lsgan.Ensemble:
    """Numbers that a careless format would change; the last run overflowed."""
    rng = np.random.default_rng(7)
    awkward = np.array([-0.0, 5e-324, 0.1, 1e38, -1 / 3])

    def saved(x):
        values = rng.normal(size=(runs, 3, *np.shape(x)))
        values[0, :, ...] = awkward[:3].reshape(3, *[1] * np.ndim(x))
        return jnp.asarray(values, dtype=dtype)

    codes = jnp.asarray([int(getattr(lsgan.Outcome, name)._value) for name in NAMES[-runs:]], dtype=jnp.int32)
    numbers = rng.normal(size=(4, runs))
    numbers[:, -1] = np.nan, np.copysign(np.nan, -1), np.inf, -np.inf
    seen = [jnp.asarray(x.astype(dtype)) for x in numbers]
    return lsgan.Ensemble(
        jax.tree.map(saved, players),
        jnp.asarray([0, 5, 10]),
        jax.tree.map(lambda _: codes, lsgan.Outcome.point),
        lsgan.Evidence(*seen),
        jnp.arange(10, 10 - runs, -1, dtype=jnp.int32),
        names,
    )


def assert_same_bits(one: lsgan.Ensemble, other: lsgan.Ensemble) -> None:
    """Structure (names, classes), dtypes, shapes and bytes."""
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for x, y in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        assert isinstance(y, jax.Array)
        assert (x.dtype, x.shape) == (y.dtype, y.shape)
        assert np.asarray(x).tobytes() == np.asarray(y).tobytes()
