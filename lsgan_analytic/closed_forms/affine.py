"""Affine maps of laws that stay of their kind: those of ``moved.py``."""

import jax.numpy as jnp

from ..generators.affine import Affine, Scale
from .moved import register_affine

register_affine(Affine, lambda gen: (gen.scale, gen.shift))
register_affine(Scale, lambda gen: (gen.scale, jnp.zeros_like(gen.scale)))
