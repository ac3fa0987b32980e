"""Stochastic play, the ensemble predicted without simulating it, and the two compared."""

from .compare import compare as compare, Comparison as Comparison
from .concat import concat as concat
from .ensemble import Ensemble as Ensemble
from .node_check import NodeCheck as NodeCheck
from .predict import Band as Band, predict as predict
from .simulate import simulate as simulate, simulate_summary as simulate_summary
from .storage import load as load
from .summary import Summary as Summary
