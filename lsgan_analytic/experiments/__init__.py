"""Experiments: each chooses numbers, computes them with ``lsgan_analytic`` and draws them.

``lsgan``, or ``python -m experiments`` in a clone, lists them; ``lsgan all`` writes every figure. They need
the extra ``figures``; without it importing them is an ImportError that says so.
"""

from importlib.util import find_spec

_MISSING = [name for name in ("diffrax", "flint", "matplotlib", "optax") if find_spec(name) is None]
if _MISSING:
    raise ImportError(
        f"lsgan_analytic.experiments needs {', '.join(_MISSING)}: "
        'python -m pip install "lsgan_analytic[figures]"'
    )
