"""Spectral normalisation."""

from ..discriminators.base import AbstractDiscriminator
from .base import AbstractRegularizer


class SpectralNorm(AbstractRegularizer):
    """The critic plays divided by its spectral norm, so that its Lipschitz constant is 1.

    Miyato et al., "Spectral normalization for generative adversarial networks", ICLR 2018. For critics that
    have a norm (``Linear``, ``HalfPlane``...); ValueError at the first cost otherwise.

    >>> import lsgan_analytic as lsgan
    >>> float(lsgan.SpectralNorm().transform_discriminator(lsgan.Linear(w=-4.0, b=1.0))(2.0))
    -1.0
    """

    def transform_discriminator(self, disc: AbstractDiscriminator) -> AbstractDiscriminator:
        return disc.normalized()
