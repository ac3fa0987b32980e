"""R/S/E/E: Rayleigh latent law, square generator, exponential data, erf discriminator. The paper's game."""

from ..registry import register_solved_game
from .game import RSEE as RSEE

register_solved_game(RSEE())
