"""Bifurcations: functions of a branch's Jacobian that change sign where something happens."""

from itertools import combinations

import numpy as np

FLOW = ("fold", "branch_point", "hopf", "node_focus")
MAP = ("fold", "branch_point", "flip", "neimark_sacker", "node_focus")

SENTENCES = {
    "fold": "fold: the branch turns back in the parameter",
    "branch_point": "branch point: another branch crosses",
    "hopf": "Hopf: a complex pair of eigenvalues crosses the imaginary axis",
    "flip": "flip: a multiplier crosses -1",
    "neimark_sacker": "Neimark-Sacker: a complex pair of multipliers crosses the unit circle",
    "node_focus": "node-focus: a pair of eigenvalues meets and turns from real to complex, or back",
}


def values(kinds: tuple[str, ...], slope: np.ndarray, tangent: np.ndarray, spectrum: np.ndarray) -> dict:
    """The value of every function at a point of a branch, in [-1, 1] or so.

    ``slope`` is the Jacobian (n, n + 1) of the equations, ``tangent`` that of the branch, the parameter last;
    ``spectrum`` the eigenvalues (flow) or multipliers (map).
    """
    size = max(1.0, np.abs(spectrum).max())
    whole = np.vstack([slope, tangent])
    pairs = list(combinations(spectrum, 2))
    found = {
        "fold": tangent[-1],
        "branch_point": np.linalg.det(whole / np.abs(whole).max(axis=1, keepdims=True)),
        "hopf": np.prod([(one + other) / size for one, other in pairs]).real,
        "flip": np.prod((1 + spectrum) / size).real,
        "neimark_sacker": np.prod([(one * other - 1) / size**2 for one, other in pairs]).real,
        "node_focus": np.prod([((one - other) / size) ** 2 for one, other in pairs]).real,
    }
    return {kind: float(found[kind]) for kind in kinds}


def happens(kind: str, spectrum: np.ndarray) -> bool:
    """False where a pair that sums to 0, or multiplies to 1, is real: a neutral saddle, no bifurcation."""
    if kind not in ("hopf", "neimark_sacker"):
        return True
    pairs = list(combinations(spectrum, 2))
    off = [abs(one + other) if kind == "hopf" else abs(one * other - 1) for one, other in pairs]
    one, _ = pairs[int(np.argmin(off))]
    return abs(one.imag) > 1e-6 * max(1.0, abs(one))
