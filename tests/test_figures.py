"""Every committed figure, drawn again from its arrays: no text is cut off, none lies on another."""

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cbook import is_math_text
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from lsgan_analytic.experiments import _captions, _run, surfaces, training
from lsgan_analytic.experiments._all import EXPERIMENTS
from lsgan_analytic.experiments._style import label_ends, style

FIGURES = Path(__file__).parents[1] / "figures"
DRAWN = [name for name, one in EXPERIMENTS.items() if one.plot is not None]
#: drawn by every run of the tests; the others with ``-m slow``
PLAIN = {"figure01", "comparison_a", "bifurcation", "claim20_diversity", "accuracy", "every_rule", "approach"}
ROOM = 2.0  # pixels by which boxes of texts may meet: they reach beyond the ink


def ink(text: Text, renderer) -> Bbox:
    """The box of a text: matplotlib's, without the room that a line has for "lp" where there is one line."""
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


Drawn = tuple[str, Bbox, Bbox | None, float]


def texts_of(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[Drawn]:
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


def test_nothing_is_written_over_the_curves_of_a_training_run(monkeypatch):
    """Whatever the curves are: in a changed run they may be anywhere."""
    rng, steps = np.random.default_rng(0), 61
    data = {}
    for name in ("2-D", "4-D"):
        data |= {
            f"parameters_{name}": rng.normal(size=(steps, 4)).cumsum(axis=0),
            f"costs_{name}": rng.uniform(size=(steps, 2)),
            f"field_norm_{name}": np.full(steps, 1e-3),
            f"outcome_{name}": np.asarray("still moving when the steps were over"),
        }
    with style():
        figure = training.plot(data, EXPERIMENTS["figure01"].config)
        texts = texts_of(figure, monkeypatch)
    for axes in figure.axes:
        assert [text for text, box, _, _ in texts if meet(box, axes.bbox, 6)] == []


@pytest.mark.parametrize(("ends", "leaders"), [((0.0, 0.5, 1.0), 0), ((0.5, 0.5, 0.51), 3)])
def test_labels_are_apart_and_joined_to_their_lines(ends, leaders, monkeypatch):
    with style():
        figure = Figure(figsize=(3, 2), layout="constrained")
        axes = figure.subplots()
        axes.set_ylim(-0.2, 1.2)
        label_ends(axes, ends, ["$a$", "$b$", "$g$"], ["red", "green", "blue"])
        assert faults(figure, monkeypatch) == []
        lines = [one for one in axes.texts if one.arrow_patch is not None]
        assert len(lines) == leaders
        shown = [one for one in axes.texts if one.get_text()]
        heights = [one.get_window_extent().y0 for one in shown]
    assert heights == sorted(heights)
    for line, end in zip(lines, ends, strict=False):
        assert line.xy == (1.0, pytest.approx((end + 0.2) / 1.4))


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (249, 3, "249"),
        (0.99884, 4, "0.9988"),
        (0.004999, 2, "0.0050"),
        (12345.6, 3, "12346"),
        (1.23456e-9, 3, "1.23 x 10^-9"),
        (-2.5e7, 2, "-2.5 x 10^7"),
        (9.9996, 3, "10.00"),
        (np.inf, 3, "infinity"),
    ],
)
def test_numbers_of_captions(value, digits, said):
    assert _captions.plain(value, digits) == said


def test_words_of_captions():
    assert _captions.point("ab", (2.2, -3.0)) == "$a$ = 2.2, $b$ = -3"
    assert _captions.listed(["one"]) == "one"
    assert _captions.listed(["one", "two", "three"]) == "one, two and three"
    assert _captions.of(38, 80) == "38 of 80 (48 %)"
    told = _captions.settings_of(EXPERIMENTS["figure01"].config)
    assert told.startswith("case.name = A, case.a = 2.2, ")
    assert told.endswith("step = 0.4, updates = 249")


@pytest.mark.parametrize("name", ["figure01", "comparison_a", "chaos", "rate_ratio", "figure10"])
def test_the_numbers_of_a_caption_are_those_of_the_arrays(name):
    """With other arrays the caption says other numbers: none of them is typed."""
    experiment = EXPERIMENTS[name]
    data = _run.load(FIGURES / f"{name}.npz")
    first = experiment.describe(data, experiment.config)
    other = {key: one * 0.75 if one.dtype.kind == "f" else one for key, one in data.items()}
    assert experiment.describe(other, experiment.config) != first


@pytest.mark.parametrize("case", ["A", "B"])
def test_the_closest_approach_is_passed(case):
    """W1 by its integral |F - G|; both laws are exponential, the generated one is shifted."""
    saved = _run.load(FIGURES / "approach.npz")
    rate = {"A": 0.5, "B": 4.04}[case]
    w1, moments = saved[f"w1_{case}"], saved[f"moments_{case}"]
    for (_, _, g, h), k in zip(saved[f"parameters_{case}"], moments, strict=True):
        x = np.linspace(-6, 120, 1_260_001)
        gap = np.abs(np.exp(-rate * np.maximum(x, 0)) - np.exp(-np.maximum(x - h, 0) / g))
        assert w1[k] == pytest.approx(np.trapezoid(gap, x), rel=1e-6)
    assert w1[moments[1]] == w1.min() < 0.7 * w1[-1]


@pytest.mark.parametrize("name", ["figure10", "figure11"])
def test_a_surface_is_projected_without_rounding(name):
    """So that the picture has the same bytes on processors whose matrix products round otherwise."""
    data = _run.load(FIGURES / f"{name}.npz")
    with style():
        matrix = surfaces.plot(data, EXPERIMENTS[name].config).axes[0].get_proj()  # pyright: ignore
    assert np.abs(matrix).max() > 0.1
    at = np.linspace(0, 200, 21).astype(int)
    for i, k in itertools.product(at, at):
        point = np.append(surfaces._coarse(np.array([data["b"][i], data["h"][k], data["cost"][i, k]])), 1.0)
        exact = [sum(Fraction(m) * Fraction(x) for m, x in zip(row, point, strict=True)) for row in matrix]
        assert [Fraction(x) for x in matrix @ point] == exact
