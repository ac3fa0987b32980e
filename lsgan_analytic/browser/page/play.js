// Along the path: play, pause, single steps, slow motion, forward and backward.
const Play = (() => {
  const $ = (id) => document.getElementById(id);
  let direction = 0;
  let part = 0;

  const move = (at) => Store.look(at);
  const show = (state) => {
    const bar = $("at");
    bar.max = state.steps;
    bar.value = state.at;
    bar.setAttribute("aria-valuetext", TEXT.step_now(state.at, state.steps));
    $("at-words").textContent = TEXT.step_now(state.at, state.steps);
    for (const [id, own] of [["play", 1], ["backwards", -1]]) {
      const going = direction === own;
      $(id).textContent = going ? "❚❚" : own > 0 ? "▶" : "◀";
      $(id).setAttribute("aria-label", going ? TEXT.pause : own > 0 ? TEXT.play : TEXT.backwards);
      $(id).setAttribute("aria-pressed", String(going));
    }
  };
  const tick = () => {
    if (!direction) return;
    part += Number($("speed").value) * direction;
    const whole = Math.trunc(part);
    part -= whole;
    const { at, steps } = Store.now();
    if (at + whole < 0 || at + whole > steps) direction = 0;
    if (whole) move(at + whole);
    if (direction) requestAnimationFrame(tick);
    else show(Store.now());
  };
  const play = (own) => {
    direction = direction === own ? 0 : own;
    part = 0;
    const { at, steps } = Store.now();
    if (direction > 0 && at >= steps) move(0);
    if (direction < 0 && at <= 0) move(steps);
    show(Store.now());
    if (direction) requestAnimationFrame(tick);
  };
  const wire = () => {
    const on = (id, what) => $(id).addEventListener("click", what);
    $("at").addEventListener("input", () => move(Number($("at").value)));
    on("first", () => move(0));
    on("back", () => move(Store.now().at - 1));
    on("forward", () => move(Store.now().at + 1));
    on("last", () => move(Store.now().steps));
    on("play", () => play(1));
    on("backwards", () => play(-1));
  };

  return { wire, show, play, move };
})();
