"""Closed forms of single expectations and of laws of G(z), one file each; importing them registers them.

Each holds for a law, a discriminator and an integrand (or a law and a generator) wherever they meet. Games of
which more is known than that have a package each in ``solved``, with their own closed forms.
"""

from . import (
    categorical as categorical,
    half_plane as half_plane,
    interval as interval,
    mixture as mixture,
    mixture_of_shifts as mixture_of_shifts,
    moved as moved,
    radial_basis as radial_basis,
)
