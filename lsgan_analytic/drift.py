r"""What finite steps add to continuous time: the flow that the steps of a rule follow, to any order.

Let T_s be one step of a rule with its step sizes multiplied by s. It is the time-one map of the flow along

    g_s = sum_{k=1}^{K} (-1)^{k+1}/k Delta^k theta + O(s^{K+1})
        = sum_{j=1}^{K} (-1)^{j+1}/j binom(K, j) (T_s^j theta - theta) + O(s^{K+1}),                    (1)

the logarithm of T_s, with Delta^k the forward differences of the iterates theta, T_s theta, T_s^2 theta, ...
(the derivative at theta of the polynomial through them). Its expansion s g_1 + s^2 g_2 + ... + s^K g_K at
s = 1 is the displacement g_1 and the drift g_2 + ... + g_K. With the field v, A = (step_D v_D, 0),
B = (0, step_G v_G), F = A + B and M'N the derivative of M along N the second order is

    simultaneous            g_2 = -1/2 F'F,
    alternating, D first    g_2 = 1/2 (-n_d A'A - n_g B'B + n_d n_g (B'A - A'B)),    g_1 = n_d A + n_g B.

The expansion is asymptotic: a higher order is nearer to the steps where these are small enough. Hairer,
Lubich & Wanner, "Geometric numerical integration", 2nd ed. 2006, chapter IX; Rosca et al., "Discretization
drift in two-player games", ICML 2021.
"""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp

from ._checks import checked_int
from ._types import Players, Scalar
from .game import AbstractGame
from .parameters import dtype_of, Names
from .restriction import restrict
from .updates.base import AbstractMemorylessRule, zeros

_Curve = Callable[[Scalar], Players]


def checked_expandable(game: AbstractGame, rule: AbstractMemorylessRule) -> None:
    """ValueError unless the steps of ``rule`` have an expansion in their sizes."""
    if not isinstance(rule, AbstractMemorylessRule):
        raise ValueError(
            "rule: expected one whose step depends on the players alone (Simultaneous, Alternating, "
            f"Extragradient, ...), without memory, got {rule!r}"
        )
    if rule.step_sizes.start() is not None:
        raise ValueError(f"rule: expected constant step sizes, got {rule!r}")
    if game.projects:
        raise ValueError(
            f"game: expected one without projection (Clip, say): its steps have no expansion, got {game!r}"
        )


def modified_field(game: AbstractGame, rule: AbstractMemorylessRule, players: Players, order: int) -> Players:
    """g_1 + ... + g_order: the field of the flow that follows ``rule``, per step."""
    return _sum(_orders(game, rule, players, order))


def drift(
    game: AbstractGame,
    rule: AbstractMemorylessRule,
    players: Players,
    free: Names = None,
    order: int = 2,
) -> Players:
    """g_2 + ... + g_order: what the flow that follows ``rule`` adds to the displacement g_1 of a step.

    The equations are above. Same units as the players, per step.

    Args:
        game: one that does not project players after a step.
        rule: one without memory, with constant step sizes. Only these are small: the look-ahead of ``Lola``
            or the strength of ``Consensus`` are numbers of the rule that stay.
        free: names of the parameters that move (None: all); the drift of the others is 0.
        order: an integer >= 2. The time to compile grows about fourfold with every order.

    Raises:
        ValueError: another rule, a game that projects, unknown names, order < 2.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=2.0))
    >>> outward = lsgan.drift(game, lsgan.Simultaneous(step=0.5), players)  # -(1/2) h^2 J^2 theta, J^2 = -1
    >>> float(outward.disc.w), float(outward.gen.shift)
    (0.125, 0.25)
    """
    order = checked_int(order, "order", 2)
    part = restrict(game, players, free)
    still = restrict(game, zeros(players), free)
    return still.whole(_sum(_orders(part, rule, part.reduce(players), order)[1:]))


def _orders(game: AbstractGame, rule: AbstractMemorylessRule, players: Players, order: int) -> list[Players]:
    """g_1, ..., g_order."""
    checked_expandable(game, rule)
    dtype = dtype_of(players)
    disc_size, gen_size = (size.astype(dtype) for size in rule.step_sizes())

    def logarithm(scale: Scalar) -> Players:
        total, moved = zeros(players), players
        for j in range(1, order + 1):
            moved = rule.update(game, moved, (scale * disc_size, scale * gen_size))
            weight = (-1) ** (j + 1) * math.comb(order, j) / j
            total = jax.tree.map(
                lambda sum_, new, old, w=weight: sum_ + jnp.asarray(w, new.dtype) * (new - old),
                total,
                moved,
                players,
            )
        return total

    derivatives = _derivatives(logarithm, order)(jnp.zeros((), dtype))
    return [
        jax.tree.map(lambda x, k=k: x / jnp.asarray(math.factorial(k), x.dtype), derivatives[k])
        for k in range(1, order + 1)
    ]


def _derivatives(curve: _Curve, order: int) -> Callable[[Scalar], tuple[Players, ...]]:
    """s -> (curve(s), its first ``order`` derivatives)."""
    if order == 0:
        return lambda s: (curve(s),)
    lower = _derivatives(curve, order - 1)

    def with_next(s: Scalar) -> tuple[Players, ...]:
        values, slopes = jax.jvp(lower, (s,), (jnp.ones_like(s),))
        return *values, slopes[-1]

    return with_next


def _sum(terms: list[Players]) -> Players:
    return jax.tree.map(lambda *each: sum(each[1:], each[0]), *terms)
