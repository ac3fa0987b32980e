"""The best set: the discriminator of the total variation."""

import equinox as eqx
import jax
import jax.numpy as jnp

from .._checks import checked_int
from .._types import Vector
from ..laws.base import AbstractLaw
from ._crossings import crossings
from .interval import Interval
from .optimal import AbstractBestResponse, BestProbability, StaticLaw

_GRID = 128


class OptimalIndicator(AbstractBestResponse):
    """The best D with values in [0, 1] for ``Wasserstein``: D(x) = 1[p(x) > q(x)].

    p is the density of the data, q that of generator(z). The cost there is the total variation,

        J = max_D E[D(x)] - E[D(G(z))] = TV(p, q) = int max(0, p - q) dx,

    and a generator that descends it descends TV. Where p > q is a union of few intervals, D is an
    ``Interval``: for two mixtures of two normals of one width it is two, the discriminator of Li, Madry,
    Peebles & Schmidt, "On the limitations of first-order approximation in GAN dynamics", ICML 2018. It has no
    parameters; ``disc.resolve(gen)`` is the function of x. First and second derivatives of the cost in the
    generator's parameters go through the ends of the intervals.

    Args:
        data, latent: the laws of the game, with densities on the line and known parameters; ValueError
            otherwise.
        most: of all points with p = q that many are sought, between neighbouring nodes of the laws' rules:
            an integer >= 1; ValueError otherwise.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Normal(), lsgan.Normal(), lsgan.Wasserstein())
    >>> disc = lsgan.OptimalIndicator(game.data, game.latent)
    >>> players = lsgan.Players(disc, lsgan.Shift(shift=1.0))
    >>> round(float(jax.jit(game.cost)(players)), 6)  # erf(1/sqrt 8)
    0.382925
    """

    data: StaticLaw = eqx.field(static=True)
    latent: StaticLaw = eqx.field(static=True)
    frozen: bool = eqx.field(static=True)
    most: int = eqx.field(static=True)

    def __init__(self, data: AbstractLaw, latent: AbstractLaw, most: int = 4):
        self.data, self.latent = StaticLaw(data, "data"), StaticLaw(latent, "latent")
        self.frozen, self.most = False, checked_int(most, "most")

    def _answer(self, data: AbstractLaw, generated: AbstractLaw) -> Interval:
        ratio = BestProbability(data, generated)
        ends = _ends(ratio, self.most)
        still = jax.lax.stop_gradient((ratio, ends))
        wanted = still[0].log_ratio(0.5 * (still[1][:-1] + still[1][1:])) > 0
        # where q is infinite no interval may reach, an empty one neither: many points of q round to it
        rounding = 4 * jnp.finfo(ends.dtype).eps * (1 + jnp.abs(still[1]))
        margin = jnp.where(still[0].log_ratio(still[1]) < -1, rounding, 0)
        left, right = (ends + margin)[:-1], (ends - margin)[1:]
        blank = Interval(jnp.zeros_like(left), jnp.zeros_like(left))
        right = jnp.where(wanted, right, left - rounding[1:])
        return eqx.tree_at(lambda interval: (interval.left, interval.right), blank, (left, right))


def _ends(ratio: BestProbability, most: int) -> Vector:
    """The points with p = q in increasing order, between two beyond which there is no mass."""
    still, marks = jax.lax.stop_gradient(ratio), ratio.jumps()
    grid = jnp.concatenate([still.jumps(), *(law.nodes(_GRID)[0] for law in (still.data, still.generated))])
    low, high = jnp.nanmin(grid), jnp.nanmax(grid)  # a generator has NaN for kinks that do not exist
    found = crossings(still.log_ratio, grid, (0.0,), most)
    roots = jnp.where(jnp.isnan(found), high, found)
    # one Newton step from the root itself: nothing in value, the right derivative; a jump moves as its mark
    slope = jax.vmap(jax.grad(still.log_ratio))(roots)
    away = jnp.abs(jax.lax.stop_gradient(marks)[None] - roots[:, None])
    away = jnp.where(jnp.isnan(away), jnp.inf, away)
    nearest = jnp.argmin(away, axis=1)
    jump = jnp.min(away, axis=1) < 1e3 * jnp.finfo(roots.dtype).eps * (1 + jnp.abs(roots))
    smooth = ~jump & ~jnp.isnan(found) & jnp.isfinite(slope) & (slope != 0)
    inside = still.data.nodes()[0]  # at an end of a law the ratio is infinite: look elsewhere
    level = ratio.log_ratio(jnp.where(smooth, roots, inside[inside.shape[0] // 2]))
    change = (level - jax.lax.stop_gradient(level)) / jnp.where(smooth, slope, 1)
    moved = jnp.where(jump, marks[nearest], roots - jnp.where(smooth, change, 0))
    return jnp.concatenate([low[None], jnp.sort(moved), high[None]])
