// The game itself at one step: density of the data, of generated points, and D over them.
const Density = (() => {
  const { el, scale, axes, line } = Svg;
  const FRAME = { left: 58, right: 586, top: 30, bottom: 240 };
  let svg, note;

  const build = (host) => {
    svg = el("svg", { viewBox: "0 0 640 286", role: "img", "aria-label": TEXT.densities });
    note = Svg.html("p", { class: "note" });
    host.append(svg, note);
  };

  // Densities may be huge at one point: the axis ends at the 98 % of their values.
  const top = (lists) => {
    const all = lists.flatMap((list) => Array.from(list)).filter((v) => Number.isFinite(v) && v > 0).sort((a, b) => a - b);
    return all.length ? all[Math.floor(0.985 * (all.length - 1))] * 1.15 : 1;
  };

  const area = (s, x, values, name) => {
    const points = Array.from(values, (v, i) => [s.x(x[i]), Math.max(s.y(v), s.top)]).filter((p) => Number.isFinite(p[1]));
    if (!points.length) return el("g");
    const outline = line(points);
    const fill = `${outline}L${points[points.length - 1][0].toFixed(2)},${s.bottom}L${points[0][0].toFixed(2)},${s.bottom}Z`;
    return el("g", { class: name }, el("path", { class: "fill", d: fill }), el("path", { class: "outline", d: outline }));
  };

  // Masses at points: stems as high as the mass, of `most` at the top.
  const stems = (s, list, name, most, lean) => {
    const n = list.length / 2;
    const g = el("g", { class: name });
    const shown = new Map(); // masses at one place are one stem
    for (let i = 0; i < n; i++) {
      const place = s.x(list[i]).toFixed(1);
      shown.set(place, (shown.get(place) || 0) + list[n + i]);
    }
    for (const [place, mass] of shown) {
      const x = Number(place) + lean;
      if (!Number.isFinite(x) || x < s.left - 8 || x > s.right + 8) continue;
      const y = s.bottom - (mass / most) * (s.bottom - s.top);
      g.append(el("line", { class: "stem", x1: x, x2: x, y1: s.bottom, y2: y }), el("circle", { class: "atom", cx: x, cy: y, r: 5.5 }));
    }
    return g;
  };

  const draw = (state, path) => {
    const scene = State.sceneOf(state);
    note.textContent = scene.curves ? TEXT.no_curves(scene.curves) : "";
    svg.toggleAttribute("hidden", Boolean(scene.curves));
    document.querySelector(".keys").hidden = Boolean(scene.curves);
    if (scene.curves) return;
    const [low, high] = scene.span;
    const x = Float64Array.from({ length: scene.points }, (_, i) => low + ((high - low) * i) / (scene.points - 1));
    const theta = path.values[Math.min(state.at, path.values.length - 1)];
    const [disc, data, generated] = Engine.call({ scene: state.scene }, "curves", theta, Float64Array.from(state.numbers), x);
    const atoms = scene.atoms;
    const masses = atoms.every(Boolean);
    const s = scale(FRAME, [low, high], [0, masses ? 1.1 : top([data, generated].filter((_, k) => !atoms[k]))]);
    const law = (k, values, name) => (atoms[k] ? stems(s, values, name, 1.1, k ? 2 : -2) : area(s, x, values, name));
    const known = Array.from(disc).filter(Number.isFinite);
    const range = scene.probability || !known.length ? [0, 1] : [Math.min(0, ...known), Math.max(1, ...known)];
    const right = scale(FRAME, [low, high], range);
    const ends = el("g", { class: "axes disc-axis" });
    for (const v of Svg.ticks(...range, 4))
      ends.append(el("text", { x: s.right + 8, y: right.y(v) + 4, "text-anchor": "start" }, Svg.short(v, 3)));
    ends.append(el("text", { class: "name", x: s.right + 8, y: s.top - 8, "text-anchor": "middle" }, TEXT.disc));
    svg.replaceChildren(
      axes(s, "x", masses ? TEXT.mass : TEXT.density),
      ends,
      law(0, data, "law-data"),
      law(1, generated, "law-generated"),
      el("path", { class: "disc-line", d: line(Array.from(disc, (v, i) => [s.x(x[i]), right.y(v)])) }),
    );
  };

  return { build, draw, svg: () => svg };
})();
