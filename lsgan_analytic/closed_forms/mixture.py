"""Mixtures: the expectation is the weighted sum of those of the components, each in its own best way."""

from .._types import Scalar
from ..discriminators.base import AbstractDiscriminator
from ..expectation import expectation, register_closed_form
from ..laws.mixture import Mixture
from ..losses.base import AbstractIntegrand


@register_closed_form(Mixture, AbstractDiscriminator, AbstractIntegrand)
def _weighted_sum(law: Mixture, disc: AbstractDiscriminator, phi: AbstractIntegrand) -> Scalar:
    return law.average(lambda part: expectation(part, disc, phi))
