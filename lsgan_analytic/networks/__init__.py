"""Networks of piecewise-linear units on the line: either player, with every kink known."""

from .relu import LeakyReLUNetwork as LeakyReLUNetwork, ReLUNetwork as ReLUNetwork
