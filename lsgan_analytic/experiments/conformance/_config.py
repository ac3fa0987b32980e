"""How many of the recorded runs are played."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Config:
    """The recorded runs of at most ``runs`` names a peer."""

    runs: int = 1000

    def quick(self) -> Self:
        return type(self)(runs=2)
