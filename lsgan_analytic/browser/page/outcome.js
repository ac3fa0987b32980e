// How a run ended, as lsgan.Outcome says it and by the same evidence.
const Outcome = (() => {
  const norm = (v) => Math.hypot(...v);

  // Singular values and vectors of a k by k matrix (one-sided Jacobi): a = sum of left_i value_i right_i^T.
  const svd = (matrix, k) => {
    const u = matrix.slice();
    const v = new Float64Array(k * k);
    for (let i = 0; i < k; i++) v[i * k + i] = 1;
    for (let sweep = 0; sweep < 60; sweep++) {
      let off = 0;
      for (let p = 0; p < k; p++)
        for (let q = p + 1; q < k; q++) {
          let [a, b, c] = [0, 0, 0];
          for (let i = 0; i < k; i++) {
            a += u[i * k + p] ** 2;
            b += u[i * k + q] ** 2;
            c += u[i * k + p] * u[i * k + q];
          }
          if (Math.abs(c) <= 1e-16 * Math.sqrt(a * b) || c === 0) continue;
          off = 1;
          const zeta = (b - a) / (2 * c);
          const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
          const cos = 1 / Math.hypot(1, t);
          for (const m of [u, v])
            for (let i = 0; i < k; i++) {
              const [x, y] = [m[i * k + p], m[i * k + q]];
              m[i * k + p] = cos * (x - t * y);
              m[i * k + q] = cos * (y + t * x);
            }
        }
      if (!off) break;
    }
    const column = (m, j) => Array.from({ length: k }, (_, i) => m[i * k + j]);
    return Array.from({ length: k }, (_, j) => {
      const value = norm(column(u, j));
      return { value, left: column(u, j).map((x) => (value > 0 ? x / value : 0)), right: column(v, j) };
    }).sort((a, b) => b.value - a.value);
  };

  const newton = (slope, force, size) => {
    const k = force.length;
    const parts = svd(slope, k);
    const step = new Array(k).fill(0);
    for (const { value, left, right } of parts) {
      const along = left.reduce((s, x, i) => s + x * force[i], 0);
      const counts = Math.abs(along) > 8 * 2 ** -52 * (1 + size) && value > 10 * k * 2 ** -52 * parts[0].value;
      if (counts) right.forEach((x, i) => (step[i] -= (x * along) / value));
    }
    return step;
  };

  // log of the field's size over the next steps of the rule, and how far these lead
  const ahead = (setup, run, free) => {
    const once = Engine.exactly(setup);
    let [now, counters] = [run.now, run.counters];
    const size = (theta) => norm(pick(Engine.call(setup, "look", theta, setup.numbers)[1], free));
    const n = setup.theta.length;
    const logs = [Math.log(size(now.slice(0, n)))];
    let moved = 0;
    const last = Math.min(Math.max(run.taken, 1), 64);
    for (let k = 0; k < last; k++) {
      [now, counters] = once(now, counters);
      logs.push(Math.log(size(now.slice(0, n))));
      moved = Math.max(moved, norm(pick(now, free).map((x, i) => x - run.now[free[i]])));
    }
    return { logs, moved, last };
  };
  const pick = (values, places) => places.map((i) => values[i]);

  const growth = (setup, run, free, otherwise) => {
    const { logs, moved, last } = ahead(setup, run, free);
    const half = Math.floor(last / 2);
    const peak = (part) => Math.max(-Infinity, ...part);
    const rate = (peak(logs.slice(half + 1)) - peak(logs.slice(0, half + 1))) / (last - half);
    if (moved <= 64 * 2 ** -52 * norm(run.now.slice(0, setup.theta.length))) return 0;
    return Number.isFinite(rate) ? rate * run.taken : otherwise;
  };

  // "plateau", "point", "moving", "left_domain" or "overflowed"
  const of = (setup, run) => {
    if (run.stopped) return run.stopped;
    const n = setup.theta.length;
    const free = Array.from({ length: n }, (_, i) => i).filter((i) => setup.moves[i] > 0.5);
    const here = run.now.slice(0, n);
    const force = pick(Engine.call(setup, "look", here, setup.numbers)[1], free);
    if (!(norm(force) <= 1e-2)) return "moving";
    if (growth(setup, run, free, 0) > 0.1) return "moving";
    const full = Engine.jacobian(setup, here);
    const slope = Float64Array.from(free.flatMap((i) => free.map((j) => full[i * n + j])));
    const steepness = Math.max(...slope.map(Math.abs));
    if (steepness < 100 * 2 ** -1022) return norm(force) > 0 ? "plateau" : "plateau";
    const scaled = [slope.map((x) => x / steepness), force.map((x) => x / steepness)];
    const step = newton(scaled[0], scaled[1], norm(pick(here, free)));
    const there = here.slice();
    free.forEach((i, k) => (there[i] += step[k]));
    const after = norm(pick(Engine.call(setup, "look", there, setup.numbers)[1], free));
    const ratio = norm(force) > 0 ? after / norm(force) : 0;
    const size = 1 + norm(here);
    const rooted = (ratio <= 0.2 && norm(step) <= 0.1 * size) || norm(step) <= 2 ** -26 * size;
    return rooted ? "point" : "plateau";
  };

  return { of, svd };
})();
