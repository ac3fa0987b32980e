// Paths, predicted tubes and sampled runs of one setup, by the translated functions in `model`.
// A setup: {scene, rule, theta, numbers, settings, moves, steps, samples, protocol, runs, key}.
const Engine = (() => {
  const call = (setup, name, ...given) => model[`${SCENES[setup.scene].id}.${name}`](...given);
  const sceneOf = (setup) => SCENES[setup.scene];
  const ruleOf = (setup) => sceneOf(setup).rules[setup.rule];
  // Of the field; by central differences where JAX's own cannot be translated.
  const jacobian = (setup, theta) => {
    if (sceneOf(setup).jacobian) return call(setup, "jacobian", theta, setup.numbers)[0];
    const n = theta.length;
    const out = new Float64Array(n * n);
    for (let j = 0; j < n; j++) {
      const size = 1e-5 * (1 + Math.abs(theta[j]));
      const [up, down] = [1, -1].map((sign) => {
        const moved = theta.slice();
        moved[j] += sign * size;
        return call(setup, "look", moved, setup.numbers)[1];
      });
      for (let i = 0; i < n; i++) out[i * n + j] = (up[i] - down[i]) / (2 * size);
    }
    return out;
  };
  const finite = (values, count) => {
    for (let i = 0; i < count; i++) if (!Number.isFinite(values[i])) return false;
    return true;
  };

  // Steps of `once` from the start: {values: steps + 1 rows, states, counters, taken, stopped}.
  const follow = (setup, once, keep = false) => {
    const rule = ruleOf(setup);
    const n = setup.theta.length;
    let [now] = call(setup, `${rule.id}.start`, setup.theta);
    let counters = Int32Array.from(rule.counters);
    const values = [Float64Array.from(setup.theta)];
    const states = [[now, counters]];
    let stopped = null;
    let taken = 0;
    for (let k = 0; k < setup.steps; k++) {
      if (stopped === null) {
        const [after, counted, inside] = once(now, counters, k);
        if (!finite(after, n)) stopped = "overflowed";
        else if (!inside) stopped = "left_domain";
        else {
          now = after;
          counters = counted;
          taken += 1;
        }
      }
      values.push(now.slice(0, n));
      if (keep) states.push([now, counters]);
    }
    return { values, states, now, counters, taken, stopped };
  };

  const exactly = (setup) => (now, counters) =>
    call(setup, `${ruleOf(setup).id}.step`, now, counters, setup.moves, setup.numbers, setup.settings);

  const path = (setup) => {
    const run = follow(setup, exactly(setup), true);
    const terms = run.values.map((theta) => call(setup, "cost", theta, setup.numbers)[0]);
    return { ...run, terms, cost: terms.map((both) => both[0] + both[1]) };
  };

  // Which entries of a rule's vector vary: the free parameters and the numbers of its state.
  const varying = (setup, size) => {
    const all = Array.from({ length: size }, (_, i) => i);
    return all.filter((i) => i >= setup.theta.length || setup.moves[i] > 0.5);
  };

  // sum over nodes of mass v v^T
  const spread = (vectors, mass, k) => {
    const out = new Float64Array(k * k);
    for (let n = 0; n < mass.length; n++)
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) out[i * k + j] += mass[n] * vectors[n * k + i] * vectors[n * k + j];
    return out;
  };

  const sandwich = (a, c, k) => {
    const half = new Float64Array(k * k);
    const out = new Float64Array(k * k);
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) for (let l = 0; l < k; l++) half[i * k + j] += a[i * k + l] * c[l * k + j];
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) for (let l = 0; l < k; l++) out[i * k + j] += half[i * k + l] * a[j * k + l];
    return out;
  };

  // The covariance of one run at every step, as lsgan.predict: {covariance: rows, size, valid}.
  // valid: up to which step a step on the nodes is the exact one, to a hundredth of the noise of a step.
  const tube = (setup, known = null) => {
    const run = known || follow(setup, exactly(setup), true);
    const size = run.now.length;
    const chosen = varying(setup, size);
    const k = chosen.length;
    const names = chosen.filter((i) => i < setup.theta.length).map((i) => sceneOf(setup).names[i]);
    const covariance = [new Float64Array(k * k)];
    let history = null;
    let valid = run.taken;
    for (let t = 0; t < run.taken; t++) {
      const [now, counters] = run.states[t];
      const name = `${ruleOf(setup).id}.influence`;
      const found = call(setup, name, now, counters, setup.moves, setup.numbers, setup.settings);
      const [slope, psi, weights, onNodes] = found;
      const mass = weights.map((w) => w / setup.samples);
      const a = new Float64Array(k * k);
      const p = new Float64Array(mass.length * k);
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) a[i * k + j] = slope[chosen[i] * size + chosen[j]];
      for (let n = 0; n < mass.length; n++)
        for (let i = 0; i < k; i++) p[n * k + i] = psi[n * size + chosen[i]];
      const noise = spread(p, mass, k);
      const after = run.states[t + 1][0];
      for (let i = 0; i < k; i++) {
        const off = Math.abs(onNodes[chosen[i]] - after[chosen[i]]);
        if (off > 1.5e-14 * (1 + Math.abs(after[chosen[i]])) && !(off <= 0.01 * Math.sqrt(noise[i * k + i])))
          valid = Math.min(valid, t);
      }
      if (setup.protocol === "fixed") {
        if (history !== null)
          for (let n = 0; n < mass.length; n++)
            for (let i = 0; i < k; i++)
              for (let j = 0; j < k; j++) p[n * k + i] += a[i * k + j] * history[n * k + j];
        history = p;
        covariance.push(spread(p, mass, k));
      } else {
        const carried = sandwich(a, covariance[t], k);
        covariance.push(carried.map((c, i) => c + noise[i]));
      }
      if (valid < run.taken) break;
    }
    const m = names.length;
    const rows = covariance.slice(0, valid + 1).map((c) => {
      const out = new Float64Array(m * m);
      for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) out[i * m + j] = c[i * k + j];
      return out;
    });
    return { names, covariance: rows, valid };
  };

  // Runs from `first` on, every `stride`th: workers share them.
  const shares = (runs, first, stride) => Array.from({ length: Math.ceil((runs - first) / stride) }, (_, k) => first + k * stride);

  // One run on its own sample: the run number `r` of lsgan.simulate with this key.
  const sampled = (setup, r) => {
    const key = call(setup, "fold", Uint32Array.from(setup.key), r)[0];
    const draw = (own) => call(setup, "draw", own, setup.numbers);
    const fixed = setup.protocol === "fixed" ? draw(key) : null;
    const name = `${ruleOf(setup).id}.sampled`;
    const run = follow(setup, (now, counters, k) => {
      const [x, z] = fixed || draw(call(setup, "fold", key, k)[0]);
      return call(setup, name, now, counters, setup.moves, setup.numbers, setup.settings, x, z, setup.samples);
    });
    return { values: run.values, stopped: run.stopped, taken: run.taken };
  };

  return { call, jacobian, follow, exactly, path, tube, sampled, shares, sceneOf, ruleOf, finite };
})();
