// The page: state -> pictures, readers' hands -> state, and window.explorer.
(() => {
  const $ = (id) => document.getElementById(id);
  let scheduled = false;
  let waiting = 0;

  const say = (text) => ($("message").textContent = text);
  const order = (state) => {
    Drawn.order(state, (error) => (error ? say(error) : schedule()));
    Drawn.below(state, (found, done) => {
      $("working").textContent = done ? "" : TEXT.working;
      if (!found) return;
      Plane.portrait(found);
      Words.portrait(Store.now(), found);
    });
  };
  const render = () => {
    scheduled = false;
    const state = Store.now();
    const drawn = Drawn.compute(state);
    Plane.frame(state);
    const visible = drawn.map((one) => ({ ...one, tube: state.tube ? one.tube : null, cloud: state.cloud ? one.cloud : null }));
    Plane.paths(visible);
    Panels.parameters(visible, state);
    Panels.cost(visible, state);
    Panels.distance(visible, state);
    Density.draw(state, drawn[state.active].path);
    Play.show(state);
    order(state);
    settle();
  };
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(render);
  };
  // Outcomes, words and the address can wait until a drag rests.
  const settle = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const state = Store.now();
      const drawn = Drawn.compute(state);
      for (const one of drawn) if (one.outcome === null) one.outcome = Outcome.of(one.setup, one.path);
      Words.paths(state, drawn);
      try {
        history.replaceState(null, "", Address.encode(state));
      } catch {
        // inside a notebook the page has no address
      }
    }, 120);
  };
  const changed = ({ passing, formed }) => {
    if (!passing || formed) Controls.draw(Store.now());
    if (formed) Lesson.lists(Store.now());
    schedule();
  };

  const onPlane = {
    choose: (i) => Store.set(() => ({ active: i })),
    start: ([x, y]) => Store.set(() => ({ start: { [Store.now().shown[0]]: x, [Store.now().shown[1]]: y } }), true),
    settled: () => {
      Store.rest();
      Controls.draw(Store.now());
    },
  };
  const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowDown: [1, -1], ArrowUp: [1, 1] };
  const nudge = (i, [axis, sign], far) => {
    const state = Store.now();
    const { box, names } = State.sceneOf(state);
    const name = state.shown[axis];
    const [low, high] = box[name];
    const now = state.paths[i].start[names.indexOf(name)];
    Store.set(() => ({ active: i, start: {} }));
    Store.set(() => ({ start: { [name]: Number((now + ((high - low) / (far ? 20 : 100)) * sign).toPrecision(12)) } }));
  };
  const KEYS = { " ": () => Play.play(1), "[": () => Play.move(Store.now().at - 1), "]": () => Play.move(Store.now().at + 1) };
  const key = (event) => {
    const { target } = event;
    const start = target.dataset ? target.dataset.path : undefined;
    const typing = /^(INPUT|SELECT|TEXTAREA|BUTTON)$/.test(target.tagName);
    if (start !== undefined && ARROWS[event.key]) nudge(Number(start), ARROWS[event.key], event.shiftKey);
    else if (event.key === "z" && (event.ctrlKey || event.metaKey) && !typing) Store.undo();
    else if (KEYS[event.key] && !typing && !event.ctrlKey) KEYS[event.key]();
    else return;
    event.preventDefault();
  };

  const preset = (title) => Store.replace(Lesson.state(title)) || Lesson.lists(Store.now());
  const label = () => {
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = TEXT[element.dataset.text];
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", TEXT[element.dataset.label]);
      element.title = TEXT[element.dataset.label];
    }
  };
  const theme = () => {
    const dark = getComputedStyle(document.documentElement).getPropertyValue("color-scheme").includes("dark");
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    schedule();
  };
  const wire = () => {
    const on = (id, event, what) => $(id).addEventListener(event, what);
    Play.wire();
    on("undo", "click", Store.undo);
    on("reset", "click", () => (Lesson.now() ? preset(Lesson.now().title) : Store.replace(State.initial(Store.now().scene))));
    on("scene", "change", () => {
      Lesson.leave();
      Store.set(() => ({ scene: $("scene").value, loss: undefined, regularizer: undefined }));
    });
    on("preset", "change", () => $("preset").value && preset($("preset").value));
    on("reveal", "click", Lesson.reveal);
    on("theme", "click", theme);
    on("large", "click", () => document.documentElement.classList.toggle("large"));
    on("python", "click", () => {
      $("code").textContent = Output.python(Store.now(), Store.now().active);
      $("copy").textContent = TEXT.copy;
      $("dialog").showModal();
    });
    on("copy", "click", async () => {
      await navigator.clipboard.writeText($("code").textContent).catch(() => getSelection().selectAllChildren($("code")));
      $("copy").textContent = TEXT.copied;
    });
    on("close", "click", () => $("dialog").close());
    on("png", "click", async () => Output.save("explorer.png", "image/png", await Output.png(Plane.svg())));
    on("svg", "click", () => Output.save("explorer.svg", "image/svg+xml", Output.standing(Plane.svg())));
    on("csv", "click", () => Output.save("explorer.csv", "text/csv", Output.csv(Store.now(), Drawn.every())));
    document.addEventListener("keydown", key);
    addEventListener("hashchange", () => {
      const { state, note } = Address.decode(location.hash);
      if (state && Address.encode(state) !== Address.encode(Store.now())) Store.replace(state);
      if (note) say(note);
    });
  };

  const begin = () => {
    label();
    Plane.build($("plane"), onPlane);
    Density.build($("densities"));
    for (const name of ["parameters", "cost", "distance"]) Panels.build(name, $(name), Play.move);
    Controls.build($("controls"), Store.set);
    wire();
    const { state, note } = Address.decode(location.hash);
    const [first] = Lesson.titles();
    Store.begin(state || (first ? Lesson.state(first) : State.initial(0)), changed, say);
    Lesson.tell();
    Lesson.lists(Store.now());
    Controls.draw(Store.now());
    render();
    if (note) say(note);
    return Check.show();
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
      const next = State.changed(Store.now(), changes);
      Store.replace(next);
      say("");
      Lesson.lists(next);
      render();
      return Api.state();
    },
    preset(title) {
      preset(title);
      render();
      return Api.state();
    },
    state: Api.state,
    presets: Lesson.titles,
    path: Api.path,
    tube: Api.tube,
    cloud: Api.cloud,
    distance: Api.distance,
    portrait: Drawn.portrait,
    python: (i = 0) => Output.python(Store.now(), i),
    csv: () => Output.csv(Store.now(), Drawn.compute(Store.now())),
    svg: () => Output.standing(Plane.svg()),
    undo: Store.undo,
    checked: () => checked,
  };
})();
