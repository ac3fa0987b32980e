"""What a claim is: an experiment whose numbers decide a statement."""

import dataclasses
import math
import textwrap
from collections.abc import Callable
from typing import Any, Literal

from .._captions import plain
from .._run import Arrays, Experiment


@dataclasses.dataclass(frozen=True)
class Found:
    """A computed number, and the one that was expected of it, within so much (absolutely).

    Attributes:
        origin: where the expectation is from: "theory", a formula; or "recorded", the number of another
            computation (of other code, or of other draws) written down.
    """

    value: float
    expected: float
    within: float
    origin: Literal["theory", "recorded"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", float(self.value))

    @property
    def agrees(self) -> bool:
        """Whether they agree; infinities do with themselves."""
        return bool(self.value == self.expected) or math.isclose(
            self.value, self.expected, rel_tol=0, abs_tol=self.within
        )


def theory(value: float, expected: float, within: float) -> Found:
    """A number of which a formula is known."""
    return Found(value, expected, within, "theory")


def recorded(value: float, expected: float, within: float) -> Found:
    """A number that another computation gave before."""
    return Found(value, expected, within, "recorded")


@dataclasses.dataclass(frozen=True)
class Claim(Experiment):
    """A statement about GANs, and the model that decides it.

    Attributes:
        number: its place in the table.
        says: the claim, stated fairly.
        model: the smallest model that decides it; ``{config.std:g}`` is a number of its configuration.
        verdict: a few words: "right", "wrong", "half right: ...".
        correct: the correct statement.
        limits: what the model cannot decide.
        found: arrays of ``compute`` -> the numbers that decide, by name.
    """

    number: int
    says: str
    model: str
    verdict: str
    correct: str
    limits: str
    found: Callable[[Arrays], dict[str, Found]]

    def agrees(self, data: Arrays) -> bool:
        """Whether every number is the one expected."""
        return all(one.agrees for one in self.found(data).values())

    def modelled(self, config: Any) -> str:
        """The model with the numbers of this configuration."""
        return self.model.format(config=config)

    def row(self, data: Arrays, remark: str = "EXPECTED") -> str:
        """The claim, its model, the numbers computed and the verdict, for people to read.

        ``remark`` goes before what was expected of a number that does not agree.
        """
        numbers = ", ".join(
            f"{name} {one.value:.4g}" + ("" if one.agrees else f" ({remark} {one.expected:.4g})")
            for name, one in self.found(data).items()
        )
        parts = {
            "model": self.modelled(self.config),
            "computed": numbers,
            "verdict": f"{self.verdict}. {self.correct}",
        }
        lines = [f"{self.number:2d}  {self.says}"]
        for name, text in parts.items():
            lines += textwrap.wrap(f"{name}: {text}", 100, initial_indent=" " * 4, subsequent_indent=" " * 6)
        return "\n".join(lines)

    def describe(self, data: Arrays, config: Any) -> str:
        """The claim, the model, the verdict and the numbers computed; what is drawn, if it is said."""
        numbers = "; ".join(f"{name}: {plain(one.value, 4)}" for name, one in self.found(data).items())
        drawn = "" if self.caption is None else f" {self.caption(data, config)}"
        return (
            f'**{self.title}.** Claim {self.number}: "{self.says}" Verdict: {self.verdict}. '
            f"Model: {self.modelled(config)}.{drawn} Computed: {numbers}."
        )

    def section(self, data: Arrays) -> str:
        """All that is known of the claim, in Markdown."""
        numbers = "\n".join(
            f"| {_plain(name)} | {one.value:.6g} | {one.expected:.6g} | {one.origin} |"
            for name, one in self.found(data).items()
        )
        picture = "" if self.plot is None else f"\n![{self.title}]({self.name}.png)\n"
        return f"""## {self.number}. {self.says}

**{self.verdict[0].upper()}{self.verdict[1:]}.** {self.correct}

*Model:* {self.modelled(self.config)}. *Source:* {self.source}. *Limits:* {self.limits}
*Command:* `python -m experiments {self.name}`

| number | computed | expected | from |
|-|-|-|-|
{numbers}
{picture}"""


def _plain(text: str) -> str:
    """Without what Markdown takes for the border of a cell."""
    return text.replace("|", r"\|")
