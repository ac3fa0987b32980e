"""Solved cases, one file each; importing them registers them."""

from . import rsee as rsee
