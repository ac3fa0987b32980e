"""The command ``lsgan``."""

import sys


def main() -> int:
    """Run the experiments; without the packages that they need, say which and end with exit code 1."""
    try:
        from .experiments.__main__ import main as run
    except ImportError as error:
        sys.exit(f"lsgan: {error}")
    return run()
