"""Divergences between two laws: exact or by rule, infinite where they are, differentiable where they are.

Those of densities are expectations of functions of l = log p - log q, never of p/(p + q); those of cdfs,
moments and kernels take samples (``PointMasses``) too. ``samples`` estimates the former from samples.
"""

from . import samples as samples
from ._rule import log_ratio as log_ratio
from .bounded import hellinger as hellinger, le_cam as le_cam, tv as tv
from .chi_squared import chi2 as chi2
from .energy_distance import energy as energy
from .fisher_divergence import fisher as fisher
from .frechet_distance import frechet as frechet
from .jensen_shannon import js as js, js_split as js_split, JSSplit as JSSplit
from .kernel import mmd as mmd, polynomial_mmd as polynomial_mmd
from .kullback_leibler import kl as kl
from .transport import w1 as w1, w2 as w2
