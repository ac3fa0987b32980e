// The page: state -> pictures, readers' hands -> state, and window.explorer.
(() => {
  const { html } = Svg;
  const $ = (id) => document.getElementById(id);
  let state;
  let drawn = []; // of every path: {key, setup, path, tube, cloud}
  let past = [];
  let portraitKey = "";
  let lesson = null;
  let playing = 0;
  let scheduled = false;
  let waiting = 0;

  const say = (text) => ($("message").textContent = text);
  const keyOf = (setup, names) => JSON.stringify(names.map((name) => (ArrayBuffer.isView(setup[name]) ? [...setup[name]] : setup[name])));
  const PATH = ["scene", "rule", "theta", "numbers", "settings", "moves", "steps"];
  const TUBE = [...PATH, "samples", "protocol"];
  const CLOUD = [...TUBE, "runs", "key"];

  // Workers: one for what is below the paths and the tubes, one for the clouds.
  const workers = {};
  const requests = new Map();
  let lastId = 0;
  const worker = (name) => {
    if (!workers[name]) {
      const text = [$("shared").textContent, $("worker").textContent].join("\n");
      workers[name] = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
      workers[name].onmessage = ({ data }) => {
        const request = requests.get(data.id);
        if (!request) return;
        if (data.done) requests.delete(data.id);
        if (data.error) say(data.error);
        request(data);
      };
    }
    return workers[name];
  };
  const ask = (name, kind, slot, given, answer) => {
    const id = ++lastId;
    requests.set(id, answer);
    worker(name).postMessage({ id, kind, slot, given });
  };

  const compute = () => {
    drawn.length = state.paths.length;
    state.paths.forEach((_, i) => {
      const setup = State.setup(state, i);
      const key = keyOf(setup, PATH);
      if (!drawn[i] || drawn[i].key !== key) drawn[i] = { key, setup, path: Engine.path(setup), outcome: null };
      const one = drawn[i];
      one.setup = setup;
      if (one.tubeKey !== keyOf(setup, TUBE)) one.tube = null;
      if (one.cloudKey !== keyOf(setup, CLOUD)) one.cloud = null;
    });
  };

  const order = () => {
    drawn.forEach((one, i) => {
      const rule = Engine.ruleOf(one.setup);
      const [tubeKey, cloudKey] = [keyOf(one.setup, TUBE), keyOf(one.setup, CLOUD)];
      if (state.tube && !rule.tube && one.tubeKey !== tubeKey) {
        one.tubeKey = tubeKey;
        ask("field", "tube", i, one.setup, ({ result }) => {
          if (!result || !drawn[i] || drawn[i].tubeKey !== tubeKey) return;
          drawn[i].tube = result;
          schedule();
        });
      }
      if (state.cloud && !rule.cloud && one.cloudKey !== cloudKey) {
        one.cloudKey = cloudKey;
        ask("cloud", "cloud", i, one.setup, ({ result }) => {
          if (!result || !drawn[i] || drawn[i].cloudKey !== cloudKey) return;
          one.progress = result.done;
          if (result.paths) drawn[i].cloud = result.paths;
          schedule();
        });
      }
    });
    const view = State.view(state);
    const held = Array.from(view.theta, (v, p) => (view.shown.includes(p) ? 0 : v));
    const key = JSON.stringify([view.scene, held, [...view.numbers], view.shown]);
    if (key !== portraitKey) {
      portraitKey = key;
      $("working").textContent = TEXT.working;
      ask("field", "portrait", 0, view, ({ result, done }) => {
        if (!result || portraitKey !== key) return;
        explorerPortrait = result;
        if (done) $("working").textContent = "";
        Plane.portrait(result);
        legend(result);
        settle();
      });
    }
  };
  let explorerPortrait = null;

  const render = () => {
    scheduled = false;
    compute();
    Plane.frame(state);
    const visible = drawn.map((one) => ({ path: one.path, tube: state.tube ? one.tube : null, cloud: state.cloud ? one.cloud : null }));
    Plane.paths(visible);
    Panels.parameters(visible, state);
    Panels.cost(visible, state);
    Density.draw(state, drawn[state.active].path);
    transport();
    order();
    words();
    settle();
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(render);
  };
  // Outcomes and the address can wait until a drag rests.
  const settle = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      for (const one of drawn) if (one.outcome === null) one.outcome = Outcome.of(one.setup, one.path);
      words();
      history.replaceState(null, "", State.encode(state));
    }, 120);
  };

  const words = () => {
    const scene = State.sceneOf(state);
    $("words").replaceChildren(
      ...drawn.map((one, i) => {
        const rule = Engine.ruleOf(one.setup);
        const last = one.path.values[one.path.values.length - 1];
        const moves = state.free.map((name) => `${name} ${Svg.short(one.setup.theta[scene.names.indexOf(name)])} → ${Svg.short(last[scene.names.indexOf(name)])}`);
        const text = [
          one.outcome ? `${TEXT[`${one.outcome}_end`]}.` : "…",
          `${moves.join(", ")}; J ${Svg.short(one.path.cost[0], 5)} → ${Svg.short(one.path.cost[one.path.cost.length - 1], 5)}.`,
        ];
        if (!Number.isFinite(one.path.cost[0])) text.unshift(TEXT.undefined_here);
        if (one.path.stopped) text.push(TEXT.stopped_at(one.path.taken));
        if (state.tube && one.tube && one.tube.valid < one.path.taken) text.push(TEXT.tube_short(one.tube.valid, state.steps));
        if (state.cloud && !rule.cloud)
          text.push(one.cloud ? TEXT.cloud_done(one.cloud.length, one.cloud.filter((run) => run.stopped).length) : TEXT.cloud_progress(one.progress || 0, state.runs));
        return html("li", { style: `--own:${Svg.color(i)}` }, html("strong", {}, `${TEXT.path} ${i + 1}, ${rule.title}: `), text.join(" "));
      }),
    );
  };

  const legend = (found) => {
    const [x, y] = state.shown;
    const item = (name, text) => html("span", { class: `key ${name}` }, text);
    const list = found.equilibria.map((one) => `${TEXT[one.kind]} (${Svg.short(one.x, 3)}, ${Svg.short(one.y, 3)})`);
    $("legend").replaceChildren(item("first", TEXT.nullcline(x)), item("second", TEXT.nullcline(y)), item("plateau-key", TEXT.plateau));
    $("equilibria").textContent = `${TEXT.equilibria(found.equilibria.length)} ${list.slice(0, 6).join("; ")}${list.length > 6 ? "; …" : ""}`;
  };

  const transport = () => {
    const bar = $("at");
    bar.max = state.steps;
    bar.value = state.at;
    bar.setAttribute("aria-valuetext", TEXT.step_now(state.at, state.steps));
    $("at-words").textContent = TEXT.step_now(state.at, state.steps);
    $("play").textContent = playing > 0 ? "❚❚" : "▶";
    $("play").setAttribute("aria-label", playing > 0 ? TEXT.pause : TEXT.play);
  };
  const tick = () => {
    if (!playing) return;
    const speed = Number($("speed").value);
    tick.part = (tick.part || 0) + speed * playing;
    const whole = Math.trunc(tick.part);
    tick.part -= whole;
    const next = state.at + whole;
    if (next < 0 || next > state.steps) playing = 0;
    state = State.changed(state, { at: Math.min(Math.max(next, 0), state.steps) });
    schedule();
    if (playing) requestAnimationFrame(tick);
    else transport();
  };
  const play = (direction) => {
    playing = playing === direction ? 0 : direction;
    if (playing > 0 && state.at >= state.steps) state = State.changed(state, { at: 0 });
    if (playing < 0 && state.at <= 0) state = State.changed(state, { at: state.steps });
    transport();
    if (playing) requestAnimationFrame(tick);
  };

  // Take changes; false and a sentence where they cannot be. `passing`: on the way of a drag, not to undo to.
  const set = (make, passing = false) => {
    try {
      const next = State.changed(state, make());
      if (!set.dragged) past.push(State.copy(state));
      set.dragged = passing;
      if (past.length > 200) past.shift();
      const formed = JSON.stringify([next.scene, next.active, next.paths.length]) !== JSON.stringify([state.scene, state.active, state.paths.length]);
      state = next;
      say("");
      if (!passing || formed) Controls.draw(state);
      if (formed) scenes();
      schedule();
      return true;
    } catch (error) {
      say(error.message);
      return false;
    }
  };

  const onPlane = {
    choose: (i) => set(() => ({ active: i })),
    start: (at) => set(() => ({ start: { [state.shown[0]]: at[0], [state.shown[1]]: at[1] } }), true),
    settled: () => {
      set.dragged = false;
      Controls.draw(state);
    },
  };
  const nudge = (event) => {
    const i = event.target.dataset ? event.target.dataset.path : undefined;
    const by = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] }[event.key];
    if (i === undefined || !by) return;
    event.preventDefault();
    const name = state.shown[by[0]];
    const [low, high] = State.sceneOf(state).box[name];
    const now = state.paths[i].start[State.sceneOf(state).names.indexOf(name)];
    const step = ((high - low) / (event.shiftKey ? 20 : 100)) * by[1];
    set(() => ({ active: Number(i), start: {} }));
    set(() => ({ start: { [name]: Number((now + step).toPrecision(12)) } }));
  };

  const scenes = () => {
    $("scene").replaceChildren(...SCENES.map((scene, i) => html("option", { value: i, selected: i === state.scene }, scene.title)));
    $("scene-field").hidden = SCENES.length < 2;
    const every = SCENES.flatMap((scene, s) => scene.presets.map((preset, p) => ({ preset, id: `${s}.${p}` })));
    $("preset-field").hidden = !every.length;
    const chosen = lesson ? lesson.id : "";
    $("preset").replaceChildren(html("option", { value: "", selected: !chosen }, TEXT.own), ...every.map(({ preset, id }) => html("option", { value: id, selected: id === chosen }, preset.title)));
  };
  const preset = (id) => {
    const [s, p] = id.split(".").map(Number);
    const given = SCENES[s].presets[p];
    past.push(State.copy(state));
    state = State.changed(State.initial(s), given.state);
    lesson = { id, ...given };
    told();
    portraitKey = "";
    scenes();
    Controls.draw(state);
    schedule();
  };
  const told = () => {
    const shown = Boolean(lesson && (lesson.predict || lesson.reveal));
    $("lesson").hidden = !shown;
    if (!shown) return;
    $("predict").textContent = lesson.predict;
    $("reveal").hidden = false;
    $("revealed").hidden = true;
    $("revealed").textContent = lesson.reveal;
  };

  // The values by JAX that came with the page, computed again by this browser.
  const check = () => {
    let [count, worst, failed] = [0, 0, null];
    const kinds = { u: Uint32Array, i: Int32Array, f: Float64Array };
    for (const { name, given, values } of CHECKS)
      given.forEach((row, r) => {
        const out = model[name](...row.map(([kind, x]) => (kind ? kinds[kind].from(x) : x)));
        out.forEach((value, v) => {
          const ours = value.length === undefined ? [Number(value)] : Array.from(value);
          const size = Math.max(...values[r][v].map((x) => Math.abs(x)), 0);
          ours.forEach((x, k) => {
            if (values[r][v][k] === null) return;
            count += 1;
            const off = x === values[r][v][k] ? 0 : Math.abs(x - values[r][v][k]) / size;
            if (!(off <= 1e-11)) failed = name;
            worst = Math.max(worst, off);
          });
        });
      });
    $("check").textContent = failed ? TEXT.check_failed(failed) : TEXT.checked(count, worst.toExponential(1));
    $("check").classList.toggle("failed", Boolean(failed));
    return { count, worst, failed };
  };

  const label = () => {
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = TEXT[element.dataset.text];
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", TEXT[element.dataset.label]);
      element.title = TEXT[element.dataset.label];
    }
  };
  const wire = () => {
    const move = (at) => set(() => ({ at: Math.min(Math.max(at, 0), state.steps) }), true);
    const on = (id, event, what) => $(id).addEventListener(event, what);
    on("at", "input", () => move(Number($("at").value)));
    on("first", "click", () => move(0));
    on("back", "click", () => move(state.at - 1));
    on("forward", "click", () => move(state.at + 1));
    on("last", "click", () => move(state.steps));
    on("play", "click", () => play(1));
    on("backwards", "click", () => play(-1));
    on("undo", "click", () => {
      if (!past.length) return;
      state = past.pop();
      Controls.draw(state);
      scenes();
      schedule();
    });
    on("reset", "click", () => (lesson ? preset(lesson.id) : set(() => ({ ...State.initial(state.scene), scene: state.scene }))));
    on("scene", "change", () => {
      lesson = null;
      told();
      set(() => ({ scene: Number($("scene").value) }));
    });
    on("preset", "change", () => $("preset").value && preset($("preset").value));
    on("reveal", "click", () => {
      $("revealed").hidden = false;
      $("reveal").hidden = true;
    });
    on("theme", "click", () => {
      const dark = getComputedStyle(document.documentElement).getPropertyValue("color-scheme").includes("dark");
      document.documentElement.dataset.theme = dark ? "light" : "dark";
      schedule();
    });
    on("large", "click", () => document.documentElement.classList.toggle("large"));
    on("python", "click", () => {
      $("code").textContent = Output.python(state, state.active);
      $("dialog").showModal();
    });
    on("copy", "click", async () => {
      await navigator.clipboard.writeText($("code").textContent).catch(() => getSelection().selectAllChildren($("code")));
      $("copy").textContent = TEXT.copied;
    });
    on("close", "click", () => $("dialog").close());
    on("png", "click", () => Output.asPng(Plane.svg()));
    on("svg", "click", () => Output.asSvg(Plane.svg()));
    on("csv", "click", () => Output.save("explorer.csv", "text/csv", Output.csv(state, drawn)));
    document.addEventListener("keydown", nudge);
    addEventListener("hashchange", () => {
      const { state: given, note } = State.decode(location.hash);
      if (given && State.encode(given) !== State.encode(state)) {
        state = given;
        Controls.draw(state);
        scenes();
        schedule();
      }
      if (note) say(note);
    });
  };

  const begin = () => {
    label();
    Plane.build($("plane"), onPlane);
    Density.build($("densities"));
    Panels.build("parameters", $("parameters"), (k) => set(() => ({ at: Math.min(Math.max(k, 0), state.steps) }), true));
    Panels.build("cost", $("cost"), (k) => set(() => ({ at: Math.min(Math.max(k, 0), state.steps) }), true));
    Controls.build($("controls"), set);
    wire();
    const { state: given, note } = State.decode(location.hash);
    state = given || State.initial(0);
    const first = SCENES[0].presets.length ? "0.0" : "";
    if (!given && first) {
      lesson = { id: first, ...SCENES[0].presets[0] };
      state = State.changed(State.initial(0), SCENES[0].presets[0].state);
    }
    told();
    scenes();
    Controls.draw(state);
    render();
    if (note) say(note);
    return check();
  };

  const rows = (values) => values.map((row) => Array.from(row));
  const chosen = (i) => {
    compute();
    if (!drawn[i]) throw new Error(TEXT.expected("path", 0, drawn.length - 1));
    return drawn[i];
  };
  let checked;
  window.explorer = {
    ready: new Promise((resolve, reject) => {
      try {
        checked = begin();
        requestAnimationFrame(() => resolve(window.explorer));
      } catch (error) {
        reject(error);
        throw error;
      }
    }),
    // Changes the state as the controls do; an Error names what cannot be.
    set(changes) {
      const next = State.changed(state, changes);
      past.push(State.copy(state));
      state = next;
      say("");
      scenes();
      Controls.draw(state);
      render();
      return this.state();
    },
    state: () => ({ ...State.copy(state), scene: state.scene, title: State.sceneOf(state).title, names: [...State.sceneOf(state).names], rule: Engine.ruleOf(State.setup(state, state.active)).title }),
    presets: () => SCENES.flatMap((scene) => scene.presets.map((each) => each.title)),
    preset(title) {
      for (const [s, scene] of SCENES.entries())
        for (const [p, each] of scene.presets.entries())
          if (each.title === title) {
            preset(`${s}.${p}`);
            return this.state();
          }
      throw new Error(TEXT.unknown("preset", title, this.presets().join(", ")));
    },
    // {names, values: steps + 1 rows of all parameters, cost, outcome, taken}
    path(i = 0) {
      const { path, setup } = chosen(i);
      return { names: [...State.sceneOf(state).names], values: rows(path.values), cost: [...path.cost], terms: rows(path.terms), outcome: Outcome.of(setup, path), taken: path.taken };
    },
    // {names: free parameters, mean, std, covariance: rows of k k numbers, valid: last step}
    tube(i = 0) {
      const { path, setup } = chosen(i);
      const why = Engine.ruleOf(setup).tube;
      if (why) throw new Error(TEXT.no_tube(why));
      const found = Engine.tube(setup, path);
      const [k, places] = [found.names.length, found.names.map((name) => State.sceneOf(state).names.indexOf(name))];
      return {
        names: found.names,
        mean: path.values.slice(0, found.valid + 1).map((theta) => places.map((p) => theta[p])),
        std: found.covariance.map((c) => places.map((_, j) => Math.sqrt(c[j * k + j]))),
        covariance: rows(found.covariance),
        valid: found.valid,
      };
    },
    // {names, values: runs x (steps + 1) rows of the free parameters}
    cloud(i = 0) {
      const { setup } = chosen(i);
      const why = Engine.ruleOf(setup).cloud;
      if (why) return Promise.reject(new Error(TEXT.no_cloud(why)));
      const names = state.free;
      const places = names.map((name) => State.sceneOf(state).names.indexOf(name));
      return new Promise((resolve, reject) => {
        ask("asked", "cloud", `asked ${++lastId}`, setup, ({ result, done, error }) => {
          if (error) reject(new Error(error));
          else if (done) resolve({ names: [...names], values: result.paths.map((run) => run.values.map((theta) => places.map((p) => theta[p]))), stopped: result.paths.map((run) => run.stopped) });
        });
      });
    },
    portrait: () => explorerPortrait,
    python: (i = 0) => Output.python(state, i),
    csv: () => Output.csv(state, (compute(), drawn)),
    undo: () => $("undo").click(),
    checked: () => checked,
  };
})();
