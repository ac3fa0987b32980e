r"""The limits of J along the axes of normal/erf, by dominated convergence.

==============================  ==================================================================
b -> +inf, b -> -inf            1, 1 (D is 1, or 0, on data and samples)
shift -> +inf, shift -> -inf    J1, 1 + J1 for a > 0 (all samples above, below the threshold); else swapped
scale -> +inf, scale -> -inf    J1 + P(z < 0), J1 + P(z > 0) for a > 0; else swapped
a -> +inf, a -> -inf            P(X > 0) + P(G < 0), P(X < 0) + P(G > 0) (D is a step at 0)
==============================  ==================================================================
"""

import math

from ..._types import Players
from ...game import Game
from ...laws.normal import Normal
from ...laws.pushforward import pushforward
from ..registry import Limit


def level(game: Game, players: Players, name: str, rate: float) -> Limit:
    """The limit of J of normal/erf as ``name`` goes to infinity with the sign of ``rate``."""
    a, b = float(players.disc.a), float(players.disc.b)  # pyright: ignore
    if name == "b":
        return Limit(1.0, "D is the same constant, 0 or 1, on data and samples")
    if name == "a":
        made = pushforward(game.latent, players.gen)
        value = _step_limit(game.data, -rate, -b) + _step_limit(made, rate, b)  # pyright: ignore
        return Limit(value, f"D is a step {'up' if rate > 0 else 'down'} at 0")
    if a == 0:
        return Limit(float(game.cost(players)), "D is constant")
    first = float(game.cost_terms(players)[0])
    if name == "scale":
        below = _step_limit(game.latent, a * rate, 0.0)  # pyright: ignore
        return Limit(first + below, "D is 0 or 1 on all samples, by the sign of z")
    if a * rate > 0:
        return Limit(first, "J1: D is 1 on all samples")
    return Limit(1 + first, "1 + J1: D is 0 on all samples")


def _step_limit(law: Normal, rate: float, b: float) -> float:
    """lim E[(erfc(a x + b)/2)^2], a -> inf (rate > 0) or -inf: P(x < 0) or P(x > 0)."""
    mean, std = math.copysign(1.0, rate) * float(law.mean), float(law.std)
    if std == mean == 0:
        return (0.5 * math.erfc(b)) ** 2
    if std == 0:
        return float(mean < 0)
    return 0.5 * math.erfc(mean / std * math.sqrt(0.5))
