"""Solved cases, one file each; importing them registers them."""

from . import half_plane as half_plane, rsee as rsee
