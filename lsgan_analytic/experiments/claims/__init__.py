"""What is said about GANs, each claim decided in the smallest model that can: one file a claim."""

import importlib
import pkgutil

from ._claim import Claim as Claim, Found as Found

_FILES = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
CLAIMS: tuple[Claim, ...] = tuple(importlib.import_module(f".{name}", __name__).CLAIM for name in _FILES)
