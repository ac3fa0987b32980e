"""Networks of piecewise-linear units from the line to the line."""

import abc
import itertools
from collections.abc import Sequence
from typing import Self

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from .._checks import checked_float, checked_int, finite, typed_key
from .._fit import fitting
from .._types import FloatLike, Numbers, Values, Vector
from ..discriminators.base import AbstractCritic
from ..generators.base import AbstractGenerator
from ._pieces import layer_roots, solutions, unit_kinks

_LEAST, _PER_UNIT = 64, 8  # breakpoints by default


class AbstractPiecewiseLinear(AbstractCritic, AbstractGenerator):
    """A network R -> R of one or two hidden layers of units u -> max(u, 0) + negative_slope min(u, 0).

    It is linear between its kinks, which are known: -b/w of the units of the first layer, and the roots of
    the preactivations of the second on each piece of the first.
    """

    weights: eqx.AbstractVar[tuple[Array, ...]]
    biases: eqx.AbstractVar[tuple[Array, ...]]
    max_breakpoints: eqx.AbstractVar[int | None]

    @property
    @abc.abstractmethod
    def negative_slope(self) -> float:
        """The slope of a unit where its preactivation is below 0."""

    def __check_init__(self):
        shapes = [w.shape for w in self.weights], [b.shape for b in self.biases]
        sizes = (1, *(b.size for b in self.biases))
        wanted = [(after, before) for before, after in itertools.pairwise(sizes)]
        if not 2 <= len(self.weights) <= 3 or shapes != (wanted, [w[:1] for w in wanted]) or sizes[-1] != 1:
            raise ValueError(
                "weights, biases: expected those of one or two hidden layers between one input and one "
                f"output, shapes (n, 1), (n,), ..., (1, n), (1,), got weights {shapes[0]}, biases {shapes[1]}"
            )

    @classmethod
    def random(cls, key: Array, width: int = 16, depth: int = 1, **options) -> Self:
        """Weights N(0, 2/inputs), of the output N(0, 1/inputs); hidden biases N(0, 1), that of the output 0.

        Random biases: where all are 0 so are all kinks of a layer. The default dtype.

        Args:
            key: of ``jax.random``; width: of every hidden layer, >= 1; depth: the number of these, 1 or 2;
            options: other arguments of the class. ValueError otherwise.
        """
        depth = checked_int(depth, "depth")
        if depth > 2:
            raise ValueError(f"depth: expected 1 or 2 hidden layers, got {depth}")
        sizes = (1, *(checked_int(width, "width"),) * depth, 1)
        weights, biases = [], []
        for layer_key, before, after in zip(
            jax.random.split(typed_key(key), depth + 1), sizes, sizes[1:], strict=False
        ):
            is_last = len(weights) == depth
            one, other = jax.random.split(layer_key)
            scale = jnp.sqrt((1.0 if is_last else 2.0) / before)
            weights.append(jax.random.normal(one, (after, before)) * scale)
            biases.append(jnp.zeros(after) if is_last else jax.random.normal(other, (after,)))
        return cls(tuple(weights), tuple(biases), **options)

    @property
    def is_piecewise_linear(self) -> bool:
        return True

    @property
    def most_breakpoints(self) -> int:
        if self.max_breakpoints is not None:
            return self.max_breakpoints
        return max(_LEAST, _PER_UNIT * sum(bias.size for bias in self.biases[:-1]))

    def most_preimages(self, points: int) -> int:
        if self.max_breakpoints is not None:
            return self.max_breakpoints
        return self.most_breakpoints // 2 + self.breakpoints().size + points

    def _unit(self, u: Values) -> Values:
        return jnp.where(u > 0, u, self.negative_slope * u)

    def __call__(self, x: FloatLike) -> Values:
        x = jnp.asarray(x)
        x = x.astype(jnp.result_type(x.dtype, self.biases[0].dtype))
        (first, *middle, last), (offset, *offsets, end) = self.weights, self.biases
        values = self._unit(first * x.ravel()[None] + offset[:, None])
        for weight, bias in zip(middle, offsets, strict=True):
            values = self._unit(jnp.matmul(weight, values, precision="highest") + bias[:, None])
        return (jnp.sum(last[0][:, None] * values, axis=0) + jnp.broadcast_to(end, x.size)).reshape(x.shape)

    def breakpoints(self) -> Vector:
        """All kinks, with derivatives in the weights and biases; NaN for those that do not exist.

        RuntimeError where there are more than ``max_breakpoints``.
        """
        first = self.weights[0][:, 0], self.biases[0]
        kinks = unit_kinks(*first)
        if len(self.weights) == 3:
            second = layer_roots(first, (self.weights[1], self.biases[1]), self.negative_slope)
            kinks = jnp.concatenate([kinks, second])
        return fitting(kinks, self.most_breakpoints, type(self).__name__)

    def preimages(self, x: Vector) -> Vector:
        return solutions(self, self.breakpoints(), x)

    def crossings(self, level: float) -> Vector:
        return self.all_crossings((level,))[0]

    def all_crossings(self, levels: tuple[float, ...]) -> tuple[Vector, ...]:
        if not levels:
            return ()
        every = self.preimages(jnp.asarray(levels, self.biases[0].dtype))
        return tuple(every.reshape(len(levels), -1))

    def normalized(self) -> Self:
        """The output divided by the largest |slope| of a piece; 0 stays 0."""
        kinks = jnp.sort(jax.lax.stop_gradient(self.breakpoints()))
        kinks = jnp.where(jnp.isfinite(kinks), kinks, jnp.nanmax(jnp.append(kinks, 0)))
        ends = jnp.concatenate([kinks[:1] - 1, kinks, kinks[-1:] + 1])
        slope = jax.vmap(jax.grad(self))(0.5 * (ends[:-1] + ends[1:]))
        size = jnp.max(jnp.abs(slope))
        size = jnp.where(size > 0, size, 1)
        last = self.weights[-1] / size, self.biases[-1] / size
        return eqx.tree_at(lambda network: (network.weights[-1], network.biases[-1]), self, last)


def _arrays(name: str):
    def convert(values: Sequence[Numbers]) -> tuple[Array, ...]:
        if not isinstance(values, tuple | list):
            raise ValueError(f"{name}: expected a tuple of arrays, one for each layer, got {values!r}")
        return tuple(finite(name)(one) for one in values)

    return convert


def _budget(value: int | None) -> int | None:
    return None if value is None else checked_int(value, "max_breakpoints")


def _leak(value: float) -> float:
    return checked_float(value, "leak", 0, 1)


class ReLUNetwork(AbstractPiecewiseLinear):
    """x -> W_n relu(... relu(W_1 x + b_1) ...) + b_n, a network R -> R of one or two hidden layers.

    A generator, or a critic: its score is its value, a logit to ``Minimax`` and ``NonSaturating``.
    It is linear between its kinks. Quadrature ends its panels there, where a generator meets a kink of the
    discriminator, and where a loss turns; the panels move with the parameters, so that expectations and
    their derivatives of first and second order are exact to rounding (1e-12) on laws with a density.
    Where two kinks are equal second derivatives are not: a start with all biases 0 has all kinks at 0.

    Args:
        weights: matrices (n_1, 1), (1, n_1), or (n_1, 1), (n_2, n_1), (1, n_2) of finite numbers; biases:
            vectors (n_1,), (1,), or (n_1,), (n_2,), (1,); ValueError otherwise. All are parameters.
        max_breakpoints: the most breakpoints of an expectation (kinks and points where the loss turns, in x
            for D, in z for G), for all of which time is spent; None: for D 8 for every hidden unit, at least
            64; for G half as many, its kinks, and one for each breakpoint of D. RuntimeError where there
            are more.

    Source: kinks of networks with piecewise-linear units, Montufar, Pascanu, Cho & Bengio, "On the number of
    linear regions of deep neural networks", NeurIPS 2014.

    >>> import lsgan_analytic as lsgan
    >>> tent = lsgan.ReLUNetwork(weights=[[[1.0], [1.0]], [[1.0, -2.0]]], biases=[[1.0, -0.5], [0.5]])
    >>> [float(tent(x)) for x in (-2.0, 0.0, 1.0)], tent.breakpoints().tolist()
    ([0.5, 1.5, 1.5], [-1.0, 0.5])
    """

    weights: tuple[Array, ...] = eqx.field(converter=_arrays("weights"))
    biases: tuple[Array, ...] = eqx.field(converter=_arrays("biases"))
    max_breakpoints: int | None = eqx.field(static=True, default=None, converter=_budget)

    @property
    def negative_slope(self) -> float:
        return 0.0


class LeakyReLUNetwork(AbstractPiecewiseLinear):
    """The network of ``ReLUNetwork`` with units u -> max(u, 0) + leak min(u, 0): no piece need be flat.

    Args:
        weights, biases, max_breakpoints: as for ``ReLUNetwork``.
        leak: slope of a unit below 0, in [0, 1]; ValueError otherwise. Not a parameter.

    Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013).

    >>> import lsgan_analytic as lsgan
    >>> bent = lsgan.LeakyReLUNetwork(weights=[[[2.0]], [[1.0]]], biases=[[0.0], [0.0]], leak=0.1)
    >>> float(bent(1.0)), round(float(bent(-1.0)), 12)
    (2.0, -0.2)
    """

    weights: tuple[Array, ...] = eqx.field(converter=_arrays("weights"))
    biases: tuple[Array, ...] = eqx.field(converter=_arrays("biases"))
    leak: float = eqx.field(static=True, default=0.2, converter=_leak)
    max_breakpoints: int | None = eqx.field(static=True, default=None, converter=_budget)

    @property
    def negative_slope(self) -> float:
        return self.leak
