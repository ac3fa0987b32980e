// Numbers against the step: parameters and cost.
const Panels = (() => {
  const { el, scale, axes, line, color, short } = Svg;
  const FRAME = { left: 58, right: 560, top: 26, bottom: 152 };
  const DASHES = ["", "7 4", "2 3", "9 3 2 3", "12 5", "1 4"];
  const hosts = {};
  const notes = {};

  const build = (name, host, on) => {
    const svg = el("svg", { viewBox: "0 0 640 192", role: "img", "aria-label": TEXT[name] });
    hosts[name] = svg;
    notes[name] = Svg.html("p", { class: "note" });
    host.append(svg, notes[name]);
    const choose = (event) => {
      if (event.buttons !== 1 || !svg.scale) return;
      const box = svg.getBoundingClientRect();
      const [k] = svg.scale.back(((event.clientX - box.left) / box.width) * 640, 0);
      on(Math.round(k));
    };
    svg.addEventListener("pointerdown", choose);
    svg.addEventListener("pointermove", choose);
  };

  // series: [{values, color, dash, label, width (2 standard deviations, or null)}]
  const draw = (name, series, state, yName) => {
    const svg = hosts[name];
    let [low, high] = [Infinity, -Infinity];
    for (const one of series)
      for (let k = 0; k < one.values.length; k++) {
        const v = one.values[k];
        if (!Number.isFinite(v)) continue;
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    if (!(low <= high)) [low, high] = [0, 1];
    const size = Math.max(Math.abs(low), Math.abs(high));
    const margin = high - low > 1e-9 * size ? (high - low) * 0.06 : 0.5 * (size || 1); // rounding is no change
    const s = scale(FRAME, [0, state.steps], [low - margin, high + margin]);
    svg.scale = s;
    const body = el("g");
    const labels = [];
    for (const one of series) {
      const g = el("g", { style: `color:${one.color}` });
      if (one.width) {
        const upper = one.width.map((w, k) => [s.x(k), Math.min(Math.max(s.y(one.values[k] + w), s.top), s.bottom)]);
        const lower = one.width.map((w, k) => [s.x(k), Math.min(Math.max(s.y(one.values[k] - w), s.top), s.bottom)]).reverse();
        g.append(el("path", { class: "band", d: `${line([...upper, ...lower])}Z` }));
      }
      const points = Array.from(one.values, (v, k) => [s.x(one.steps ? one.steps[k] : k), s.y(v)]);
      g.append(el("path", { class: "series", d: line(points), "stroke-dasharray": one.dash }));
      const end = points[points.length - 1];
      if (end && Number.isFinite(end[1])) labels.push({ y: end[1], text: one.label, color: one.color });
      body.append(g);
    }
    labels.sort((a, b) => a.y - b.y);
    for (let k = 1; k < labels.length; k++) labels[k].y = Math.max(labels[k].y, labels[k - 1].y + 14);
    const over = labels.length ? Math.max(0, labels[labels.length - 1].y - FRAME.bottom) : 0;
    for (const one of labels)
      body.append(el("text", { class: "label", x: FRAME.right + 7, y: one.y - over + 4, style: `fill:${one.color}` }, one.text));
    const at = s.x(Math.min(state.at, state.steps));
    body.append(el("line", { class: "cursor", x1: at, x2: at, y1: s.top, y2: s.bottom }));
    svg.replaceChildren(axes(s, TEXT.step, yName), body);
  };

  const parameters = (drawn, state) => {
    const scene = State.sceneOf(state);
    const series = [];
    drawn.forEach(({ path, tube }, i) =>
      state.free.forEach((name, k) => {
        const p = scene.names.indexOf(name);
        const j = tube ? tube.names.indexOf(name) : -1;
        const m = tube ? tube.names.length : 0;
        series.push({
          values: path.values.map((theta) => theta[p]),
          color: color(i),
          dash: DASHES[k % DASHES.length],
          label: drawn.length > 1 ? `${name} (${i + 1})` : name,
          width: j < 0 ? null : tube.covariance.map((c) => 2 * Math.sqrt(c[j * m + j])),
        });
      }),
    );
    draw("parameters", series.slice(0, 24), state, "");
  };
  const cost = (drawn, state) => {
    const series = drawn.map(({ path }, i) => ({
      values: path.cost, color: color(i), dash: "", width: null, label: drawn.length > 1 ? `J (${i + 1})` : "J",
    }));
    draw("cost", series, state, "");
  };
  // W1 is taken at some steps: a worker brings more of them as it can.
  const distance = (drawn, state) => {
    const why = State.sceneOf(state).distance;
    hosts.distance.toggleAttribute("hidden", Boolean(why));
    notes.distance.textContent = why ? TEXT.no_distance(why) : "";
    if (why) return;
    const series = drawn.map(({ distance: own }, i) => ({
      values: own ? own.values : [], steps: own ? own.steps : [], color: color(i), dash: "", width: null,
      label: drawn.length > 1 ? `W1 (${i + 1})` : "W1",
    }));
    draw("distance", series, state, "");
  };
  const svg = (name) => hosts[name];

  return { build, parameters, cost, distance, svg, short };
})();
