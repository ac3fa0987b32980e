"""Instance noise."""

import equinox as eqx

from .._types import Scalar
from ..laws.base import AbstractLaw
from ..laws.noisy import noisy
from ._arguments import positive_number
from .base import AbstractRegularizer


class InstanceNoise(AbstractRegularizer):
    """The discriminator sees x + std e in place of x, e ~ N(0, 1), of the data and of generated points.

    Sonderby et al., "Amortised MAP inference for image super-resolution", ICLR 2017. The noise is integrated
    exactly, not drawn, on samples too.

    Args:
        std: a finite number > 0 (units of x); ValueError otherwise.

    >>> import lsgan_analytic as lsgan
    >>> law = lsgan.InstanceNoise(std=3.0).transform_law(lsgan.Normal(mean=1.0, std=4.0))
    >>> type(law).__name__, law.std.item()
    ('Normal', 5.0)
    """

    std: Scalar = eqx.field(converter=positive_number("std"))

    def sees_averages(self, dim: int) -> bool:
        return True

    def transform_law(self, law: AbstractLaw) -> AbstractLaw:
        return noisy(law, self.std)
