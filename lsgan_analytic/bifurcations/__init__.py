"""What lies beyond the borders of stability: normal forms, cycles, borders in two parameters."""

from .normal_form import normal_form as normal_form, NormalForm as NormalForm
