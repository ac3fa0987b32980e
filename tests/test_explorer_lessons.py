"""The games and lessons of ``python -m experiments explorer``."""

from pathlib import Path

import jax
import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.browser._scenes import checked_scene, Scene
from lsgan_analytic.experiments.claims import CLAIMS
from lsgan_analytic.experiments.explorer import scenes
from lsgan_analytic.experiments.explorer._lessons import lessons
from lsgan_analytic.experiments.explorer._recorded import RECORDED, recorded

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def every() -> list[Scene]:
    return scenes()


def test_recorded_numbers_are_those_of_the_results():
    """Else: ``explorer._recorded.write(Path("figures"))``, and read the lessons again."""
    assert recorded(ROOT / "figures") == RECORDED


def test_every_lesson_is_in_one_game(every):
    shown = [preset.title for scene in every for preset in checked_scene(scene).presets]
    assert sorted(shown) == sorted(preset.title for *_, preset in lessons())
    assert len({*shown}) == len(shown)


def test_lessons_ask_and_answer():
    presets = [preset for *_, preset in lessons()]
    for preset in presets:
        assert preset.predict.endswith(("?", "."))
        assert preset.reveal.endswith(".")
        assert "[" not in preset.reveal
    numbers = {preset.title.split(":")[0] for preset in presets if preset.title.startswith("Claim")}
    assert len(numbers) >= 12
    assert numbers <= {f"Claim {claim.number}" for claim in CLAIMS}


def played(every: list[Scene], title: str) -> lsgan.Path:
    """The first path of a picture, by the library; all parameters move unless it says otherwise."""
    (scene,) = (one for one in every if any(preset.title == title for preset in one.presets))
    state = next(preset.state for preset in scene.presets if preset.title == title)
    rule = checked_scene(scene).rules[state.get("paths", [{}])[0].get("rule", "Simultaneous")]
    return lsgan.trajectory(
        scene.game, rule, scene.players, steps=state.get("steps", scene.steps), free=checked_scene(scene).free
    )


def test_pictures_show_the_numbers_of_their_claims(every):
    """What is revealed is where the drawn path goes."""
    path = played(every, "Claim 15: training oscillates")
    players = path.players
    assert np.hypot(players.disc.w[-1], players.gen.shift[-1]) == pytest.approx(3.3534, abs=1e-4)
    shifts = played(every, "Claim 20: a charge for missed modes").players.gen.shifts[-1]
    assert max(np.abs(np.asarray(shifts) - mode).min() for mode in (-2, 2)) == pytest.approx(0.1153, abs=1e-3)
    gen = jax.tree.map(lambda leaf: leaf[-1], played(every, "Claim 7: JS seeks modes").players.gen)
    assert gen.keys() == {"log_std", "mean"}


@pytest.mark.slow
def test_every_picture_in_chromium(tmp_path):
    """All of them are drawn, without a number that is none and without a word in the console."""
    import shutil

    from lsgan_analytic.experiments.__main__ import main

    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    assert main(["explorer", "--output", str(tmp_path), "--jobs", "1"]) == 0
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        tab, said = browser.new_page(), []
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto((tmp_path / "explorer.html").as_uri())
        tab.evaluate("explorer.ready.then(() => 0)")
        for title in tab.evaluate("explorer.presets()"):
            paths = tab.evaluate("(title) => (explorer.preset(title), explorer.path(0).values)", title)
            assert np.isfinite(paths).all(), title
            tab.wait_for_timeout(300)
        assert "NaN" not in tab.locator("#plane svg").inner_html()
        assert said == []
        browser.close()
