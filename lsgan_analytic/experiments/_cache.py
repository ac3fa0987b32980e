"""Compiled programs are kept on disk, so that a second process need not compile them again."""

from pathlib import Path

import jax

from ._interrupts import ignore_interrupts

_WORTH = 0.2  # seconds of compiling


def keep_compiled_programs() -> None:
    """In ``.jax_cache`` of the current folder, unless JAX was told where (JAX_COMPILATION_CACHE_DIR)."""
    if jax.config.jax_compilation_cache_dir is None:  # pyright: ignore[reportAttributeAccessIssue]
        jax.config.update("jax_compilation_cache_dir", str(Path.cwd() / ".jax_cache"))
        jax.config.update("jax_persistent_cache_min_compile_time_secs", _WORTH)


def begin_worker() -> None:
    """In every process that computes experiments: not in ``__main__``, which they do not import."""
    ignore_interrupts()
    keep_compiled_programs()
