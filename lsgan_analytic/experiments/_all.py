"""Every experiment, and how one of them is made, here or in a process of its own."""

import traceback
from pathlib import Path

import jax

from . import (
    accuracy,
    approach,
    atlas,
    basin_map,
    bifurcation,
    borders,
    calibration,
    chaos,
    comparison,
    conformance,
    convergence,
    design_maps,
    design_maps_games,
    dirac_portraits,
    drift,
    eigenvalue_atlas,
    every_rule,
    logistic,
    logistic_atlas,
    mitigations,
    network_widths,
    networks,
    neural,
    no_stationary_point,
    optimal,
    proofs,
    rate_ratio,
    ring_strip,
    surfaces,
    training,
    truth_line,
    tubes,
    two_dimensions,
    two_dimensions_training,
    two_signs,
    vanishing_gradient,
)
from ._run import Options, run
from .claims import CLAIMS
from .explorer import DESCRIPTION, write

_MODULES = (
    training,
    surfaces,
    comparison,
    tubes,
    convergence,
    calibration,
    accuracy,
    approach,
    vanishing_gradient,
    no_stationary_point,
    proofs,
    two_signs,
    logistic,
    optimal,
    truth_line,
    two_dimensions,
    two_dimensions_training,
    eigenvalue_atlas,
    dirac_portraits,
    every_rule,
    drift,
    rate_ratio,
    atlas,
    logistic_atlas,
    basin_map,
    bifurcation,
    borders,
    design_maps,
    design_maps_games,
    conformance,
    chaos,
    mitigations,
    network_widths,
    networks,
    neural,
    ring_strip,
)
_FIGURES = {one.name: one for module in _MODULES for one in module.EXPERIMENTS}
EXPERIMENTS = {**_FIGURES, **{claim.name: claim for claim in CLAIMS}}
PAGES = {"explorer": DESCRIPTION}  # made by name alone: no figures, and no group has them
GROUPS = {
    "all": tuple(EXPERIMENTS),
    "claims": tuple(claim.name for claim in CLAIMS),
    "figures": tuple(_FIGURES),
    "paper": tuple(name for name, one in EXPERIMENTS.items() if one.source.startswith("paper")),
}


def make(name: str, output: Path, options: Options) -> tuple[str, list[Path] | str]:
    """The files of an experiment, or what went wrong."""
    jax.config.update("jax_enable_x64", True)
    try:
        if name in PAGES:
            return name, [write(output, options)]
        return name, run(EXPERIMENTS[name], output, options)
    except Exception:
        return name, traceback.format_exc()
