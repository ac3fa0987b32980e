"""What is timed is the package as users run it: compiled with optimisations, its annotations not checked."""

import os

import checked_annotations

checked_annotations.uninstall()
# those of the tests, set a moment ago; nothing has been compiled yet
if "--xla_backend_optimization_level=0" in os.environ.get("XLA_FLAGS", ""):
    del os.environ["XLA_FLAGS"]
