"""Solved cases, one file each; importing them registers them."""

from . import (
    affine as affine,
    categorical as categorical,
    erf_normal as erf_normal,
    interval as interval,
    optimal as optimal,
    radial_basis as radial_basis,
    rsee as rsee,
)
