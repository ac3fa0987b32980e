"""What lies beyond the borders of stability: normal forms, cycles, borders in two parameters."""

from ._curve import SpecialPoint as SpecialPoint
from .border import Border as Border, continue_border as continue_border
from .cycle import Cycle as Cycle, cycle as cycle
from .normal_form import normal_form as normal_form, NormalForm as NormalForm
