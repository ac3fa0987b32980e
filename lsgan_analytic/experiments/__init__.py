"""Experiments: each chooses numbers, computes them with ``lsgan_analytic`` and draws them.

``lsgan``, or ``python -m experiments`` in a clone, lists them; ``lsgan all`` writes every figure.
"""
