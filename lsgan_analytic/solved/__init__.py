"""Solved games: everything that is known of one family of games only, one package a family.

The rest of the library sees costs. Where more is known of a game than its cost (logarithms of gradients that
underflow, bounds over boxes of parameters, limits at infinity, a distance between its laws) the rest asks
for it here, ``ask(lambda solved: solved.level(game, players, "b", 1.0))``, and falls back on its general
method where the answer is None. No other module names a solved game.

A closed form of one expectation, for a law, a discriminator and an integrand, is not a solved game:
``closed_forms`` holds those that belong to none (intervals, mixtures, radial basis functions, half-planes,
images of laws). Those of a solved game are in its package. Imports run one way: ``landscape`` and
``derivatives`` import this package, it imports ``special``, ``expectation`` and ``game``.

How to add a solved game:

1. Make a package ``solved/NAME``. If its cost is new, register the closed forms of the two expectations with
   ``register_closed_form``, and the law of the generated points with ``register_pushforward``.
2. Derive a class from ``AbstractSolvedGame``. Each of its methods answers one question about a game, or
   returns None. Define those that you can answer, and leave the others.
3. Recognise the game by what it computes: ``cost_terms`` and ``generator_terms`` of ``terms.py`` give the
   expectations its costs are made of. Compare types exactly (``type(law) is Normal``): a subclass may
   compute anything. Where the answer rests on a closed form, compare that too: a user may register another.
4. ``register_solved_game(Name())`` in the package, and import the package below.
5. Test each answer against the general method and an independent reference, and test that a game that only
   looks like yours gets None.
"""

from . import normal_erf as normal_erf, rsee as rsee
from .registry import (
    AbstractSolvedGame as AbstractSolvedGame,
    ask as ask,
    CostBounds as CostBounds,
    GradientBounds as GradientBounds,
    Limit as Limit,
    register_solved_game as register_solved_game,
    solved_names as solved_names,
)
