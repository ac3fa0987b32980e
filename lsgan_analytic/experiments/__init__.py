"""Experiments: each chooses numbers, computes them with ``lsgan_analytic`` and draws them.

``python -m experiments`` lists them, ``python -m experiments all`` writes every figure.
"""
