"""Pages made from the package and from the registry of experiments: API, gallery, claims."""

import dataclasses
import inspect
import json
import shutil
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import jax

import lsgan_analytic as lsgan
from lsgan_analytic.experiments._all import EXPERIMENTS
from lsgan_analytic.experiments._run import Experiment, load, Options
from lsgan_analytic.experiments.claims import CLAIMS

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "figures"
#: heading of the group -> modules whose public names belong to it, by the beginning of their names
GROUPS = {
    "Games and players": ("game", "function_game", "_types", "parameters"),
    "Laws": ("laws",),
    "Generators": ("generators",),
    "Discriminators": ("discriminators",),
    "Networks": ("networks",),
    "Losses": ("losses",),
    "Regularisers": ("regularizers",),
    "Expectations and their error": ("expectation", "_error", "closed_forms"),
    "Derivatives": ("derivatives",),
    "Update rules": ("updates",),
    "Paths and continuous time": ("trajectory", "outcome", "flow", "drift"),
    "Ensembles": ("stochastic",),
    "Equilibria": ("equilibria",),
    "Stability": ("stability",),
    "Branches, borders and cycles": ("bifurcations",),
    "Landscape": ("landscape",),
    "Explorer": ("browser",),
    "Modules": (),
}


def public_names() -> dict[str, object]:
    """Every public name of ``lsgan_analytic``; the optional ``proofs`` is not imported for it."""
    return {name: value for name, value in vars(lsgan).items() if _is_public(name, value)}


def _is_public(name: str, value: object) -> bool:
    if name.startswith("_") or name in {"importlib", "Any", "TYPE_CHECKING"}:
        return False
    if isinstance(value, ModuleType):
        source = Path(lsgan.__file__).with_name("__init__.py").read_text(encoding="utf-8")
        return f"{name} as {name}" in source
    return True


def group_of(name: str, value: object) -> str:
    """The heading under which a public name is listed; ValueError where there is none."""
    if isinstance(value, ModuleType):
        return "Modules"
    room = getattr(value, "__module__", "").removeprefix("lsgan_analytic.").split(".")[0]
    for heading, rooms in GROUPS.items():
        if room in rooms:
            return heading
    raise ValueError(f"lsgan.{name} of lsgan_analytic.{room} has no group in docs/generated_pages.py")


def documented(name: str, value: object) -> str:
    """Its docstring; ValueError where it has none of its own, or only the one that dataclasses make."""
    text = vars(value).get("__doc__") if isinstance(value, type) else getattr(value, "__doc__", None)
    if not text or (isinstance(value, type) and text.startswith(f"{value.__name__}(")):
        raise ValueError(f"lsgan.{name} has no docstring")
    return inspect.cleandoc(text)


def _signature(name: str, value: object) -> str:
    try:
        parameters = inspect.signature(value).parameters.values()  # pyright: ignore[reportArgumentType]
    except (TypeError, ValueError):
        return name
    plain = [one.replace(annotation=inspect.Parameter.empty) for one in parameters]
    return f"{name}{inspect.Signature(plain)}"


def _block(text: str, language: str = "text") -> str:
    return f"````{language}\n{text}\n````\n"


def _entry(name: str, value: object) -> str:
    signature = "" if isinstance(value, ModuleType) else _block(f"lsgan.{_signature(name, value)}", "python")
    members = ""
    if isinstance(value, ModuleType):
        inside = sorted(one for one in vars(value) if not one.startswith("_"))
        inside = [one for one in inside if not isinstance(getattr(value, one), ModuleType)]
        members = "Names: " + ", ".join(f"`{one}`" for one in inside) + ".\n" if inside else ""
    return "\n".join([f"### {name}\n", signature, _block(documented(name, value)), members])


def api() -> str:
    """Every public name under its group, with its signature and its docstring."""
    sections = {heading: [] for heading in GROUPS}
    for name, value in sorted(public_names().items(), key=lambda item: item[0].lower()):
        sections[group_of(name, value)].append(_entry(name, value))
    parts = [f"## {heading}\n\n" + "\n".join(entries) for heading, entries in sections.items() if entries]
    text = (
        "# API\n\nEvery public name of `lsgan_analytic`, in groups; the build fails where one has"
        " no docstring."
        " `lsgan.proofs` needs the extra `proofs` and is described in its module.\n\n"
    )
    return text + "\n".join(parts)


def _config(one: Experiment) -> str:
    fields = dataclasses.asdict(cast(Any, one.config))
    return "\n".join(f"{field} = {json.dumps(value)}" for field, value in fields.items())


def gallery(images: Path) -> str:
    """Every experiment of the registry but the claims: picture, title, source, command, configuration."""
    parts = [
        "# Gallery\n\nOne section an experiment, made from the registry in `lsgan_analytic/experiments/` and "
        "the files in `figures/`. `--quick` draws coarse versions, `--set FIELD=VALUE` changes a number.\n"
    ]
    claims = {claim.name for claim in CLAIMS}
    captions = tomllib.loads(Path(__file__).with_name("captions.toml").read_text(encoding="utf-8"))
    for name, one in EXPERIMENTS.items():
        if name in claims:
            continue
        parts.append(f"## {name}\n\n{one.title} (source: {one.source}).\n")
        if one.plot is not None and (FIGURES / f"{name}.png").exists():
            shutil.copyfile(FIGURES / f"{name}.png", images / f"{name}.png")
            parts.append(f"![{_plain(one.title)}](images/{name}.png)\n")
        if name in captions:
            parts.append(captions[name] + "\n")
        parts.append(_block(f"lsgan {name}", "sh"))
        parts.append("Configuration:\n\n" + _block(_config(one)))
    return "\n".join(parts)


def _plain(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


def claims(images: Path) -> str:
    """The registry of claims, with the numbers that are committed."""
    agreeing = 0
    rows, sections = [], []
    for claim in CLAIMS:
        data = load(FIGURES / f"{claim.name}.npz")
        agreeing += claim.agrees(data)
        rows.append(f"| {claim.number} | {_cell(claim.says)} | {_cell(claim.verdict)} |")
        if claim.plot is not None:
            shutil.copyfile(FIGURES / f"{claim.name}.png", images / f"{claim.name}.png")
        body = claim.section(data).replace(f"({claim.name}.png)", f"(images/{claim.name}.png)")
        sections.append(body)
    title = (
        f"# Claims\n\n{len(CLAIMS)} statements about GANs, each decided in the smallest model that can. "
        f"In the committed data all numbers of {agreeing} of {len(CLAIMS)} are the ones expected. "
        "`python -m experiments claims` computes them again.\n\n| # | it is said that | verdict |\n|-|-|-|\n"
    )
    return title + "\n".join(rows) + "\n\n" + "\n".join(sections)


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def write(folder: Path) -> None:
    """All of them into ``folder``; unchanged files are left alone."""
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    for name, text in {"api": api(), "gallery": gallery(images), "claims": claims(images)}.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def explorer(folder: Path) -> None:
    """``explorer.html`` of the paper's game, made again when its sources are newer."""
    import lsgan_analytic.browser
    from lsgan_analytic.experiments import explorer as pages

    path = folder / "explorer.html"
    rooms = [Path(part.__file__).parent for part in (lsgan_analytic.browser, pages)]
    sources = [
        one for room in rooms for one in room.rglob("*.*") if one.suffix in (".py", ".js", ".html", ".css")
    ]
    if path.exists() and path.stat().st_mtime > max(one.stat().st_mtime for one in sources):
        return
    with jax.enable_x64(True):
        pages.write(folder, Options(quick=True))
