"""``python -m experiments``, in a clone, is ``python -m lsgan_analytic.experiments``."""

from lsgan_analytic.experiments import __path__ as __path__
