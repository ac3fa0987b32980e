"""The law of a mixture of shifts: the mixture of the shifted latent laws."""

import equinox as eqx
import jax
import numpy as np

from ..generators.mixture_of_shifts import MixtureOfShifts
from ..generators.shift import Shift
from ..laws.base import AbstractLaw
from ..laws.mixture import Mixture
from ..laws.pushforward import pushforward, register_pushforward


@register_pushforward(AbstractLaw, MixtureOfShifts)
def _mixture(latent: AbstractLaw, gen: MixtureOfShifts) -> Mixture:
    with jax.ensure_compile_time_eval():  # the weights are constants: they are checked once, at trace time
        exact = np.asarray(gen.weights)
        blank, weights = Shift(0.0), (exact / exact.sum()).astype(gen.shifts.dtype)
        shares = Mixture(weights, [latent] * len(weights))
    shifts = [eqx.tree_at(lambda shift: shift.shift, blank, gen.shifts[k]) for k in range(len(weights))]
    branches = tuple(pushforward(latent, shift) for shift in shifts)
    return eqx.tree_at(lambda law: law.components, shares, branches)
