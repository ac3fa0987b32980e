"""Solved cases, one file each; importing them registers them."""

from . import (
    categorical as categorical,
    erf_normal as erf_normal,
    half_plane as half_plane,
    interval as interval,
    mixture as mixture,
    mixture_of_shifts as mixture_of_shifts,
    moved as moved,
    radial_basis as radial_basis,
    rsee as rsee,
)
