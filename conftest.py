"""Every test runs in float64, on checked annotations, and on code that never promotes dtypes or ranks."""

import checked_annotations
import jax

checked_annotations.install()
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
