"""What the package takes and returns, as its annotations say it, and the pair of players."""

from collections.abc import Sequence
from typing import Generic, TypeVar

import equinox as eqx
import numpy as np
from jaxtyping import Array, Bool, Float, Real
from typing_extensions import TypeAliasType

Scalar = Float[Array, ""]
Vector = Float[Array, " _"]  # of any length: lengths that are the same have a name where they are
#: of a player or a law: a number, or one array for each of them in a batch that is made for ``jax.vmap``
Parameter = Float[Array, "*batch"]
Matrix = Float[Array, "n n"]
Lines = Float[Array, "_ 3"]  # (a, b, c) each: a x + b y = c on the plane
Breakpoints = Vector | Lines
Values = Float[Array, "..."]
Flag = Bool[Array, ""]
Flags = Bool[Array, "..."]

#: one number, of Python, NumPy or JAX
ScalarLike = TypeAliasType(
    "ScalarLike", float | np.floating | np.integer | Real[np.ndarray, ""] | Real[Array, ""]
)
#: a number or an array of NumPy or JAX, of any shape
FloatLike = TypeAliasType(
    "FloatLike", float | np.floating | np.integer | Real[np.ndarray, "..."] | Real[Array, "..."]
)
#: the same, or lists of numbers
Numbers = TypeAliasType("Numbers", FloatLike | Sequence[FloatLike] | Sequence[Sequence[FloatLike]])

Disc = TypeVar("Disc")
Gen = TypeVar("Gen")


class Players(eqx.Module, Generic[Disc, Gen]):
    """The two players of a game; gradients, paths and ensembles of players have this type too.

    Args:
        disc: the discriminator; ``players.disc(x)`` is D(x).
        gen: the generator; ``players.gen(z)`` is G(z).

    In a ``FunctionGame`` both are any pytrees of arrays. To a type checker ``Players(disc=Erf(...),
    gen=Square(...))`` is ``Players[Erf, Square]``, and so are its gradient, and the players of its paths.

    A path has a leading axis of time on every parameter, an ensemble leading axes (run, time).

    >>> import lsgan_analytic as lsgan
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.0, b=0.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> float(players.disc(0.0)), float(players.gen(2.0))
    (0.5, 4.0)
    """

    disc: Disc
    gen: Gen
