"""A generator with fewer dimensions than the data: the optimal D is no density ratio, and nothing pulls.

Data x ~ N(0, I) in the plane, z ~ N(0, 1), G(z) = (z, h): all generated points lie on a line, where the data
have no mass. For every h the best D is 0 on the line and 1 off it, V = 0, JSD = log 2.
"""

import jax
import jax.numpy as jnp
import numpy as np

import lsgan_analytic as lsgan

from .._run import Arrays, Experiment
from ._config import Config as Config
from ._critics import Ditch as Ditch, Naive as Naive, noisy, Step as Step, value as value
from ._figure import caption, draw_laws as draw_laws, draw_values as draw_values, plot


def compute(config: Config) -> Arrays:
    """The values of the critics, and JSD and its slope over heights and noise."""
    data, shown = lsgan.MultivariateNormal(), jnp.asarray(config.shown_height)
    gaps = jnp.geomspace(*config.gaps, config.points)
    stds = jnp.geomspace(*config.std_range, config.points)
    offsets = jnp.linspace(-config.reach, config.reach, 2 * config.points - 1)
    over = jax.jit(jax.vmap(jax.vmap(noisy, (None, 0)), (0, None)))
    step, ditch = (
        jax.jit(jax.vmap(lambda gap, kind=kind: value(kind(shown, gap), shown)))(gaps)
        for kind in (Step, Ditch)
    )
    one = jnp.asarray(1e-3)
    profile, _ = over(offsets, jnp.asarray([std for std in config.stds if std]))
    slopes = over(jnp.asarray(config.heights), stds)
    draws, latent = jax.random.split(jax.random.key(config.seed))
    heights = (0.0, *config.heights)
    return {
        "cloud": np.asarray(data.sample(draws, config.cloud), dtype=np.float32),
        "latent": np.asarray(lsgan.Normal().sample(latent, config.cloud), dtype=np.float32),
        "gaps": np.asarray(gaps),
        "step": np.asarray(step),
        "ditch": np.asarray(ditch),
        "step_at_1e-3": np.asarray([value(Step(jnp.asarray(h), one), jnp.asarray(h)) for h in heights]),
        "naive": np.asarray(value(Naive(data, lsgan.Normal()), jnp.asarray(0.0))),
        "offsets": np.asarray(offsets),
        "profile": np.asarray(profile).T,
        "stds": np.asarray(stds),
        "jsd": np.asarray(slopes[0]),
        "slope": np.asarray(slopes[1]),
    }


EXPERIMENTS = (
    Experiment(
        "two_dimensions",
        "z in R, x in R^2: no density, no gradient; noise",
        "new",
        Config(),
        compute,
        plot,
        caption=caption,
    ),
)
