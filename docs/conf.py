"""The documentation: ``python -m sphinx -W -b html docs docs/_build`` (extra ``docs``)."""

import importlib.metadata
import os
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
# programs that the notebooks compile are kept between builds
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(HERE / "_build" / ".programs"))
if importlib.metadata.version("jaxlib").startswith("0.10."):  # as in conftest.py: compiled in half the time
    os.environ.setdefault(
        "XLA_FLAGS",
        "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true "
        "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1",
    )
os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE.parent), *filter(None, [os.environ.get("PYTHONPATH")])])

import generated_pages  # noqa: E402

project = "lsgan_analytic"
author = "The lsgan_analytic authors"
release = version = tomllib.loads((HERE.parent / "pyproject.toml").read_text())["project"]["version"]
extensions = [
    "myst_nb",
    "sphinx.ext.mathjax",
    "sphinxcontrib.bibtex",
]
html_theme = "pydata_sphinx_theme"
html_title = "lsgan_analytic"
html_show_sourcelink = False
exclude_patterns = ["_build", "jupyter_execute", "**/.ipynb_checkpoints"]
myst_enable_extensions = ["dollarmath", "amsmath", "deflist"]
myst_heading_anchors = 3
bibtex_bibfiles = ["references.bib"]
nb_execution_mode = "cache"  # a notebook is executed again where its code has changed
nb_execution_cache_path = str(HERE / "_build" / ".notebooks")
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True

generated_pages.write(HERE / "_generated")
generated_pages.explorer(HERE / "_generated" / "extra")
html_extra_path = ["_generated/extra"]
