"""The Python of the README's examples as one program, so that a type checker reads what a reader types."""

import pathlib
import sys

text = pathlib.Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")
lines = (line for line in text.splitlines() if line.startswith((">>> ", "... ", "...")))
sys.stdout.writelines(line[4:] + "\n" for line in lines)
