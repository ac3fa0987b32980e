"""Total variation between packs of samples."""

import jax.numpy as jnp
from jax import Array

from .._checks import checked_int, Numbers, probabilities
from .._types import Scalar, Vector

_MOST = 2**22


def _pack(masses: Vector, m: int) -> Vector:
    """Mass of every pack of m independent draws."""
    packs = masses
    for _ in range(m - 1):
        packs = (packs[:, None] * masses[None]).ravel()
    return packs


def _masses(value: Numbers, length: int, name: str) -> Array:
    return probabilities(jnp.asarray(value), length, "p", name)


def packed_tv(p: Numbers, q: Numbers, m: int) -> Scalar:
    """TV(p^m, q^m) = 1/2 sum |p(y1)...p(ym) - q(y1)...q(ym)|: what a D that sees m samples at once can tell.

    p, q are mode histograms. Dropping modes of mass e gives 1 - (1 - e)^m.

    Args:
        p, q: (modes,), >= 0, summing to 1; m: size of a pack, >= 1, with modes^m <= 2^22. ValueError
            otherwise.

    Lin, Khetan, Fanti & Oh, "PacGAN: the power of two samples in generative adversarial networks", NeurIPS
    2018.

    >>> import lsgan_analytic as lsgan
    >>> [float(lsgan.modes.packed_tv([0.5, 0.5], [1.0, 0.0], m)) for m in (1, 2, 4)]
    [0.5, 0.75, 0.9375]
    """
    n = jnp.size(jnp.asarray(p))
    one, other = _masses(p, n, "p"), _masses(q, n, "q")
    if n ** checked_int(m, "m") > _MOST:
        raise ValueError(f"m: expected modes^m <= {_MOST}, got {n}^{m}")
    return 0.5 * jnp.sum(jnp.abs(_pack(one, m) - _pack(other, m)))
