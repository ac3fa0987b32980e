"""Every committed figure, drawn again from its arrays: no text is cut off, none lies on another."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from experiments import _captions, _run, training
from experiments._all import EXPERIMENTS
from experiments._style import label_ends, style

FIGURES = Path(__file__).parents[1] / "figures"
DRAWN = [name for name, one in EXPERIMENTS.items() if one.plot is not None]
#: drawn by every run of the tests; the others with ``-m slow``
PLAIN = {"figure01", "comparison_a", "bifurcation", "claim20_diversity", "accuracy", "every_rule"}
ROOM = 2.0  # pixels by which boxes of texts may meet: they reach beyond the ink


def ink(text: Text, renderer) -> Bbox:
    """The box of a text. Those of matplotlib hold a line of "lp" at least: of one level line, without that."""
    box = Text.get_window_extent(text, renderer)
    words = text.get_text()
    if text.get_rotation() or "\n" in words:
        return box

    def heights(words: str) -> tuple[float, float]:
        _, height, descent = renderer.get_text_width_height_descent(
            words, text.get_fontproperties(), is_math_text(words)
        )
        return height - descent, descent

    above, below = (max(0, line - own) for line, own in zip(heights("lp"), heights(words), strict=True))
    return Bbox.from_extents(box.x0, box.y0 + below, box.x1, box.y1 - above)


def texts_of(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Bbox, Bbox | None, float]]:
    """Of every text that is drawn: itself, its box, the box it is clipped to, its rotation."""
    found, draw = [], Text.draw

    def noting(text: Text, renderer) -> None:
        draw(text, renderer)
        if text.get_visible() and text.get_text().strip():
            clip = text.get_clip_box() if text.get_clip_on() else None
            box = ink(text, renderer)
            found.append((text.get_text(), box, None if clip is None else Bbox(clip), text.get_rotation()))

    monkeypatch.setattr(Text, "draw", noting)
    FigureCanvasAgg(figure).draw()
    monkeypatch.undo()
    return found


def within(box: Bbox, frame: Bbox) -> bool:
    return bool(
        box.x0 >= frame.x0 - ROOM
        and box.y0 >= frame.y0 - ROOM
        and box.x1 <= frame.x1 + ROOM
        and box.y1 <= frame.y1 + ROOM
    )


def meet(one: Bbox, other: Bbox, room: float = ROOM) -> bool:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(wide > room and high > room)


def faults(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a printer would send back."""
    texts = texts_of(figure, monkeypatch)
    cut = [
        f"cut off: {text!r}"
        for text, box, clip, _ in texts
        if not within(box, figure.bbox) or (clip is not None and meet(box, clip) and not within(box, clip))
    ]
    straight = [(text, box) for text, box, _, rotation in texts if rotation % 90 == 0]
    pairs = itertools.combinations(straight, 2)
    return cut + [f"{text!r} lies on {other!r}" for (text, one), (other, two) in pairs if meet(one, two)]


def drawn(name: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    experiment = EXPERIMENTS[name]
    with style():
        return faults(experiment.plot(_run.load(FIGURES / f"{name}.npz"), experiment.config), monkeypatch)


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=[] if one in PLAIN else [pytest.mark.slow]) for one in DRAWN]
)
def test_no_text_is_cut_off_or_lies_on_another(name, monkeypatch):
    assert drawn(name, monkeypatch) == []


def test_faults_are_found(monkeypatch):
    figure = Figure(figsize=(2, 2))
    figure.text(0.1, 0.5, "one")
    figure.text(0.12, 0.5, "two")
    figure.text(0.95, 0.9, "beyond the edge")
    axes = figure.add_axes((0.1, 0.1, 0.5, 0.2))
    axes.set(xticks=[], yticks=[])
    axes.text(0.9, 0.5, "at the border", clip_on=True)
    figure.text(0.5, 0.7, "fine")
    told = faults(figure, monkeypatch)
    assert sorted(told) == ["'one' lies on 'two'", "cut off: 'at the border'", "cut off: 'beyond the edge'"]
