r"""Laws that stay of their kind when moved: what a map G(z) = scale z + shift makes of them.

    Normal(m, s)              ->  Normal(scale m + shift, |scale| s)                                 (1)
    Laplace(m, s)             ->  Laplace(scale m + shift, |scale| s)                                (2)
    StudentT(df, m, s)        ->  StudentT(df, scale m + shift, |scale| s)                           (3)
    Uniform(low, high)        ->  Uniform between scale low + shift and scale high + shift           (4)
    Exponential(c)            ->  ShiftedExponential(shift, scale/c)                                 (5)
    ShiftedExponential(m, s)  ->  ShiftedExponential(scale m + shift, scale s)                       (6)

and a mixture becomes the mixture of its moved components, under any generator. At scale = 0 the laws are
point masses: all expectations are right, the density is not finite.
"""

from collections.abc import Callable
from typing import TypeVar

import equinox as eqx
import jax.numpy as jnp

from .._types import Values
from ..generators.affine import Affine, Scale
from ..generators.base import AbstractGenerator
from ..generators.shift import Shift
from ..laws.base import AbstractLaw
from ..laws.exponential import Exponential, ShiftedExponential
from ..laws.laplace import Laplace
from ..laws.mixture import Mixture
from ..laws.normal import Normal
from ..laws.pushforward import pushforward, register_pushforward
from ..laws.student_t import StudentT
from ..laws.uniform import Uniform

Law = TypeVar("Law", bound=AbstractLaw)


def _size(scale: Values) -> Values:
    """|scale|, with slope 1 at 0: the sign does not matter to a symmetric law, the slope does."""
    return jnp.where(scale < 0, -scale, scale)


def _normal(law: Normal, scale: Values, shift: Values) -> Normal:
    return _filled(Normal(), scale * law.mean + shift, _size(scale) * law.std)


def _laplace(law: Laplace, scale: Values, shift: Values) -> Laplace:
    return _filled(Laplace(), scale * law.loc + shift, _size(scale) * law.scale)


def _student_t(law: StudentT, scale: Values, shift: Values) -> StudentT:
    return _filled(StudentT(1.0), law.df, scale * law.loc + shift, _size(scale) * law.scale)


def _uniform(law: Uniform, scale: Values, shift: Values) -> Uniform:
    one, other = scale * law.low + shift, scale * law.high + shift
    swap = scale < 0
    return _filled(Uniform(), jnp.where(swap, other, one), jnp.where(swap, one, other))


def _exponential(law: Exponential, scale: Values, shift: Values) -> ShiftedExponential:
    return _filled(ShiftedExponential(0.0, 1.0), shift, scale / law.rate)


def _shifted(law: ShiftedExponential, scale: Values, shift: Values) -> ShiftedExponential:
    return _filled(ShiftedExponential(0.0, 1.0), scale * law.loc + shift, scale * law.scale)


def _filled(blank: Law, *parts: Values) -> Law:
    """``blank`` with these parameters, which are checked already."""
    names = tuple(vars(blank))
    return eqx.tree_at(lambda law: tuple(getattr(law, name) for name in names), blank, parts)


MOVED = {
    Normal: _normal,
    Laplace: _laplace,
    StudentT: _student_t,
    Uniform: _uniform,
    Exponential: _exponential,
    ShiftedExponential: _shifted,
}


def register_affine(generator: type, parts: Callable) -> None:
    """Every law here is solved under ``generator``, whose (scale, shift) is ``parts(gen)``."""
    for kind, rule in MOVED.items():
        register_pushforward(kind, generator)(lambda law, gen, rule=rule: rule(law, *parts(gen)))


register_affine(Affine, lambda gen: (gen.scale, gen.shift))
register_affine(Scale, lambda gen: (gen.scale, jnp.zeros_like(gen.scale)))
register_affine(Shift, lambda gen: (jnp.ones_like(gen.shift), gen.shift))


@register_pushforward(Mixture, AbstractGenerator)
def _mixture(law: Mixture, gen: AbstractGenerator) -> AbstractLaw:
    return eqx.tree_at(
        lambda mixture: mixture.components, law, tuple(pushforward(part, gen) for part in law.components)
    )
