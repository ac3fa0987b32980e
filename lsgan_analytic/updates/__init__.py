"""Update rules: one training step as a map of the players."""

from .base import AbstractRule as AbstractRule
from .simultaneous import Simultaneous as Simultaneous
