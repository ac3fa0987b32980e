"""JAX functions in a web page."""

from ._scene import Preset as Preset, Scene as Scene
from ._stablehlo import UnsupportedOperationError as UnsupportedOperationError
from .explorer import build as build, explore as explore, Page as Page
from .translate import Script as Script, Traced as Traced, translate as translate
