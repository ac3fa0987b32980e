"""How fast the explorer answers in a headless Chromium, and how large its file is (Case A, 249 steps).

    python -m pytest benchmarks/test_explorer_speed.py -s

The page is to answer a click within 16 ms, a slider within 33 ms, and to have 100 runs on 1000 points within
3 s; what is asserted are bounds that only a mistake would break, on a busy machine too.
"""

import gzip
import shutil
import sys

import pytest

import lsgan_analytic as lsgan

START = """async () => {
  const t = [];
  for (let k = 0; k < 30; k++) {
    const before = performance.now();
    explorer.set({start: {b: -3 + 0.05 * k, h: -1.5}});
    t.push(performance.now() - before);
  }
  return t.sort((a, b) => a - b)[15];
}"""
TUBE = """async () => {
  const t = [];
  for (let k = 0; k < 10; k++) {
    const before = performance.now();
    explorer.set({start: {b: -2.9 + 0.05 * k, h: -1.4}});
    while (!document.querySelector(".layer-tube ellipse")) await new Promise((go) => setTimeout(go, 1));
    t.push(performance.now() - before);
  }
  return t.sort((a, b) => a - b)[5];
}"""
SLIDER = """async () => {
  const t = [];
  const bar = document.querySelector("#controls input[type=range]");
  for (let k = 0; k < 30; k++) {
    const before = performance.now();
    bar.value = 500 + 5 * k;
    bar.dispatchEvent(new Event("input"));
    await new Promise(requestAnimationFrame);
    t.push(performance.now() - before);
  }
  return t.sort((a, b) => a - b)[15];
}"""
CLOUD = """async () => {
  explorer.set({runs: 100, samples: 1000, steps: 249});
  const before = performance.now();
  await explorer.cloud(0);
  return performance.now() - before;
}"""


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed")
    game = lsgan.Game(data=lsgan.Exponential(rate=0.5), latent=lsgan.Rayleigh(), loss=lsgan.SquaredMinimax())
    players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    page = lsgan.explore(
        game,
        players,
        rules=lsgan.Simultaneous(step=0.4),
        box={"b": (-4, 2), "h": (-2.1, 3.1)},
        path=tmp_path_factory.mktemp("explorer") / "explorer.html",
    )
    sys.stdout.write(f"\nfile: {len(gzip.compress(page.html.encode())) / 1000:.0f} kB gzipped\n")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(page.path.as_uri())
        opened.evaluate("explorer.ready.then(() => 0)")
        opened.wait_for_timeout(5000)
        yield opened
        browser.close()


@pytest.mark.parametrize(
    ("name", "code", "wanted", "bound"),
    [
        ("click: path drawn", START, 16, 500),
        ("click: path and tube drawn", TUBE, 16, 2000),
        ("slider: redrawn", SLIDER, 33, 1000),
        ("cloud: 100 runs x 1000 points x 249 steps", CLOUD, 3000, 60_000),
    ],
)
def test_speed(tab, name, code, wanted, bound):
    taken = tab.evaluate(code)
    sys.stdout.write(f"{name}: {taken:.1f} ms (wanted: {wanted} ms)\n")
    assert taken < bound
