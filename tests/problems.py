"""The paper's cases and their known answers (float64 digits as printed in the sources)."""

import dataclasses

import lsgan_analytic as lsgan


@dataclasses.dataclass(frozen=True)
class Case:
    """A start of the R/S/E/E game and what is known of it."""

    a: float
    b: float
    g: float
    h: float
    c: float
    cost: float
    gradient: tuple[float, float, float, float]

    @property
    def game(self) -> lsgan.Game:
        """The exact game."""
        return lsgan.Game(
            data=lsgan.Exponential(rate=self.c), latent=lsgan.Rayleigh(), loss=lsgan.SquaredMinimax()
        )

    @property
    def players(self) -> lsgan.Players:
        """The start."""
        return lsgan.Players(disc=lsgan.Erf(a=self.a, b=self.b), gen=lsgan.Square(g=self.g, h=self.h))


CASES = {
    "A": Case(
        a=2.2, b=-3.0, g=1.5, h=-2.0, c=0.5,
        cost=0.465922211468332 + 0.878246197996683,
        gradient=(0.118036758112, 0.0689963201461, -0.169631011371, -0.0811692013381),
    ),
    "B": Case(
        a=1.21, b=-1.0, g=0.35, h=-4.0, c=4.04,
        cost=1.04759987389,
        gradient=(0.06758895783, 0.1382823468, -2.235345976e-4, -2.082146502e-5),
    ),
}  # fmt: skip
