"""Normal/erf: normal data and latent law, a generator that scales and shifts, erf discriminator."""

from ..registry import register_solved_game
from .game import NormalErf as NormalErf

register_solved_game(NormalErf())
