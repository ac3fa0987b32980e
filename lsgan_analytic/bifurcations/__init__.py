"""Branches of equilibria and where they change: bifurcations, normal forms, cycles, borders of stability."""

from ._curve import SpecialPoint as SpecialPoint
from .border import Border as Border, continue_border as continue_border
from .continuation import Bifurcation as Bifurcation, Branch as Branch, continue_branch as continue_branch
from .critical import critical_parameter as critical_parameter
from .cycle import Cycle as Cycle, cycle as cycle
from .normal_form import normal_form as normal_form, NormalForm as NormalForm
