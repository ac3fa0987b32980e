"""What lies around the paths: surfaces of any function of the players."""

from .surface import surface as surface
