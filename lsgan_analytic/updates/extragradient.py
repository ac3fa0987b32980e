"""The extragradient method."""

from .._types import Players
from ..game import AbstractGame, field
from ._step_sizes import Step, StepSizes
from .base import AbstractDirectionRule, half_stepped, Sizes


class Extragradient(AbstractDirectionRule):
    """theta_half = theta_k + step field(theta_k), theta_{k+1} = theta_k + step field(theta_half).

    Two gradients a step. Korpelevich, "The extragradient method for finding saddle points and other
    problems" (1976); for GANs Gidel et al., "A variational inequality perspective on generative adversarial
    networks", ICLR 2019. On the bilinear game sigma x y with s = step sigma, |multiplier|^2 = 1 - s^2 + s^4.

    Args:
        step: as for ``Simultaneous``.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())  # -w shift
    >>> players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    >>> rule = lsgan.Extragradient(step=0.5)
    >>> moved, state = rule.step(game, players, rule.init(players))
    >>> round(float(moved.disc.w), 6), round(float(moved.gen.shift), 6)
    (0.25, 1.25)
    """

    step_sizes: StepSizes

    def __init__(self, step: Step):
        self.step_sizes = StepSizes(step)

    def direction(self, game: AbstractGame, players: Players, sizes: Sizes) -> Players:
        half = half_stepped(game, players, sizes, field(game, players))
        return field(game, half)
