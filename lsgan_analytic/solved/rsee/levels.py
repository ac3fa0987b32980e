r"""The limits of J along the axes of R/S/E/E, by dominated convergence.

======================  ==========================================================
b -> +inf, b -> -inf    1, 1 (D is 1, or 0, on data and samples)
h -> +inf, h -> -inf    J1, 1 + J1 for a > 0 (all samples above, below the threshold); else swapped
g -> +inf, g -> -inf    J1, 1 + J1 for a > 0; else swapped
a -> +inf               P(X > 0) + P(G < 0) (D is a step at 0; the first is 1 for the paper's data)
a -> -inf               P(X < 0) + P(G > 0)
======================  ==========================================================
"""

import jax.numpy as jnp

from ... import special
from ..._types import Players, Scalar
from ...game import Game
from ...laws.base import AbstractLaw
from ...laws.exponential import ShiftedExponential
from ...laws.pushforward import pushforward
from ..registry import Limit


def level(game: Game, players: Players, name: str, rate: float) -> Limit:
    """The limit of J of R/S/E/E as ``name`` goes to infinity with the sign of ``rate``."""
    a, b = float(players.disc.a), players.disc.b  # pyright: ignore
    if name == "b":
        return Limit(1.0, "D is the same constant, 0 or 1, on data and samples")
    if name == "a":
        data = _step_limit(game.data, -rate, -b)
        made = _step_limit(pushforward(game.latent, players.gen), rate, b)
        return Limit(data + made, f"D is a step {'up' if rate > 0 else 'down'} at 0")
    if a == 0:
        return Limit(float(game.cost(players)), "D is constant")
    first = float(game.cost_terms(players)[0])
    if a * rate > 0:
        return Limit(first, "J1: D is 1 on all samples")
    return Limit(1 + first, "1 + J1: D is 0 on all samples")


def _step_limit(law: AbstractLaw, rate: float, b: Scalar) -> float:
    """lim E[(erfc(a x + b)/2)^2], a -> inf (rate > 0) or -inf: P(x < 0) or P(x > 0), all or K(0, b) at 0."""
    loc = float(getattr(law, "loc", 0.0))
    scale = float(law.scale) if isinstance(law, ShiftedExponential) else 1.0  # the sign is what matters
    if scale == loc == 0:
        return float(special.K(jnp.zeros_like(b), b))
    below = float(law.cdf(jnp.zeros_like(b))) if scale and loc else float(loc < 0 or (not loc and scale < 0))
    return below if rate > 0 else 1 - below
