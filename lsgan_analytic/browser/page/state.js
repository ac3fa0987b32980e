// What the page shows, and nothing else: checked, changed, and what the engine needs of it.
const State = (() => {
  const VERSION = 2; // 1 had numbers of scenes and rules in the address
  const LIMITS = { steps: [1, 5000], runs: [1, 1000], key: [0, 4294967295], at: [0, 5000] };
  const copy = (value) => JSON.parse(JSON.stringify(value));
  const sceneOf = (state) => SCENES[state.scene];

  const usable = (scene) => Math.max(0, scene.rules.findIndex((rule) => !rule.reason));
  const initial = (index) => {
    const scene = SCENES[index];
    const rule = usable(scene);
    return {
      v: VERSION,
      scene: index,
      shown: Object.keys(scene.box).slice(0, 2),
      free: [...scene.free],
      numbers: [...scene.values],
      steps: scene.steps,
      samples: scene.samples,
      runs: 40,
      key: 0,
      protocol: "fixed",
      tube: !scene.rules[rule].tube,
      cloud: false,
      background: "cost",
      at: 0,
      active: 0,
      paths: [{ start: [...scene.theta], rule, settings: [...scene.rules[rule].values] }],
    };
  };

  class Wrong extends Error {}
  const number = (name, value, low, high, whole = false) => {
    if (typeof value === "string" && value.trim() === "") throw new Wrong(TEXT.not_number(name));
    const x = Number(value);
    if (!Number.isFinite(x)) throw new Wrong(TEXT.not_number(name));
    if (x < low || x > high) throw new Wrong(TEXT.expected(name, low, high));
    return whole ? Math.round(x) : x;
  };
  const among = (name, value, known) => {
    if (!known.includes(value)) throw new Wrong(TEXT.unknown(name, value, known.join(", ")));
    return value;
  };
  // Numbers of laws keep their sign; others may go 10 to either side.
  const span = (value) => (value > 0 ? [value / 50, value * 50] : value < 0 ? [value * 50, value / 50] : [-10, 10]);
  const SETTING = [1e-6, 1000];
  const numberRange = (scene, one) => (one.value > 0 ? [Math.min(1e-3, one.value / 50), one.value * 50] : span(one.value));

  const setters = {
    scene: () => {},
    loss: () => {},
    regularizer: () => {},
    shown(state, value) {
      const names = Object.keys(sceneOf(state).box);
      if (!Array.isArray(value) || value.length !== 2 || value[0] === value[1])
        throw new Wrong(TEXT.unknown("shown", JSON.stringify(value), names.join(", ")));
      state.shown = value.map((name) => among("shown", name, names));
    },
    free(state, value) {
      const names = sceneOf(state).names;
      const given = value === null ? names : value;
      if (!Array.isArray(given) || !given.length) throw new Wrong(TEXT.unknown("free", String(value), names.join(", ")));
      const known = new Set(given.map((name) => among("free", name, names)));
      state.free = names.filter((name) => known.has(name));
    },
    numbers(state, value) {
      const scene = sceneOf(state);
      if (Array.isArray(value)) {
        if (value.length === scene.values.length) value.forEach((x, i) => setOne(state, scene, i, x));
        return;
      }
      for (const [name, x] of Object.entries(value)) {
        const known = scene.numbers.map((one) => one.name);
        setOne(state, scene, scene.numbers.find((one) => one.name === among("numbers", name, known)).index, x);
      }
    },
    start(state, value) {
      const names = sceneOf(state).names;
      for (const [name, x] of Object.entries(value)) {
        among("start", name, names);
        state.paths[state.active].start[names.indexOf(name)] = number(name, x, -1e6, 1e6);
      }
    },
    rule(state, value) {
      const rules = sceneOf(state).rules;
      const titles = rules.map((rule) => rule.title);
      const index = typeof value === "number" ? value : titles.indexOf(among("rule", value, titles));
      const rule = rules[index];
      if (rule === undefined || rule.reason) throw new Wrong(TEXT.no_rule(rule ? rule.reason : value));
      const path = state.paths[state.active];
      const steps = ["step_sizes.disc.sizes", "step_sizes.gen.sizes"].map((name) => settingOf(state, path, name));
      path.rule = index;
      path.settings = [...rule.values];
      if (steps.every((x) => x !== undefined)) setters.step(state, steps, true);
    },
    step(state, value, quiet = false) {
      const both = Array.isArray(value) ? value : [value, value];
      ["disc", "gen"].forEach((who, i) => {
        const name = `step_sizes.${who}.sizes`;
        const path = state.paths[state.active];
        const known = sceneOf(state).rules[path.rule].settings.find((one) => one.name === name);
        if (known) path.settings[known.index] = number(TEXT[`step_${who}`], both[i], ...SETTING);
        else if (!quiet) throw new Wrong(TEXT.unknown("step", value, "rules with a step"));
      });
    },
    settings(state, value) {
      const path = state.paths[state.active];
      const every = sceneOf(state).rules[path.rule].settings;
      const known = every.map((one) => one.name);
      for (const [name, x] of Object.entries(value))
        path.settings[every[known.indexOf(among("settings", name, known))].index] = number(name, x, ...SETTING);
    },
    steps: (state, value) => (state.steps = number("steps", value, ...LIMITS.steps, true)),
    runs: (state, value) => (state.runs = number("runs", value, ...LIMITS.runs, true)),
    key: (state, value) => (state.key = number("key", value, ...LIMITS.key, true)),
    at: (state, value) => (state.at = Math.min(state.steps, number("at", value, ...LIMITS.at, true))),
    samples: (state, value) => (state.samples = number("samples", value, 1, sceneOf(state).samples, true)),
    protocol: (state, value) => (state.protocol = among("protocol", value, ["fixed", "fresh"])),
    background: (state, value) => (state.background = among("background", value, ["cost", "slope", "none"])),
    tube: (state, value) => (state.tube = Boolean(value)),
    cloud: (state, value) => (state.cloud = Boolean(value)),
    active: (state, value) => (state.active = number("active", value, 0, state.paths.length - 1, true)),
    paths(state, value) {
      if (!Array.isArray(value) || !value.length || value.length > 6) throw new Wrong(TEXT.expected("paths", 1, 6));
      const scene = sceneOf(state);
      state.paths = value.map((path) => {
        const trial = initial(state.scene);
        setters.start(trial, Array.isArray(path.start) ? Object.fromEntries(scene.names.map((n, i) => [n, path.start[i]])) : path.start || {});
        if (path.rule !== undefined) setters.rule(trial, path.rule);
        if (Array.isArray(path.settings) && path.settings.length === trial.paths[0].settings.length)
          trial.paths[0].settings = path.settings.map((x) => number("settings", x, ...SETTING));
        if (path.step !== undefined) setters.step(trial, path.step);
        return trial.paths[0];
      });
      state.active = Math.min(state.active, state.paths.length - 1);
    },
    v: () => {},
  };
  const setOne = (state, scene, index, x) => {
    const one = scene.numbers.find((each) => each.index === index);
    if (one) state.numbers[index] = number(one.name, x, ...numberRange(scene, one));
  };
  const settingOf = (state, path, name) => {
    const one = sceneOf(state).rules[path.rule].settings.find((each) => each.name === name);
    return one && path.settings[one.index];
  };

  // The scene of these changes: of one title there may be several, by loss and regulariser.
  const sceneAfter = (state, changes) => {
    const here = sceneOf(state);
    const titles = [...new Set(SCENES.map((scene) => scene.title))];
    if (typeof changes.scene === "number") return number("scene", changes.scene, 0, SCENES.length - 1, true);
    const title = changes.scene === undefined ? here.title : among("scene", changes.scene, titles);
    const own = SCENES.filter((scene) => scene.title === title);
    const known = (name, from) => [...new Set(from.map((scene) => scene[name]))];
    const same = changes.scene === undefined;
    const loss = changes.loss !== undefined ? among("loss", changes.loss, known("loss", own)) : same ? here.loss : own[0].loss;
    const some = own.filter((scene) => scene.loss === loss);
    const wanted = changes.regularizer;
    if (wanted !== undefined) among("regularizer", wanted, known("regularizer", some));
    const chosen = some.find((scene) => scene.regularizer === (wanted ?? (same ? here.regularizer : some[0].regularizer)));
    return SCENES.indexOf(chosen || some[0]);
  };
  // The state in another scene, with what both have.
  const carried = (state, index) => {
    const [before, after] = [sceneOf(state), SCENES[index]];
    if (before.title !== after.title) return initial(index);
    const titles = after.rules.filter((rule) => !rule.reason).map((rule) => rule.title);
    const numbers = Object.fromEntries(before.numbers.map((one) => [one.name, state.numbers[one.index]]));
    const kept = after.numbers.map((one) => one.name).filter((name) => name in numbers);
    const paths = state.paths.map((path) => {
      const rule = before.rules[path.rule].title;
      const step = ["disc", "gen"].map((who) => settingOf(state, path, `step_sizes.${who}.sizes`));
      const common = { start: path.start, ...(step.includes(undefined) ? {} : { step }) };
      return titles.includes(rule) ? { ...common, rule } : common;
    });
    const same = ["shown", "free", "steps", "samples", "runs", "key", "protocol", "background", "tube", "cloud", "at", "active"];
    const changes = Object.fromEntries(same.map((name) => [name, state[name]]));
    const moved = changed(initial(index), { ...changes, paths }, true);
    return changed(moved, { numbers: Object.fromEntries(kept.map((name) => [name, numbers[name]])) }, true);
  };

  const ORDER = ["scene", "shown", "numbers", "steps", "samples", "paths", "active", "rule", "free"];
  // The state after these changes; Wrong (an Error) for one that cannot be, which changes nothing.
  const changed = (state, changes, tolerant = false) => {
    const index = sceneAfter(state, changes);
    const next = changes.scene !== undefined ? initial(index) : index === state.scene ? copy(state) : carried(state, index);
    const keys = Object.keys(changes).sort((a, b) => (ORDER.indexOf(a) + 99) % 99 - ((ORDER.indexOf(b) + 99) % 99));
    for (const key of keys) {
      try {
        if (!Object.hasOwn(setters, key)) throw new Wrong(TEXT.unknown("set", key, Object.keys(setters).join(", ")));
        setters[key](next, changes[key]);
      } catch (error) {
        if (!tolerant) throw error;
      }
    }
    next.at = Math.min(next.at, next.steps);
    return next;
  };

  // What the engine needs to compute path i.
  const setup = (state, i) => {
    const scene = sceneOf(state);
    const path = state.paths[i];
    const rule = scene.rules[path.rule];
    return {
      scene: state.scene,
      rule: path.rule,
      theta: Float64Array.from(path.start),
      numbers: Float64Array.from(state.numbers),
      settings: Float64Array.from(path.settings),
      moves: Float64Array.from(scene.names, (name) => (state.free.includes(name) ? 1 : 0)),
      steps: state.steps,
      samples: state.samples,
      protocol: state.protocol,
      runs: state.runs,
      key: [0, state.key],
    };
  };
  const view = (state) => {
    const scene = sceneOf(state);
    return {
      scene: state.scene,
      rule: 0,
      theta: Float64Array.from(state.paths[state.active].start),
      numbers: Float64Array.from(state.numbers),
      shown: state.shown.map((name) => scene.names.indexOf(name)),
      box: state.shown.map((name) => scene.box[name]),
    };
  };

  return { VERSION, initial, changed, setup, view, copy, sceneOf, settingOf, numberRange, SETTING, LIMITS, Wrong };
})();
