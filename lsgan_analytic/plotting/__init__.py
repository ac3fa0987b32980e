"""Pictures: one function a kind of picture. Each takes Axes and results, draws, and returns the Axes.

Needs matplotlib (extra ``figures``), but does not import it: the Axes bring it along.
"""

from .animation import animate as animate
from .game import densities as densities
from .loci import branch as branch, eigenvalues as eigenvalues, EVENTS as EVENTS
from .maps import cost_map as cost_map, outcome_map as outcome_map, value_map as value_map
from .palette import (
    BLACK as BLACK,
    BLUE as BLUE,
    GREEN as GREEN,
    GREY as GREY,
    ORANGE as ORANGE,
    PURPLE as PURPLE,
    SKY as SKY,
    VERMILION as VERMILION,
    YELLOW as YELLOW,
)
from .phase import (
    MARKS as MARKS,
    nullclines as nullclines,
    path as path,
    phase_portrait as phase_portrait,
    plateau as plateau,
    stationary as stationary,
    streamlines as streamlines,
    tube as tube,
)
from .series import (
    band as band,
    ensemble as ensemble,
    series as series,
    small_multiples as small_multiples,
)
from .surfaces import cost_surface as cost_surface
