"""JAX functions in a web page."""

from ._page import build as build, Page as Page
from ._scenes import Preset as Preset, Scene as Scene
from ._stablehlo import UnsupportedOperationError as UnsupportedOperationError
from .explorer import explore as explore
from .translate import Script as Script, Traced as Traced, translate as translate
