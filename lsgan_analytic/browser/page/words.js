// What the page says of the paths and of the portrait.
const Words = (() => {
  const { html, short } = Svg;
  const $ = (id) => document.getElementById(id);

  // One sentence after another of path i.
  const sentences = (state, one, i) => {
    const scene = State.sceneOf(state);
    const rule = Engine.ruleOf(one.setup);
    const { path } = one;
    const last = path.values[path.values.length - 1];
    const moves = state.free.map((name) => {
      const p = scene.names.indexOf(name);
      return `${name} ${short(one.setup.theta[p])} → ${short(last[p])}`;
    });
    const text = [one.outcome ? `${TEXT[`${one.outcome}_end`]}.` : "…"];
    text.push(`${moves.join(", ")}; J ${short(path.cost[0], 5)} → ${short(path.cost[path.cost.length - 1], 5)}.`);
    if (!Number.isFinite(path.cost[0])) text.unshift(TEXT.undefined_here);
    if (path.stopped) text.push(TEXT.stopped_at(path.taken));
    if (state.tube && one.tube && one.tube.valid < path.taken) text.push(TEXT.tube_short(one.tube.valid, state.steps));
    if (state.cloud && !rule.cloud)
      text.push(
        one.cloud
          ? TEXT.cloud_done(one.cloud.length, one.cloud.filter((run) => run.stopped).length)
          : TEXT.cloud_progress(one.progress || 0, state.runs),
      );
    return { title: `${TEXT.path} ${i + 1}, ${rule.title}: `, text: text.join(" ") };
  };

  let said = "";
  const paths = (state, drawn) => {
    const every = drawn.map((one, i) => sentences(state, one, i));
    const now = JSON.stringify(every);
    if (now === said) return; // said once: readers of screens hear every change
    said = now;
    $("words").replaceChildren(
      ...every.map(({ title, text }, i) => html("li", { style: `--own:${Svg.color(i)}` }, html("strong", {}, title), text)),
    );
  };

  const portrait = (state, found) => {
    const [x, y] = state.shown;
    const item = (name, text) => html("span", { class: `key ${name}` }, text);
    const list = found.equilibria.map((one) => `${TEXT[one.kind]} (${short(one.x, 3)}, ${short(one.y, 3)})`);
    $("legend").replaceChildren(item("first", TEXT.nullcline(x)), item("second", TEXT.nullcline(y)), item("plateau-key", TEXT.plateau));
    $("equilibria").textContent = `${TEXT.equilibria(found.equilibria.length)} ${list.slice(0, 6).join("; ")}${list.length > 6 ? "; …" : ""}`;
  };

  return { paths, portrait };
})();
