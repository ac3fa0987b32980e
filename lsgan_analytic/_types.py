"""Array aliases and the pair of players."""

from typing import Generic, TypeVar

import equinox as eqx
from jaxtyping import Array, Bool, Float

Scalar = Float[Array, ""]
Vector = Float[Array, " n"]
Matrix = Float[Array, "n n"]
Values = Float[Array, "..."]
Flag = Bool[Array, ""]

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
