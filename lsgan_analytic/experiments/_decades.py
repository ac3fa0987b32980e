"""Sizes that span thousands of decades: how they are computed and how they are coloured."""

from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

if TYPE_CHECKING:
    from matplotlib.colors import FuncNorm

FLOAT64, FLOAT32 = -308, -38  # decades below which a number of that type is 0


def log10_gradient(game: lsgan.Game, players: lsgan.Players) -> tuple[jax.Array, jax.Array, jax.Array]:
    """log10 of |grad J| over all parameters, log10 |dJ/dh| and the sign of dJ/dh."""
    logs, signs = map(jax.tree.leaves, lsgan.log_gradient(game, players))
    norm = jax.nn.logsumexp(2 * jnp.stack(logs)) / 2
    h = lsgan.parameter_names(players).index("h")
    return norm / jnp.log(10.0), logs[h] / jnp.log(10.0), signs[h]


def decades_norm(*decades: np.ndarray) -> "FuncNorm":
    """Colours over all ``decades``, even in log(1 + highest - decade): the first are told apart too."""
    from matplotlib.colors import FuncNorm

    low, high = min(map(np.min, decades)), max(map(np.max, decades))

    def forward(decade: np.ndarray) -> np.ndarray:
        return -np.log1p(np.clip(high - np.asarray(decade), 0, None))

    def inverse(color: np.ndarray) -> np.ndarray:
        return high - np.expm1(-np.asarray(color))

    return FuncNorm((forward, inverse), vmin=low, vmax=high)
