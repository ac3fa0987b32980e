"""Discriminators: what is said of a point, real (1) or generated (0)."""

from .base import AbstractDiscriminator as AbstractDiscriminator
from .erf import Erf as Erf
