"""Shorter JavaScript of the same meaning: what is used once goes where it is used, names start again.

Equal loops get equal text, which is what compression needs: a page is a third as large.
"""

import re
from collections import Counter

_NAME = re.compile(r"\b[a-z]\d+\b")
_DECLARED = re.compile(r"\bconst ([a-z]\d+)=")
_SINGLE = re.compile(r"const ([a-z]\d+)=([^;{}]*);")
_STORED = re.compile(r"(?<!const )\b([a-z]\d+)(?:\[[^\]]*\])?=(?!=)")


def shortened(text: str) -> str:
    """The program, its loops of one line shortened."""
    return "\n".join(_renamed(_inlined(line)) if _is_loop(line) else line for line in text.split("\n"))


def _is_loop(line: str) -> bool:
    return line.startswith("for(let i") and line.count("{") == line.count("}") and "=>" not in line


def _inlined(line: str) -> str:
    """A constant that is read once is written there, unless the loop changes what it reads or repeats it."""
    if "for(" in line[line.index("{") :]:
        return line
    stored, uses = {*_STORED.findall(line)}, Counter(_NAME.findall(line))
    moved: dict[str, str] = {}

    def put(text: str) -> str:
        return _NAME.sub(lambda found: moved.get(found[0], found[0]), text)

    parts, at = [], 0
    for found in _SINGLE.finditer(line):
        name, value = found[1], put(found[2])
        parts.append(put(line[at : found.start()]))
        if uses[name] == 2 and stored.isdisjoint(_NAME.findall(value)):
            moved[name] = value
        else:
            parts.append(f"const {name}={value};")
        at = found.end()
    return "".join([*parts, put(line[at:])])


def _renamed(line: str) -> str:
    names = {name: f"q{k}" for k, name in enumerate(dict.fromkeys(_DECLARED.findall(line)))}
    return _NAME.sub(lambda found: names.get(found[0], found[0]), line)
