// Drawing: elements, axes, numbers.
const Svg = (() => {
  const SPACE = "http://www.w3.org/2000/svg";
  const el = (name, attributes = {}, ...children) => {
    const made = document.createElementNS(SPACE, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const html = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null) made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  };

  const COLORS = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9"];
  const color = (i) => `var(--path-${i % COLORS.length})`;

  // About five round numbers from low to high.
  const ticks = (low, high, about = 5) => {
    const raw = (high - low) / about;
    if (!(raw > 0) || !Number.isFinite(raw)) return [low];
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
    const out = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) out.push(k * step);
    return out;
  };
  const short = (x, digits = 4) => {
    if (x === 0) return "0";
    if (!Number.isFinite(x)) return String(x);
    const size = Math.abs(x);
    const text = size >= 1e5 || size < 1e-3 ? x.toExponential(Math.max(0, digits - 2)) : String(Number(x.toPrecision(digits)));
    return text.replace("-", "−");
  };

  // Maps data to the rectangle of a plot: {x, y, left, right, top, bottom, low, high}
  const scale = (frame, [x0, x1], [y0, y1]) => ({
    ...frame,
    x: (v) => frame.left + ((v - x0) / (x1 - x0)) * (frame.right - frame.left),
    y: (v) => frame.bottom - ((v - y0) / (y1 - y0)) * (frame.bottom - frame.top),
    back: (px, py) => [
      x0 + ((px - frame.left) / (frame.right - frame.left)) * (x1 - x0),
      y0 + ((frame.bottom - py) / (frame.bottom - frame.top)) * (y1 - y0),
    ],
    xs: [x0, x1],
    ys: [y0, y1],
  });

  const axes = (s, xName, yName) => {
    const g = el("g", { class: "axes" });
    g.append(el("rect", { class: "frame", x: s.left, y: s.top, width: s.right - s.left, height: s.bottom - s.top }));
    for (const v of ticks(...s.xs)) {
      const x = s.x(v);
      g.append(el("line", { x1: x, x2: x, y1: s.bottom, y2: s.bottom + 5 }));
      g.append(el("text", { x, y: s.bottom + 19, "text-anchor": "middle" }, short(Math.abs(v) < 1e-12 * Math.abs(s.xs[1] - s.xs[0]) ? 0 : v)));
    }
    for (const v of ticks(...s.ys)) {
      const y = s.y(v);
      g.append(el("line", { x1: s.left - 5, x2: s.left, y1: y, y2: y }));
      g.append(el("text", { x: s.left - 8, y: y + 4, "text-anchor": "end" }, short(Math.abs(v) < 1e-12 * Math.abs(s.ys[1] - s.ys[0]) ? 0 : v)));
    }
    g.append(el("text", { class: "name", x: (s.left + s.right) / 2, y: s.bottom + 37, "text-anchor": "middle" }, xName));
    if (yName) g.append(el("text", { class: "name", x: s.left, y: s.top - 8, "text-anchor": "start" }, yName));
    return g;
  };

  // "M1,2L3,4", broken where a value is not finite
  const line = (points) => {
    let out = "";
    let pen = false;
    for (const [x, y] of points) {
      const good = Number.isFinite(x) && Number.isFinite(y);
      const cut = (v) => Math.max(-1e5, Math.min(1e5, v)).toFixed(2);
      if (good) out += `${pen ? "L" : "M"}${cut(x)},${cut(y)}`;
      pen = good;
    }
    return out;
  };

  return { el, html, color, COLORS, ticks, short, scale, axes, line };
})();
