"""Every experiment, and how one of them is made, here or in a process of its own."""

import traceback
from pathlib import Path

import jax

from . import (
    comparison,
    convergence,
    logistic,
    no_stationary_point,
    optimal,
    surfaces,
    training,
    truth_line,
    tubes,
    two_dimensions,
    two_dimensions_training,
    two_signs,
    vanishing_gradient,
)
from ._run import run

_MODULES = (
    training,
    surfaces,
    comparison,
    tubes,
    convergence,
    vanishing_gradient,
    no_stationary_point,
    two_signs,
    logistic,
    optimal,
    truth_line,
    two_dimensions,
    two_dimensions_training,
)
EXPERIMENTS = {one.name: one for module in _MODULES for one in module.EXPERIMENTS}
GROUPS = {
    "all": tuple(EXPERIMENTS),
    "paper": tuple(name for name, one in EXPERIMENTS.items() if one.source.startswith("paper")),
}


def make(name: str, output: Path, quick: bool) -> tuple[str, list[Path] | str]:
    """The files of an experiment, or what went wrong."""
    jax.config.update("jax_enable_x64", True)
    try:
        return name, run(EXPERIMENTS[name], output, quick)
    except Exception:
        return name, traceback.format_exc()
