"""The page in a headless Chromium, beside the library."""

import contextlib
import io
import json
import shutil
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from PIL import Image

import lsgan_analytic as lsgan
from lsgan_analytic.browser import build, Preset, Scene
from lsgan_analytic.browser.compare import node

STEPS, SAMPLES = 60, 100
GAME = lsgan.Game(data=lsgan.Exponential(rate=0.5), latent=lsgan.Rayleigh(), loss=lsgan.SquaredMinimax())
PLAYERS = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
BILINEAR = lsgan.FunctionGame(lambda x, y: x * y)
PAIR = lsgan.Players(disc=jnp.asarray(1.0), gen=jnp.asarray(0.5))
RULE = lsgan.Simultaneous(step=0.4)
REFUSED = lsgan.FollowRidge(step=0.1)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of two games, written to a file."""
    if node() is None:
        pytest.skip("Node.js is not installed: the page cannot be compared with JAX")
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    case_a = Scene(
        title="Case A",
        game=GAME,
        players=PLAYERS,
        rules={"Simultaneous": RULE, "FollowRidge": REFUSED},
        box={"b": (-4.0, 2.0), "h": (-2.1, 3.1)},
        free=("b", "h"),
        steps=STEPS,
        samples=SAMPLES,
        presets=(Preset("all four", {"free": None, "step": 0.2}, "Where to?", "To a plateau."),),
    )
    circle = Scene(
        title="Bilinear",
        game=BILINEAR,
        players=PAIR,
        rules={"Extragradient": lsgan.Extragradient(step=0.3), "Optimistic": lsgan.Optimistic(step=0.3)},
        box={"disc": (-2.0, 2.0), "gen": (-2.0, 2.0)},
        free=("disc", "gen"),
        steps=STEPS,
    )
    penalised = Scene(
        title="Case A",
        game=lsgan.Game(GAME.data, GAME.latent, GAME.loss, (lsgan.R1(0.1),)),
        players=PLAYERS,
        rules={"Simultaneous": RULE},
        box={"b": (-4.0, 2.0), "h": (-2.1, 3.1)},
        free=("b", "h"),
        steps=STEPS,
        samples=SAMPLES,
    )
    return build((case_a, circle, penalised), "Test <page>", path)


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as started:
        own = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield own
        own.close()


@pytest.fixture
def tab(page, browser):
    """The page, opened from its file; a message in the console fails the test."""
    opened = browser.new_page(viewport={"width": 1400, "height": 900})
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(page.path.as_uri())
    opened.evaluate("explorer.ready.then(() => 0)")
    yield opened
    assert said == []
    opened.close()


def ask(tab, code: str):
    """The value of an expression in the page."""
    return tab.evaluate(f"async () => ({code})")


def trajectory(**changes):
    start = lsgan.Players(disc=lsgan.Erf(a=2.2, b=changes["b"]), gen=lsgan.Square(g=1.5, h=changes["h"]))
    rule = lsgan.Simultaneous(step=changes["step"])
    return lsgan.trajectory(GAME, rule, start, steps=STEPS, free=("b", "h"))


def columns(players) -> np.ndarray:
    return np.stack([np.asarray(leaf) for leaf in jax.tree.leaves(players)], axis=-1)


def test_every_function_was_compared(page):
    assert len(page.compared) >= 15
    assert max(page.compared.values()) <= 1e-11
    assert "Test &lt;page&gt;" in page.html
    assert "http" not in page.html.replace("http://www.w3.org/2000/svg", "")


def test_paths_are_those_of_the_library(tab):
    found = ask(
        tab, "(explorer.set({scene: 'Case A', start: {b: -2.5, h: 0.3}, step: 0.3}), explorer.path(0))"
    )
    expected = trajectory(b=-2.5, h=0.3, step=0.3)
    assert found["names"] == ["a", "b", "g", "h"]
    np.testing.assert_allclose(found["values"], columns(expected.players), rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(found["cost"], expected.cost, rtol=1e-11)
    assert found["outcome"] == "moving"
    assert ask(tab, "explorer.checked().failed") is None


def test_a_click_is_a_start(tab):
    ask(tab, "explorer.set({scene: 'Case A'})")
    box = tab.locator("#plane svg").bounding_box()
    tab.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    start = ask(tab, "explorer.path(0).values[0]")
    expected = trajectory(b=start[1], h=start[3], step=0.4)
    assert start[1:4:2] != [-3.0, -2.0]
    np.testing.assert_allclose(ask(tab, "explorer.path(0).values"), columns(expected.players), rtol=1e-10)


def test_tubes_are_those_of_predict(tab):
    found = ask(tab, f"(explorer.set({{scene: 'Case A', samples: {SAMPLES}}}), explorer.tube(0))")
    band = lsgan.predict(GAME, RULE, PLAYERS, samples=SAMPLES, steps=STEPS, free=("b", "h"))
    assert found["valid"] == STEPS
    np.testing.assert_allclose(
        found["std"], band.std, rtol=1e-4, atol=1e-12
    )  # nodes: a hundredth of the noise
    fresh = ask(tab, "(explorer.set({protocol: 'fresh'}), explorer.tube(0).std)")
    band = lsgan.predict(GAME, RULE, PLAYERS, samples=SAMPLES, steps=STEPS, free=("b", "h"), protocol="fresh")
    np.testing.assert_allclose(fresh, band.std, rtol=1e-4, atol=1e-12)


@pytest.mark.parametrize("protocol", ["fixed", "fresh"])
def test_runs_are_those_of_simulate(tab, protocol):
    runs, steps = 3, 8
    code = f"{{scene: 'Case A', samples: 50, runs: {runs}, steps: {steps}, key: 5, protocol: '{protocol}'}}"
    found = ask(tab, f"(explorer.set({code}), await explorer.cloud(0))")
    key = jax.random.key(5)
    expected = lsgan.simulate(
        GAME, RULE, PLAYERS, key=key, runs=runs, samples=50, steps=steps, free=("b", "h"), protocol=protocol
    )
    np.testing.assert_allclose(found["values"], expected.values, rtol=1e-10)


def test_other_games_and_rules(tab):
    found = ask(
        tab, "(explorer.set({scene: 'Bilinear', rule: 'Optimistic', step: [0.2, 0.3]}), explorer.path(0))"
    )
    expected = lsgan.trajectory(BILINEAR, lsgan.Optimistic(step=(0.2, 0.3)), PAIR, steps=STEPS)
    np.testing.assert_allclose(found["values"], columns(expected.players), rtol=1e-11)
    tab.wait_for_function("explorer.portrait() && explorer.portrait().grid.n === 49")
    (root,) = ask(tab, "explorer.portrait().equilibria")
    assert root["kind"] == "centre"
    assert abs(root["x"]) + abs(root["y"]) < 1e-12


def test_what_cannot_run_says_why(tab):
    ask(tab, "explorer.set({scene: 'Case A'})")
    option = tab.locator("option", has_text="FollowRidge")
    assert option.is_disabled()
    assert "lapack_dgesdd_ffi" in option.get_attribute("title")
    with pytest.raises(Exception, match="This rule cannot run in a page"):
        ask(tab, "explorer.set({rule: 'FollowRidge'})")
    with pytest.raises(Exception, match="step of D: expected a number from"):
        ask(tab, "explorer.set({step: -1})")
    with pytest.raises(Exception, match="set: expected one of"):
        ask(tab, "explorer.set({nonsense: 1})")


def test_the_address_restores_the_state(tab, page):
    ask(tab, "explorer.set({scene: 'Bilinear', start: {disc: 0.25}, rule: 'Optimistic', steps: 33})")
    tab.wait_for_timeout(300)
    state, address = ask(tab, "explorer.state()"), tab.url
    tab.goto("about:blank")
    tab.goto(address)
    assert ask(tab, "(await explorer.ready, explorer.state())") == state
    tab.goto("about:blank")
    tab.goto(page.path.as_uri() + "#%7B%22v%22%3A0%2C%22steps%22%3A12%2C%22gone%22%3A1%7D")
    assert ask(tab, "(await explorer.ready, explorer.state().steps)") == 12
    assert "another version" in tab.locator("#message").inner_text()


def test_the_python_shown_gives_the_numbers(tab):
    code = "{scene: 'Case A', start: {b: -1.5, h: 0.5}, step: 0.25, numbers: {'data.rate': 0.75}, steps: 20}"
    ask(tab, f"explorer.set({code})")
    names: dict = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(ask(tab, "explorer.python(0)"), names)
    assert "still moving" in printed.getvalue()
    np.testing.assert_allclose(
        ask(tab, "explorer.path(0).values"), columns(names["path"].players), rtol=1e-11
    )
    rows = ask(tab, "explorer.csv()").strip().split("\n")
    assert rows[0] == "path,step,a,b,g,h,J1,J2,J"
    assert len(rows) == 22


def test_runs_that_overflow_are_drawn_to_their_end(tab):
    ask(tab, "explorer.set({scene: 'Bilinear', step: 1000, steps: 200})")
    tab.wait_for_timeout(300)
    found = ask(tab, "explorer.path(0)")
    assert found["outcome"] == "overflowed"
    assert found["taken"] < 200
    assert len(found["values"]) == 201
    assert np.isfinite(found["values"]).all()
    assert f"to step {found['taken']}" in tab.locator("#words").inner_text()


def test_regularisers_are_controls(tab):
    ask(tab, "explorer.set({scene: 'Case A', regularizer: '', start: {b: -2.5}, step: 0.3, steps: 40})")
    tab.get_by_label("regulariser").select_option("R1")
    state = ask(tab, "explorer.state()")
    assert (state["regularizer"], state["loss"], state["steps"]) == ("R1", "SquaredMinimax", 40)
    game = lsgan.Game(GAME.data, GAME.latent, GAME.loss, (lsgan.R1(0.1),))
    start = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-2.5), gen=PLAYERS.gen)
    expected = lsgan.trajectory(game, lsgan.Simultaneous(step=0.3), start, steps=40, free=("b", "h"))
    np.testing.assert_allclose(ask(tab, "explorer.path(0).values"), columns(expected.players), rtol=1e-10)
    strength = tab.get_by_label("regularizers.0.strength").first
    strength.fill("0.5")
    strength.press("Enter")
    assert ask(tab, "explorer.path(0).values")[-1] != columns(expected.players)[-1].tolist()


def test_w1_is_that_of_the_library(tab):
    found = ask(tab, "(explorer.set({scene: 'Case A', steps: 20}), await explorer.distance(0))")
    path = lsgan.trajectory(GAME, RULE, PLAYERS, steps=20, free=("b", "h"))
    gens = [jax.tree.map(lambda leaf, k=k: leaf[k], path.players.gen) for k in (0, 20)]
    expected = [lsgan.divergences.w1(GAME.data, lsgan.pushforward(GAME.latent, gen)) for gen in gens]
    assert found["steps"] == list(range(21))
    np.testing.assert_allclose([found["values"][k] for k in (0, 20)], expected, rtol=1e-11)


def test_it_moves_along_the_path(tab):
    ask(tab, "explorer.set({scene: 'Case A', at: 0})")
    for button, at in [("forward", 1), ("forward", 2), ("back", 1), ("last", STEPS), ("first", 0)]:
        tab.click(f"#{button}")
        assert ask(tab, "explorer.state().at") == at
    tab.select_option("#speed", "4")
    tab.click("#play")
    tab.wait_for_function(f"explorer.state().at === {STEPS}")
    tab.click("#backwards")
    tab.wait_for_function("explorer.state().at === 0")
    tab.locator("h1").click()
    tab.keyboard.press("]")
    assert ask(tab, "explorer.state().at") == 1


EVERY = """
explorer.set({scene: "Case A", steps: 5, tube: false, cloud: false});
const state = () => JSON.stringify(explorer.state());
const count = document.querySelectorAll("#controls input, #controls select").length;
const dead = [];
for (let k = 0; k < count; k++) {
  const input = document.querySelectorAll("#controls input, #controls select")[k];
  const before = state();
  if (input.type === "checkbox") input.click();
  else {
    const options = [...(input.options || [])];
    const other = options.find((each) => !each.disabled && !each.selected);
    if (options.length && !other) continue;
    const now = Number(input.value);
    if (other) input.value = other.value;
    else if (input.type === "range") input.value = now > 500 ? 321 : 654;
    else input.value = String(now > 1 ? Math.ceil(now / 2) : now + 1);
    input.dispatchEvent(new Event("input"));
    input.dispatchEvent(new Event("change"));
  }
  if (state() === before) dead.push((input.labels && input.labels[0] && input.labels[0].textContent) || k);
  while (state() !== before) explorer.undo();
}
return [count, dead];
"""


def test_every_control_changes_the_state_and_can_be_undone(tab):
    count, dead = tab.evaluate(f"async () => {{{EVERY}}}")
    assert count > 25
    assert dead == []


def test_the_keyboard_moves_a_start(tab):
    ask(tab, "explorer.set({scene: 'Case A', start: {b: -1, h: 0}})")
    tab.wait_for_selector(".start")
    tab.locator(".start").first.focus()
    tab.keyboard.press("ArrowRight")
    assert ask(tab, "explorer.path(0).values[0][1]") == pytest.approx(-1 + 6 / 100)
    tab.wait_for_timeout(100)
    tab.keyboard.press("Control+z")
    assert ask(tab, "explorer.path(0).values[0][1]") == -1


def test_every_word_is_in_the_table_and_every_control_has_a_name(tab):
    for scene in ("Case A", "Bilinear"):
        ask(tab, f"explorer.set({{scene: '{scene}'}})")
        tab.wait_for_timeout(300)
        assert "undefined" not in tab.locator("body").inner_text()
        for part in ("header", "main", "footer"):
            assert "undefined" not in tab.locator(part).inner_html()
        nameless = ask(
            tab,
            "[...document.querySelectorAll('main input, main select, main button, header button')].filter("
            "(e) => !e.textContent.trim() && !e.getAttribute('aria-label') && !(e.labels && e.labels.length))"
            ".length",
        )
        assert nameless == 0


def test_pictures_leave_the_page(tab):
    ask(tab, "explorer.set({scene: 'Case A'})")
    assert ask(tab, "explorer.svg()").startswith("<svg")
    for button, suffix, start in (
        ("png", "png", b"\x89PNG"),
        ("svg", "svg", b"<svg"),
        ("csv", "csv", b"path,step"),
    ):
        with tab.expect_download() as found:
            tab.click(f"#{button}")
        assert found.value.suggested_filename == f"explorer.{suffix}"
        assert Path(found.value.path()).read_bytes().startswith(start)


def test_a_notebook_shows_it(browser, page):
    opened = browser.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.set_content(page._repr_html_())
    inside = opened.frame_locator("iframe")
    inside.locator("#words strong").first.wait_for()
    opened.wait_for_timeout(500)
    assert said == []
    opened.close()


def test_it_loads_in_a_second(browser, page):
    opened = browser.new_page()
    opened.goto(page.path.as_uri())
    opened.evaluate("explorer.ready.then(() => 0)")
    assert (
        opened.evaluate("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart")
        < 3000
    )
    opened.close()


SIZES = {"desktop": (1440, 900), "projector": (1024, 768), "phone": (390, 844)}
PICTURES = Path(__file__).parent / "explorer_pictures.npz"


def thumbnails(browser, page) -> dict[str, np.ndarray]:
    """The page at three sizes in both themes, a pixel for 12 x 12."""
    pictures = {}
    for name, (width, height) in SIZES.items():
        for theme in ("light", "dark"):
            opened = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
            opened.goto(page.path.as_uri())
            opened.evaluate("explorer.ready.then(() => explorer.set({scene: 'Case A'})).then(() => 0)")
            opened.wait_for_function("explorer.portrait() && explorer.portrait().grid.n === 49")
            opened.wait_for_function("document.querySelector('.layer-tube ellipse')")
            opened.wait_for_timeout(300)
            image = Image.open(io.BytesIO(opened.screenshot())).convert("RGB")
            pictures[f"{name}_{theme}"] = np.asarray(
                image.resize((width // 12, height // 12), Image.Resampling.BOX)
            )
            opened.close()
    return pictures


def test_it_looks_as_it_did(browser, page):
    """Within what other fonts change; without the file of references this writes one."""
    pictures = thumbnails(browser, page)
    if not PICTURES.exists():
        np.savez_compressed(PICTURES, **pictures)
    with np.load(PICTURES) as kept:
        for name, picture in pictures.items():
            assert picture.shape == kept[name].shape
            assert np.abs(picture.astype(float) - kept[name]).mean() < 8, name


def test_presets_ask_and_reveal(tab):
    ask(tab, "explorer.preset('all four')")
    assert ask(tab, "explorer.state().free") == ["a", "b", "g", "h"]
    assert tab.locator("#predict").inner_text() == "Where to?"
    assert tab.locator("#revealed").is_hidden()
    tab.click("#reveal")
    assert tab.locator("#revealed").inner_text() == "To a plateau."
    ask(tab, "explorer.set({free: ['b']})")
    tab.click("#undo")
    assert ask(tab, "explorer.state().free") == ["a", "b", "g", "h"]


RANDOM = """
let seed = 12345;
const random = () => ((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296);
const odd = ["", "x", "-1", "0", "1e400", "NaN", "1e-9", "-3", "999999", "0.1", "2", "1.5", "17"];
explorer.set({steps: 5, tube: false, cloud: false});
for (let k = 0; k < %d; k++) {
  const every = "#controls input, #controls select, #controls button, #scene, #at, #back, #undo";
  const inputs = [...document.querySelectorAll(every)];
  const input = inputs[Math.floor(random() * inputs.length)];
  if (input.tagName === "BUTTON") input.click();
  else if (input.type === "checkbox") {
    if (!/tube|run/.test(input.parentElement.textContent)) input.click();
  }
  else if (input.tagName === "SELECT") {
    const options = [...input.options].filter((option) => !option.disabled);
    input.value = options[Math.floor(random() * options.length)].value;
    input.dispatchEvent(new Event("change"));
  } else {
    const all = input.type === "range" ? [input.min + random() * (input.max - input.min)] : odd;
    input.value = all[Math.floor(random() * all.length)];
    input.dispatchEvent(new Event("input"));
    input.dispatchEvent(new Event("change"));
  }
  if (explorer.state().steps > 5) explorer.set({steps: 5});
  if (JSON.stringify(explorer.state()).includes("null")) throw new Error(JSON.stringify(explorer.state()));
}
"""


def odd_inputs(tab, count: int) -> None:
    tab.evaluate(f"async () => {{{RANDOM % count}}}")
    tab.wait_for_timeout(500)
    assert np.isfinite(json.loads(ask(tab, "JSON.stringify(explorer.path(0).values)"))).all()
    assert "NaN" not in tab.locator("#plane svg").inner_html()


def test_odd_inputs(tab):
    odd_inputs(tab, 300)


@pytest.mark.slow
def test_many_odd_inputs(tab):
    odd_inputs(tab, 10_000)
