// What is drawn below the paths: cost and field on a grid, nullclines, equilibria, levels at infinity.
const Landscape = (() => {
  const at = (view, x, y) => {
    const theta = Float64Array.from(view.theta);
    theta[view.shown[0]] = x;
    theta[view.shown[1]] = y;
    return theta;
  };
  const look = (view, x, y) => Engine.call(view, "look", at(view, x, y), view.numbers);

  // {n, x, y, cost, fx, fy}, n by n points, x fastest
  const grid = (view, n) => {
    const [[x0, x1], [y0, y1]] = view.box;
    const axis = (a, b) => Float64Array.from({ length: n }, (_, i) => a + ((b - a) * i) / (n - 1));
    const out = { n, x: axis(x0, x1), y: axis(y0, y1) };
    for (const name of ["cost", "fx", "fy"]) out[name] = new Float64Array(n * n);
    for (let j = 0; j < n; j++)
      for (let i = 0; i < n; i++) {
        const [terms, force] = look(view, out.x[i], out.y[j]);
        const k = j * n + i;
        out.cost[k] = terms[0] + terms[1];
        out.fx[k] = force[view.shown[0]];
        out.fy[k] = force[view.shown[1]];
      }
    return out;
  };

  // Segments [x, y, x, y] of the level set of `values` at `level` (marching squares).
  const contour = (g, values, level) => {
    const { n, x, y } = g;
    const out = [];
    const cross = (a, b, va, vb) => a + ((b - a) * (level - va)) / (vb - va);
    for (let j = 0; j + 1 < n; j++)
      for (let i = 0; i + 1 < n; i++) {
        const v = [values[j * n + i], values[j * n + i + 1], values[(j + 1) * n + i + 1], values[(j + 1) * n + i]];
        if (!v.every(Number.isFinite)) continue;
        const px = [x[i], x[i + 1], x[i + 1], x[i]];
        const py = [y[j], y[j], y[j + 1], y[j + 1]];
        const hits = [];
        for (let e = 0; e < 4; e++) {
          const f = (e + 1) % 4;
          if (v[e] > level !== v[f] > level) hits.push([cross(px[e], px[f], v[e], v[f]), cross(py[e], py[f], v[e], v[f])]);
        }
        for (let h = 0; h + 1 < hits.length; h += 2) out.push([...hits[h], ...hits[h + 1]]);
      }
    return out;
  };

  const slope = (view, x, y) => {
    const n = view.theta.length;
    const j = Engine.jacobian(view, at(view, x, y));
    const [p, q] = view.shown;
    return [j[p * n + p], j[p * n + q], j[q * n + p], j[q * n + q]];
  };

  // Of the flow on the plane, from the eigenvalues of the field's Jacobian.
  const kind = ([a, b, c, d]) => {
    const trace = a + d;
    const det = a * d - b * c;
    const size = Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d);
    if (Math.abs(det) <= 1e-9 * size * size) return "degenerate";
    if (det < 0) return "saddle";
    if (Math.abs(trace) <= 1e-9 * size) return "centre";
    const turning = trace * trace < 4 * det;
    return (trace < 0 ? "attracting" : "repelling") + (turning ? "_spiral" : "_node");
  };

  // Rounding about 0 is 0.
  const rounded = (value, width) => (Math.abs(value) < 1e-13 * width ? 0 : value);

  // Roots of the field on the plane inside the box, by Newton's method from every cell where both
  // components change sign.
  const equilibria = (view, g) => {
    const { n, x, y, fx, fy } = g;
    const found = [];
    const [[x0, x1], [y0, y1]] = view.box;
    for (let j = 0; j + 1 < n; j++)
      for (let i = 0; i + 1 < n; i++) {
        const cell = [j * n + i, j * n + i + 1, (j + 1) * n + i, (j + 1) * n + i + 1];
        const changes = (f) => {
          const own = cell.map((k) => f[k]);
          return Math.min(...own) <= 0 && Math.max(...own) >= 0;
        };
        if (!changes(fx) || !changes(fy) || found.length > 24) continue;
        let [u, v] = [(x[i] + x[i + 1]) / 2, (y[j] + y[j + 1]) / 2];
        let step = Infinity;
        for (let k = 0; k < 30 && step > 1e-12 * (1 + Math.abs(u) + Math.abs(v)); k++) {
          const force = look(view, u, v)[1];
          const [p, q] = [force[view.shown[0]], force[view.shown[1]]];
          const [a, b, c, d] = slope(view, u, v);
          const det = a * d - b * c;
          const [du, dv] = [(b * q - d * p) / det, (c * p - a * q) / det];
          step = Math.hypot(du, dv);
          if (!(step < 10 * (x1 - x0 + y1 - y0))) break;
          [u, v] = [u + du, v + dv];
        }
        const near = (r) => Math.abs(r.x - u) < 1e-6 * (x1 - x0) && Math.abs(r.y - v) < 1e-6 * (y1 - y0);
        const inside = u >= x0 && u <= x1 && v >= y0 && v <= y1;
        if (step <= 1e-9 * (1 + Math.abs(u) + Math.abs(v)) && inside && !found.some(near))
          found.push({ x: rounded(u, x1 - x0), y: rounded(v, y1 - y0), kind: kind(slope(view, u, v)) });
      }
    return found;
  };

  // J far out along each axis through the start, where it has settled: [{axis, sign, value}]
  const levels = (view) => {
    const out = [];
    for (const axis of [0, 1])
      for (const sign of [-1, 1]) {
        const far = (t) => {
          const theta = Float64Array.from(view.theta);
          theta[view.shown[axis]] += sign * t;
          const terms = Engine.call(view, "cost", theta, view.numbers)[0];
          return terms[0] + terms[1];
        };
        const [near, value] = [far(2 ** 18), far(2 ** 19)];
        if (Math.abs(near - value) < 1e-5) out.push({ axis, sign, value });
      }
    return out;
  };

  return { grid, contour, equilibria, levels, kind };
})();
