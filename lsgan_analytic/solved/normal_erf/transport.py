"""The Wasserstein-1 distance of two normal laws, in closed form."""

import jax
import jax.numpy as jnp
import numpy as np

from ..._types import Scalar
from ...laws.normal import Normal

_FAR = 40.0  # standard deviations: beyond, erf is 1 and its derivative 0 in floating point


def normals(p: Normal, q: Normal) -> Scalar:
    """W1 = E|d + t Z| = d erf(d/(t sqrt 2)) + 2 t pdf(d/t) with d = m_p - m_q, t = |s_p - s_q|.

    Z is standard normal; |d| for t = 0. Points of equal rank are m + s Z for one Z: W1 is
    their mean distance.
    """
    apart, width = p.mean - q.mean, jnp.abs(p.std - q.std)
    far = jnp.abs(apart) >= _FAR * width
    ratio = jnp.where(far, 0, apart) / jnp.where(far, 1, width)
    crossing = apart * jax.lax.erf(ratio * float(np.sqrt(0.5))) + 2 * width * jax.scipy.stats.norm.pdf(ratio)
    return jnp.where(far, jnp.abs(apart), crossing)
