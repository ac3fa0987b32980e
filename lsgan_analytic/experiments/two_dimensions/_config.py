"""Where the line is, the gaps of the critics and the noise."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Config:
    """Where the line is, how near D comes to its supremum, and the noise on both laws."""

    heights: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    shown_height: float = 1.0
    stds: tuple[float, ...] = (0.0, 0.03, 0.1, 0.3, 1.0)
    reach: float = 3.0
    gaps: tuple[float, float] = (1e-6, 0.3)
    std_range: tuple[float, float] = (0.01, 10.0)
    points: int = 121
    cloud: int = 1000
    seed: int = 2014

    def quick(self) -> Self:
        return replace(self, points=25, cloud=200)
