"""Theorems about games, by ball arithmetic: what is said to be proved here is proved, rounding included.

The certificates of ``lsgan.no_stationary_point`` are floating-point numbers that give way by more than their
rounding. Here costs, fields and Jacobians are Arb balls over boxes of the parameters, and every theorem
leaves a certificate that a small independent program checks (``tests/check_certificate.py``). What cannot
be decided is "undecided", with the boxes that are left.

It needs python-flint, which ``import lsgan_analytic`` does not:
``python -m pip install "lsgan_analytic[proofs]"``.
The games: ``Erf``, ``Logistic``, ``Sigmoid`` and ``Linear`` discriminators; ``Square`` of ``Rayleigh``, and
``Affine``, ``Shift``, ``Scale`` of exponential, normal, uniform laws and point masses; every loss; ``R1``,
``R2``, ``GradientPenalty``, ``InstanceNoise``. ``_model.py`` has the formulas, ``_means.py`` the bounds.
"""

try:
    import flint as _flint
except ImportError as error:
    raise ImportError(
        'lsgan.proofs needs python-flint: python -m pip install "lsgan_analytic[proofs]"'
    ) from error

from ._balls import from_text as from_text
from .bounds import bounds as bounds
from .certificate import Certificate as Certificate
from .enclosures import enclose as enclose, Enclosure as Enclosure, K as K
from .kind import kind as kind
from .no_stationary import no_stationary_point as no_stationary_point
from .path import path as path
from .stationary import point_of as point_of, stationary_point as stationary_point
from .truth_line import truth_line as truth_line

del _flint
