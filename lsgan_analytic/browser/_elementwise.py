"""The operations on single numbers, one a line: what JavaScript says for each.

``{0}``, ``{1}``, ``{2}`` are the operands. The kinds of numbers: *f* float64; *i* int32 and *u* uint32, kept
in range by ``|0`` and ``>>>0``; *l* int64, a double (exact below 2^53); *w* uint64, a BigInt; *b* boolean.
"""

from ._stablehlo import Operation

KINDS = {"f64": "f", "i32": "i", "ui32": "u", "i64": "l", "ui64": "w", "i1": "b"}

_WORD = "BigInt.asUintN(64,{0}%s{1})"

#: name -> kind of the operands -> expression
TABLE: dict[str, dict[str, str]] = {
    "abs": dict.fromkeys("fil", "Math.abs({0})"),
    "add": {"f": "({0}+{1})", "l": "({0}+{1})", "i": "({0}+{1}|0)", "u": "({0}+{1}>>>0)", "w": _WORD % "+"},
    "and": {"b": "({0}&&{1})", "i": "({0}&{1})", "u": "(({0}&{1})>>>0)", "w": "({0}&{1})"},
    "atan2": {"f": "Math.atan2({0},{1})"},
    "cbrt": {"f": "Math.cbrt({0})"},
    "ceil": {"f": "Math.ceil({0})"},
    "clamp": dict.fromkeys("fiul", "Math.min(Math.max({1},{0}),{2})"),
    "cosine": {"f": "Math.cos({0})"},
    "count_leading_zeros": {"u": "Math.clz32({0})", "i": "Math.clz32({0})"},
    "divide": {"f": "({0}/{1})", "i": "({0}/{1}|0)", "u": "Math.trunc({0}/{1})", "l": "Math.trunc({0}/{1})"},
    "exponential": {"f": "Math.exp({0})"},
    "exponential_minus_one": {"f": "Math.expm1({0})"},
    "floor": {"f": "Math.floor({0})"},
    "is_finite": {"f": "Number.isFinite({0})"},
    "log": {"f": "Math.log({0})"},
    "log_plus_one": {"f": "Math.log1p({0})"},
    "logistic": {"f": "(1/(1+Math.exp(-{0})))"},
    "maximum": {**dict.fromkeys("fiul", "Math.max({0},{1})"), "b": "({0}||{1})"},
    "minimum": {**dict.fromkeys("fiul", "Math.min({0},{1})"), "b": "({0}&&{1})"},
    "multiply": {
        "f": "({0}*{1})",
        "l": "({0}*{1})",
        "i": "Math.imul({0},{1})",
        "u": "(Math.imul({0},{1})>>>0)",
        "w": _WORD % "*",
        "b": "({0}&&{1})",
    },
    "negate": {"f": "(-{0})", "l": "(-{0})", "i": "(-{0}|0)", "u": "(-{0}>>>0)"},
    "not": {"b": "(!{0})", "i": "(~{0})", "u": "(~{0}>>>0)", "w": "BigInt.asUintN(64,~{0})"},
    "or": {"b": "({0}||{1})", "i": "({0}|{1})", "u": "(({0}|{1})>>>0)", "w": "({0}|{1})"},
    "power": {"f": "Math.pow({0},{1})"},
    "remainder": dict.fromkeys("fiul", "({0}%{1})"),
    "round_nearest_afz": {"f": "(Math.sign({0})*Math.round(Math.abs({0})))"},
    "round_nearest_even": {"f": "R.even({0})"},
    "rsqrt": {"f": "(1/Math.sqrt({0}))"},
    "select": {"b": "({0}?{1}:{2})"},
    "shift_left": {"u": "R.left({0},{1})", "w": "BigInt.asUintN(64,{0}<<{1})"},
    "shift_right_logical": {"u": "R.right({0},{1})", "w": "({0}>>{1})"},
    "sign": dict.fromkeys("fil", "Math.sign({0})"),
    "sine": {"f": "Math.sin({0})"},
    "sqrt": {"f": "Math.sqrt({0})"},
    "subtract": {
        "f": "({0}-{1})",
        "l": "({0}-{1})",
        "i": "({0}-{1}|0)",
        "u": "({0}-{1}>>>0)",
        "w": _WORD % "-",
    },
    "tan": {"f": "Math.tan({0})"},
    "tanh": {"f": "Math.tanh({0})"},
    "xor": {"b": "({0}!={1})", "i": "({0}^{1})", "u": "(({0}^{1})>>>0)", "w": "({0}^{1})"},
}

#: (from, to) -> expression
CONVERT: dict[str, str] = {
    **{a + a: "{0}" for a in "fiulwb"},
    **{a + "b": "({0}!=0)" for a in "fiulw"},
    **{a + "f": "{0}" for a in "iul"},
    **{"b" + to: "(+{0})" for to in "fiul"},
    **{a + "l": "{0}" for a in "iu"},
    **{a + "i": "({0}|0)" for a in "ul"},
    **{a + "u": "({0}>>>0)" for a in "il"},
    "fl": "Math.trunc({0})",
    "fi": "(Math.trunc({0})|0)",
    "fu": "(Math.trunc({0})>>>0)",
    "bw": "BigInt({0})",
    "uw": "BigInt({0})",
    "lw": "BigInt.asUintN(64,BigInt({0}))",
    "wu": "Number({0}&4294967295n)",
    "wf": "Number({0})",
    "wl": "Number({0})",
}

#: (from, to) of the same bits
BITCAST = {"fw": "R.toBits({0})", "wf": "R.fromBits({0})", "iu": "({0}>>>0)", "ui": "({0}|0)"}

_ORDER = {"EQ": "===", "NE": "!==", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}


def template(operation: Operation) -> str | None:
    """What JavaScript says for it, operands left open; None where it is in no table."""
    if not operation.operands or len(operation.results) != 1:
        return None
    kind = KINDS.get(operation.operand_types[0].element)
    to = KINDS.get(operation.type.element)
    if kind is None or to is None:
        return None
    if operation.name == "compare":
        sign = _ORDER[operation.attributes["comparison_direction"]]
        return f"({{0}}{sign[:2] if kind == 'b' else sign}{{1}})"  # true is 1 in an array
    if operation.name == "convert":
        return CONVERT.get(kind + to)
    if operation.name == "bitcast_convert":
        return BITCAST.get(kind + to)
    if operation.name == "reduce_precision":
        bits = (operation.attributes["exponent_bits"], operation.attributes["mantissa_bits"])
        return {(11, 52): "{0}", (11, 26): "R.half({0})"}.get(bits)
    return TABLE.get(operation.name, {}).get(kind)
