// The phase portrait: colours, arrows, nullclines and equilibria under the paths, tubes and clouds.
const Plane = (() => {
  const { el, scale, axes, line, color, short } = Svg;
  const FRAME = { left: 58, right: 632, top: 30, bottom: 520 };
  const WIDTH = 660;
  const HEIGHT = 566;
  let svg, layers, handlers, now;

  const build = (host, on) => {
    handlers = on;
    svg = el("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": TEXT.plane });
    const clip = el("clipPath", { id: "inside" });
    clip.append(el("rect", { x: FRAME.left, y: FRAME.top, width: FRAME.right - FRAME.left, height: FRAME.bottom - FRAME.top }));
    const hatch = el("pattern", { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" });
    hatch.append(el("line", { class: "hatch", x1: 0, y1: 0, x2: 0, y2: 7 }));
    svg.append(el("defs", {}, clip, hatch));
    layers = {};
    for (const name of ["color", "field", "axes", "tube", "cloud", "paths", "notes", "starts"]) {
      layers[name] = el("g", { class: `layer-${name}` });
      if (!["axes", "notes", "starts"].includes(name)) layers[name].setAttribute("clip-path", "url(#inside)");
      svg.append(layers[name]);
    }
    host.append(svg);
    pointing();
  };

  const place = (event) => {
    const box = svg.getBoundingClientRect();
    const px = ((event.clientX - box.left) / box.width) * WIDTH;
    const py = ((event.clientY - box.top) / box.height) * HEIGHT;
    const inside = px >= FRAME.left && px <= FRAME.right && py >= FRAME.top && py <= FRAME.bottom;
    return { inside, at: now.scale.back(px, py) };
  };
  const pointing = () => {
    let dragging = false;
    svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      const { inside, at } = place(event);
      const chosen = event.target.dataset && event.target.dataset.path;
      if (chosen !== undefined) handlers.choose(Number(chosen));
      else if (!inside) return;
      else handlers.start(at, true);
      dragging = true;
      svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      if (!dragging) return;
      const [[x0, x1], [y0, y1]] = [now.scale.xs, now.scale.ys];
      const [x, y] = place(event).at;
      handlers.start([Math.min(Math.max(x, x0), x1), Math.min(Math.max(y, y0), y1)], false);
    });
    for (const name of ["pointerup", "pointercancel"])
      svg.addEventListener(name, () => {
        if (dragging) handlers.settled();
        dragging = false;
      });
  };

  // The axes of a state: call it before the others.
  const frame = (state) => {
    const scene = State.sceneOf(state);
    now = { state, scale: scale(FRAME, ...state.shown.map((name) => scene.box[name])) };
    layers.axes.replaceChildren(axes(now.scale, state.shown[0], state.shown[1]));
  };

  const shade = (portrait, what) => {
    const { n, cost, fx, fy } = portrait.grid;
    const values = what === "cost" ? cost : cost.map((_, i) => Math.log10(Math.hypot(fx[i], fy[i])));
    const known = Array.from(values).filter(Number.isFinite).sort((a, b) => a - b);
    if (!known.length) return null;
    const [low, high] = [known[0], known[known.length - 1]];
    const middle = what === "cost" ? known[known.length >> 1] : high;
    const reach = Math.max(high - middle, middle - low) || 1;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = n;
    const context = canvas.getContext("2d");
    const image = context.createImageData(n, n);
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++) {
        const v = values[(n - 1 - j) * n + i];
        const k = 4 * (j * n + i);
        const t = Number.isFinite(v) ? (v - middle) / reach : 0;
        const [r, g, b] = t > 0 ? [213, 94, 0] : [0, 114, 178];
        image.data.set([r, g, b, Number.isFinite(v) ? 150 * Math.min(1, Math.abs(t)) ** 0.8 : 0], k);
      }
    context.putImageData(image, 0, 0);
    const s = now.scale;
    return el("image", {
      href: canvas.toDataURL(), x: s.left, y: s.top, width: s.right - s.left, height: s.bottom - s.top,
      preserveAspectRatio: "none",
    });
  };

  const segments = (list, name) =>
    el("path", { class: name, d: list.map(([a, b, c, d]) => line([[now.scale.x(a), now.scale.y(b)], [now.scale.x(c), now.scale.y(d)]])).join("") });

  const arrows = (grid) => {
    const g = el("g", { class: "arrows" });
    const { n, x, y, fx, fy } = grid;
    const stride = Math.max(1, Math.round(n / 17));
    const s = now.scale;
    const size = (k) => Math.hypot(fx[k], fy[k]);
    let most = 0;
    for (let k = 0; k < n * n; k++) if (size(k) > most) most = size(k);
    let d = "";
    for (let j = stride >> 1; j < n; j += stride)
      for (let i = stride >> 1; i < n; i += stride) {
        const k = j * n + i;
        const [ex, ey] = [s.x(x[i] + fx[k]) - s.x(x[i]), s.y(y[j] + fy[k]) - s.y(y[j])];
        const long = Math.hypot(ex, ey);
        if (!(long > 0) || !Number.isFinite(long)) continue;
        const length = 4 + 18 * (size(k) / most) ** 0.35;
        const [ux, uy] = [(ex / long) * length, (ey / long) * length];
        const [px, py] = [s.x(x[i]) - ux / 2, s.y(y[j]) - uy / 2];
        const [hx, hy] = [px + ux, py + uy];
        const head = Math.min(5, length * 0.4) / length;
        const side = (turn) => [hx - head * (ux - turn * uy * 0.6), hy - head * (uy + turn * ux * 0.6)];
        d += line([[px, py], [hx, hy]]) + line([side(1), [hx, hy], side(-1)]);
      }
    g.append(el("path", { class: "arrow", d }));
    return g;
  };

  const portrait = (found) => {
    const { grid, equilibria, levels } = found;
    const { background, shown } = now.state;
    const image = background === "none" ? null : shade(found, background);
    layers.color.replaceChildren(...(image ? [image] : []));
    const still = grid.cost.map((_, i) => Math.log10(Math.max(Math.hypot(grid.fx[i], grid.fy[i]), 1e-300)));
    const plateau = el("g", { class: "plateaus" });
    const cell = [(grid.x[1] - grid.x[0]) / 2, (grid.y[1] - grid.y[0]) / 2];
    let d = "";
    for (let j = 0; j < grid.n; j++)
      for (let i = 0; i < grid.n; i++)
        if (still[j * grid.n + i] <= -2) {
          const [x0, x1] = [now.scale.x(grid.x[i] - cell[0]), now.scale.x(grid.x[i] + cell[0])];
          const [y0, y1] = [now.scale.y(grid.y[j] + cell[1]), now.scale.y(grid.y[j] - cell[1])];
          d += `M${x0.toFixed(1)},${y0.toFixed(1)}H${x1.toFixed(1)}V${y1.toFixed(1)}H${x0.toFixed(1)}Z`;
        }
    if (d) plateau.append(el("path", { class: "plateau", d, fill: "url(#hatch)" }));
    layers.field.replaceChildren(
      plateau,
      segments(Landscape.contour(grid, still, -2), "plateau-edge"),
      arrows(grid),
      segments(Landscape.contour(grid, grid.fx, 0), "nullcline first"),
      segments(Landscape.contour(grid, grid.fy, 0), "nullcline second"),
    );
    notes(equilibria, levels, shown);
  };

  const MARKS = { attracting_node: "●", attracting_spiral: "●", repelling_node: "○", repelling_spiral: "○", saddle: "✕", centre: "◎", degenerate: "◇" };
  const notes = (equilibria, levels) => {
    const s = now.scale;
    const made = equilibria.map((one) => {
      const label = `${TEXT[one.kind]} (${short(one.x)}, ${short(one.y)})`;
      return el("text", { class: "equilibrium", x: s.x(one.x), y: s.y(one.y) + 6, "text-anchor": "middle", "aria-label": label },
        el("title", {}, label), MARKS[one.kind]);
    });
    for (const { axis, sign, value } of levels) {
      const place = axis === 0
        ? { x: sign > 0 ? s.right - 6 : s.left + 6, y: s.top + 16, "text-anchor": sign > 0 ? "end" : "start" }
        : { x: (s.left + s.right) / 2, y: sign > 0 ? s.top + 16 : s.bottom - 8, "text-anchor": "middle" };
      const arrow = axis === 0 ? (sign > 0 ? " ⇥" : "⇤ ") : sign > 0 ? "⤒ " : "⤓ ";
      const text = TEXT.levels(short(value, 4));
      made.push(el("text", { class: "level", ...place }, axis === 0 && sign > 0 ? text + arrow : arrow + text));
    }
    layers.notes.replaceChildren(...made);
  };

  // Two standard deviations about a path: an ellipse at chosen steps, joined by their outline's discs.
  const ellipses = (path, tube, places, own) => {
    const s = now.scale;
    const [i, j] = now.state.shown.map((name) => tube.names.indexOf(name));
    const k = tube.names.length;
    const g = el("g", { style: `color:${own}` });
    const every = Math.max(1, Math.floor(tube.covariance.length / 24));
    for (let t = every; t < tube.covariance.length; t += every) {
      const c = tube.covariance[t];
      const get = (a, b) => (a < 0 || b < 0 ? 0 : c[a * k + b]);
      const ux = (s.x(1) - s.x(0)) ** 2;
      const uy = (s.y(1) - s.y(0)) ** 2;
      const cross = (s.x(1) - s.x(0)) * (s.y(1) - s.y(0));
      const [a, b, d] = [get(i, i) * ux, get(i, j) * cross, get(j, j) * uy];
      const root = Math.hypot((a - d) / 2, b);
      const [big, small] = [(a + d) / 2 + root, Math.max(0, (a + d) / 2 - root)];
      const angle = (Math.atan2(2 * b, a - d) / 2) * (180 / Math.PI);
      const [x, y] = places.map((p) => path.values[t][p]);
      if (![big, small, x, y].every(Number.isFinite)) continue;
      const [cx, cy] = [s.x(x).toFixed(2), s.y(y).toFixed(2)];
      g.append(el("ellipse", { class: "tube", cx, cy, rx: 2 * Math.sqrt(big), ry: 2 * Math.sqrt(small), transform: `rotate(${angle.toFixed(3)} ${cx} ${cy})` }));
    }
    return g;
  };

  const route = (values, places, upTo) =>
    line(values.slice(0, upTo + 1).map((theta) => [now.scale.x(theta[places[0]]), now.scale.y(theta[places[1]])]));

  // Everything that moves: drawn.paths[i] = {path, tube, cloud}.
  const paths = (drawn) => {
    const { state, scale: s } = now;
    const places = state.shown.map((name) => State.sceneOf(state).names.indexOf(name));
    const groups = { tube: [], cloud: [], paths: [], starts: [] };
    drawn.forEach(({ path, tube, cloud }, i) => {
      const own = color(i);
      if (tube) groups.tube.push(ellipses(path, tube, places, own));
      if (cloud) {
        const g = el("g", { style: `color:${own}` });
        cloud.forEach((run) => g.append(el("path", { class: "run", d: route(run.values, places, run.taken) })));
        groups.cloud.push(g);
      }
      const g = el("g", { style: `color:${own}` });
      g.append(el("path", { class: "halo", d: route(path.values, places, path.taken) }));
      g.append(el("path", { class: "route", d: route(path.values, places, path.taken) }));
      const here = path.values[Math.min(state.at, path.values.length - 1)];
      const [hx, hy] = places.map((p) => here[p]);
      if (Number.isFinite(hx) && Number.isFinite(hy))
        g.append(el("circle", { class: "here", cx: s.x(hx).toFixed(2), cy: s.y(hy).toFixed(2), r: 6 }));
      groups.paths.push(g);
      const [x, y] = places.map((p) => path.values[0][p]);
      const [sx, sy] = [Math.min(Math.max(s.x(x), s.left), s.right), Math.min(Math.max(s.y(y), s.top), s.bottom)];
      const label = `${TEXT.start} ${i + 1}: ${state.shown[0]} = ${short(x)}, ${state.shown[1]} = ${short(y)}`;
      groups.starts.push(el("rect", { class: `start${i === state.active ? " active" : ""}`, style: `color:${own}`, x: sx - 7, y: sy - 7, width: 14, height: 14, rx: 2, tabindex: 0, role: "button", "aria-label": label, "data-path": i }));
    });
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.path : undefined;
    for (const [name, made] of Object.entries(groups)) layers[name].replaceChildren(...made);
    if (focused !== undefined && groups.starts[focused]) groups.starts[focused].focus({ preventScroll: true });
  };

  return { build, frame, portrait, paths, svg: () => svg };
})();
