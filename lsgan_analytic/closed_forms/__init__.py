"""Solved cases, one file each; importing them registers them."""

from . import moved as moved, rsee as rsee
