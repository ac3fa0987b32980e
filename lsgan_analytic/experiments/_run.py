"""What an experiment is, and how its numbers and pictures are written."""

import dataclasses
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable, Self, TYPE_CHECKING

import jax
import numpy as np

import lsgan_analytic as lsgan
from lsgan_analytic._files import write_whole
from lsgan_analytic._threads import waited_for

from ._captions import settings_of
from ._interrupts import unfinished_prefix
from ._settings import changed
from ._sources import fingerprint
from ._style import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Arrays = dict[str, np.ndarray]


@runtime_checkable
class Config(Protocol):
    """A frozen dataclass with every number of an experiment."""

    def quick(self) -> Self:
        """The same experiment, coarser."""
        ...


@dataclasses.dataclass(frozen=True)
class Experiment:
    """One figure.

    Attributes:
        name: stem of the files.
        title: one line.
        source: the paper's figure it reproduces, or "new".
        config: the numbers that define it.
        compute: config -> arrays, all that the figure needs.
        plot: (arrays, config) -> figure, called with the arrays as they were saved; None: nothing to see.
        caption: (arrays, config) -> what is drawn and what is found. Its numbers come from its arguments.
    """

    name: str
    title: str
    source: str
    config: Config
    compute: Callable[[Any], Arrays]
    plot: Callable[[Arrays, Any], "Figure"] | None
    caption: Callable[[Arrays, Any], str] | None = dataclasses.field(default=None, kw_only=True)

    def describe(self, data: Arrays, config: Any) -> str | None:
        """What ``NAME.caption.md`` holds, but for the settings; None: no caption."""
        return None if self.caption is None else f"**{self.title}.** {self.caption(data, config)}"


def side_by_side(*jobs: Callable[[], Any]) -> list[Any]:
    """Their results. For jobs that compile different programs: two cores halve the wait."""
    with waited_for(2) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


def evaluated(function: Callable[[], dict[str, jax.Array]]) -> Arrays:
    """The arrays of ``function``, compiled as one program: a fraction of the time of many small ones."""
    return {name: np.asarray(values) for name, values in jax.jit(function)().items()}


def load(path: Path) -> Arrays:
    """The arrays of a saved experiment."""
    with np.load(path, allow_pickle=False) as saved:
        return {name: saved[name] for name in saved.files}


@dataclasses.dataclass(frozen=True)
class Options:
    """How experiments are run: coarsely, with other numbers (``_settings.py``), drawn in which formats."""

    quick: bool = False
    settings: dict[str, str] = dataclasses.field(default_factory=dict)
    formats: tuple[str, ...] = ("png", "pdf")


def configured(experiment: Experiment, options: Options) -> Any:
    """The numbers of the experiment under these options; ValueError for a setting that it does not have."""
    config = experiment.config.quick() if options.quick else experiment.config
    return changed(config, options.settings)


def run(experiment: Experiment, output: Path, options: Options) -> list[Path]:
    """Compute, save, draw from what was saved. Every file appears whole, and none before all are made."""
    config = configured(experiment, options)
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output, prefix=unfinished_prefix()) as folder:
        stem = Path(folder) / experiment.name
        numbers = stem.with_suffix(".npz")
        np.savez_compressed(numbers, **experiment.compute(config), allow_pickle=False)
        draw(experiment, load(numbers), config, stem, options)
        _record(experiment, config, options, stem.with_suffix(".json"))
        return _publish_all(Path(folder), output)


def redraw(experiment: Experiment, output: Path, options: Options) -> list[Path]:
    """Pictures and caption again, from the arrays in ``output``. They must be those of these options."""
    with tempfile.TemporaryDirectory(dir=output, prefix=unfinished_prefix()) as folder:
        data = load(output / f"{experiment.name}.npz")
        draw(experiment, data, configured(experiment, options), Path(folder) / experiment.name, options)
        return _publish_all(Path(folder), output)


def _publish_all(made: Path, output: Path) -> list[Path]:
    return [_publish(path, output / path.name) for path in sorted(made.iterdir())]


def _publish(made: Path, path: Path) -> Path:
    write_whole(path, lambda file: file.write(made.read_bytes()))
    return path


def draw(experiment: Experiment, data: Arrays, config: Any, stem: Path, options: Options) -> None:
    """The pictures and the caption of these arrays."""
    changes = ", ".join(f"{name} = {value}" for name, value in options.settings.items())
    if experiment.plot is not None:
        with style():
            figure = experiment.plot(data, config)
            if changes:
                _note(figure, changes)
            for format in options.formats:
                _write(figure, stem.with_suffix(f".{format}"))
    words = caption_text(experiment, data, config)
    if words is not None:
        stem.with_suffix(".caption.md").write_text(words, encoding="utf-8")


def caption_text(experiment: Experiment, data: Arrays, config: Any) -> str | None:
    """All of ``NAME.caption.md``; None: the experiment has no caption."""
    told = experiment.describe(data, config)
    return None if told is None else f"{told}\n\n*Settings:* {settings_of(config)}.\n"


def _note(figure: "Figure", text: str) -> None:
    """A line below everything else."""
    engine, height = figure.get_layout_engine(), 0.14 / figure.get_figheight()
    if engine is not None:
        engine.set(rect=(0, height, 1, 1 - height))  # pyright: ignore[reportCallIssue]
    figure.text(0.5, 0.1 * height, text, ha="center", va="bottom", fontsize="small")


def _write(figure: "Figure", path: Path) -> None:
    """In the format of the suffix, the same bytes every time."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    if path.suffix == ".png":
        canvas = FigureCanvasAgg(figure)
        canvas.draw()  # by hand: without the alpha channel the files are a fifth smaller
        pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[..., :3])
        Image.fromarray(pixels).save(path, optimize=True, dpi=(figure.dpi, figure.dpi))
    else:
        undated = {".pdf": {"CreationDate": None, "Producer": None}, ".svg": {"Date": None, "Creator": None}}
        figure.savefig(path, metadata=undated[path.suffix])


def _record(experiment: Experiment, config: Any, options: Options, path: Path) -> None:
    import matplotlib

    record = {
        "name": experiment.name,
        "title": experiment.title,
        "source": experiment.source,
        "quick": options.quick,
        "config": dataclasses.asdict(config),
        "code": fingerprint(experiment.compute),
        "x64": bool(jax.config.jax_enable_x64),  # pyright: ignore[reportAttributeAccessIssue]
        "versions": {
            "lsgan_analytic": lsgan.__version__,
            "jax": jax.__version__,
            "numpy": np.__version__,
            "matplotlib": matplotlib.__version__,
        },
    }
    path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
