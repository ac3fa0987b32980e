"""How good nodes are in place of points: their error beside the sampling noise."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float, Int

_ARRAYS = ("error", "noise", "noise_error")


class NodeCheck(eqx.Module):
    r"""An ensemble on nodes: what stands for the laws, and how well it does.

    A run sees a law only through averages of smooth functions f of its points. Let x_i, w_i be the nodes and
    weights of the law's rule, sum_i w_i = 1, and n ~ Multinomial(m, w). The run is played on the measure

        P = sum_i (n_i/m) delta_{x_i},      in place of      P_m = (1/m) sum_j delta_{X_j}.          (1)

    Let N_1, ..., N_m be independent, N_j = i with probability w_i; P is the empirical law of the points
    x_{N_j}. For any functions f, g, ... the vector of averages is therefore in both cases a mean of m
    independent, identically distributed vectors: of f(x_N), g(x_N), ... in P and of f(X), g(X), ... in P_m.
    All their moments are expectations of products,

        E[f(x_N)^p g(x_N)^q ...] = sum_i w_i f(x_i)^p g(x_i)^q ...,                                  (2)

    which is the rule for E[f(X)^p g(X)^q ...]. So the averages have, jointly and at all steps of a run, the
    moments of m drawn points, of every order, up to the error of the rule for these products: an ensemble on
    nodes is exact in law up to that error, whatever m is, and its cost does not depend on m. Up to 512 points
    n is multinomial; for more it is that of a sample of random size, Poisson with mean m + 1, which changes
    distribution functions by less than .07/m (``stochastic/_counts.py``).

    The error is estimated for one step of the rule at c points of the exact path, in k directions: along the
    parameters, or, of more than 16, along 16 random ones.

    Attributes:
        error: (c, k), |step on the nodes - exact step|, products of one factor in (2).
        noise: (c, k), the standard deviation that the sampling of m points gives to the step.
        noise_error: (c, k), its relative error by the nodes, from twice as many: products of two factors.
        steps: (c,), the steps of the path where this was computed.
        accumulation: 1 for fixed samples; for fresh ones sqrt(steps): errors of steps add up, their noise
            adds up in squares.
        sizes: the number of nodes, (data, latent).

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=4.04), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=1.21, b=-1.0), gen=lsgan.Square(g=0.35, h=-4.0))
    >>> runs = lsgan.simulate(game, lsgan.Simultaneous(step=0.4), players, key=jax.random.key(0),
    ...                       runs=4, samples=10**9, steps=10, free=("b", "h"), nodes=64)
    >>> runs.nodes.sizes, bool(runs.nodes.worst < 1e-3)
    ((64, 64), True)
    """

    error: Float[Array, "c k"]
    noise: Float[Array, "c k"]
    noise_error: Float[Array, "c k"]
    steps: Int[Array, " c"]
    accumulation: float = eqx.field(static=True)
    sizes: tuple[int, int] = eqx.field(static=True)

    @property
    def ratio(self) -> Float[np.ndarray, "c k"]:
        """The larger of error/noise, times the accumulation, and of the relative error of the noise."""
        error, noise, wrong = map(np.asarray, (self.error, self.noise, self.noise_error))
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(error > 0, self.accumulation * error / noise, 0.0)
        return np.where(np.isfinite(noise), np.maximum(mean, wrong), np.nan)

    @property
    def worst(self) -> float:
        """The largest ``ratio``: the node error in units of the sampling noise."""
        return float(np.nanmax(self.ratio, initial=0.0))

    def to_plain(self) -> dict[str, Any]:
        """As what JSON can hold, to the last bit."""
        arrays = {name: np.asarray(getattr(self, name)) for name in _ARRAYS}
        plain = {
            n: [[None if np.isnan(v) else v for v in row] for row in x.tolist()] for n, x in arrays.items()
        }
        rest = {"steps": np.asarray(self.steps).tolist(), "dtype": arrays["error"].dtype.name}
        return plain | rest | {"accumulation": self.accumulation, "sizes": list(self.sizes)}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "NodeCheck":
        """The inverse."""
        data, latent = plain["sizes"]
        error, noise, wrong = (jnp.asarray(np.array(plain[name], plain["dtype"])) for name in _ARRAYS)
        return cls(error, noise, wrong, jnp.asarray(plain["steps"]), plain["accumulation"], (data, latent))

    def __repr__(self) -> str:
        """The sizes and the error."""
        return f"NodeCheck({self.sizes} nodes, error {self.worst:.1e} of the sampling noise)"

    def said(self) -> str:
        """Where the error is largest, in words."""
        place, _ = np.unravel_index(np.nanargmax(self.ratio), self.ratio.shape)
        return (
            f"on {self.sizes} nodes of the laws of (data, latent) the error is {self.worst:.2g} of the "
            f"sampling noise at step {int(self.steps[place])}"
        )
