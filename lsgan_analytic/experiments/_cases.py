"""The two worked cases of the paper, and how they are trained."""

from dataclasses import dataclass

import jax
import numpy as np

import lsgan_analytic as lsgan


@dataclass(frozen=True)
class Case:
    """A game (rate ``c`` of the data) and where its players start."""

    name: str
    a: float
    b: float
    g: float
    h: float
    c: float

    def game(self) -> lsgan.Game:
        """Exponential data, Rayleigh latent, squared minimax loss."""
        return lsgan.Game(
            data=lsgan.Exponential(rate=self.c), latent=lsgan.Rayleigh(), loss=lsgan.SquaredMinimax()
        )

    def players(
        self, b: float | jax.Array | None = None, h: float | jax.Array | None = None
    ) -> lsgan.Players:
        """The start of the paper, or the same with another b and h."""
        b, h = self.b if b is None else b, self.h if h is None else h
        return lsgan.Players(disc=lsgan.Erf(a=self.a, b=b), gen=lsgan.Square(g=self.g, h=h))


@dataclass(frozen=True)
class Run:
    """What figures need of a path: (T,) parameters, (T, 2) costs, (T,) size of the field, and its end."""

    parameters: dict[str, np.ndarray]
    cost_terms: np.ndarray
    field_norm: np.ndarray
    outcome: str


def train(
    game: lsgan.Game, start: lsgan.Players, step: float, updates: int, free: tuple[str, ...] | None
) -> Run:
    """Simultaneous gradient steps from ``start``."""
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=step), start, steps=updates, free=free)
    series = map(np.asarray, jax.tree.leaves(path.players))
    return Run(
        parameters=dict(zip(lsgan.parameter_names(start), series, strict=True)),
        cost_terms=np.asarray(path.cost_terms),
        field_norm=np.asarray(path.field_norm),
        outcome=str(lsgan.Outcome[path.outcome]),  # pyright: ignore[reportInvalidTypeArguments]
    )


CASE_A = Case("A", a=2.2, b=-3.0, g=1.5, h=-2.0, c=0.5)
CASE_B = Case("B", a=1.21, b=-1.0, g=0.35, h=-4.0, c=4.04)

PAPER_WINDOW = {"A": ((-4.0, 2.0), (-2.1, 3.1)), "B": ((-2.0, 3.0), (-5.0, 1.0))}  # b and h
