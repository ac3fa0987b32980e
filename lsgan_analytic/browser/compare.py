"""Translated functions beside JAX's: the same inputs, both outputs."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import numpy as np

from .translate import runtime, Script, Traced

TOLERANCE = 1e-11

_DRIVER = """
const inputs = JSON.parse(require("fs").readFileSync(process.argv[2], "utf-8"));
const number = (x) => (typeof x === "string" ? Number(x) : x);
const given = ([kind, x]) => (kind === "scalar" ? number(x) : globalThis[kind].from(x.map(number)));
const text = (x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : Number(x));
const flat = (v) => (v.length === undefined ? [text(v)] : Array.from(v, text));
const one = (name, row) => model[name](...row.map(given)).map(flat);
const out = {};
for (const [name, rows] of Object.entries(inputs)) out[name] = rows.map((row) => one(name, row));
console.log(JSON.stringify(out));
"""


def node() -> str | None:
    """Where node is, if it is installed."""
    return shutil.which("node")


def evaluated_by_node(
    script: Script, inputs: Mapping[str, Sequence[tuple]]
) -> dict[str, list[list[np.ndarray]]]:
    """The values of the translated functions: of every function, of every input, every result, flat.

    RuntimeError where node is missing or the script fails.
    """
    program = node()
    if program is None:
        raise RuntimeError("node: expected Node.js among the programs of this machine, found none")
    with tempfile.TemporaryDirectory() as folder:
        code, data = Path(folder, "script.js"), Path(folder, "inputs.json")
        code.write_text("\n".join([runtime(), script.text, _DRIVER]), encoding="utf-8")
        rows = {name: [[_written(x) for x in row] for row in each] for name, each in inputs.items()}
        data.write_text(json.dumps(rows), encoding="utf-8")
        run = subprocess.run([program, str(code), str(data)], capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"node: {run.stderr[-2000:]}")
    found = json.loads(run.stdout)
    return {name: [[np.asarray(v, float) for v in row] for row in rows] for name, rows in found.items()}


def _written(x: Any) -> list:
    x = np.asarray(x)
    kind = "Uint32Array" if x.dtype == np.uint32 else "Int32Array" if x.dtype == np.int32 else "Float64Array"
    values = [
        v if np.isfinite(v) else str(v).replace("inf", "Infinity").replace("nan", "NaN")
        for v in x.ravel().tolist()
    ]
    return [kind, values] if x.ndim else ["scalar", values[0]]


def by_jax(traced: Traced) -> Callable[[Sequence[tuple]], list[list[np.ndarray]]]:
    """The same by JAX, compiled once for all inputs of a number of rows."""

    def one(row: tuple) -> list:
        return jax.tree.leaves(traced.function(*row))

    program = jax.jit(lambda rows: jax.lax.map(one, rows))

    def evaluated(inputs: Sequence[tuple]) -> list[list[np.ndarray]]:
        stacked = (np.stack([np.asarray(row[k]) for row in inputs]) for k in range(len(traced.arguments)))
        values = program(tuple(stacked))
        return [[np.asarray(v[k], float).ravel() for v in values] for k in range(len(inputs))]

    return evaluated


def differences(ours: Sequence[Sequence[np.ndarray]], jax_s: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
    """Of every input, the largest difference, relative to the largest entry of its array.

    Arrays that are not finite at the same entries differ by inf.
    """

    def one(a: np.ndarray, b: np.ndarray) -> float:
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        if same.all():
            return 0.0
        if not np.isfinite(a[~same]).all() or not np.isfinite(b[~same]).all():
            return np.inf
        return float(np.max(np.abs(a - b)[~same]) / np.max(np.abs(b[np.isfinite(b)])))

    return np.asarray(
        [max(one(a, b) for a, b in zip(*row, strict=True)) for row in zip(ours, jax_s, strict=True)]
    )
