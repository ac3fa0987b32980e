// What leaves the page: pictures, numbers, and the Python that makes them again.
const Output = (() => {
  const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "font-size", "font-family", "font-weight", "font-style", "text-anchor", "stroke-linejoin", "stroke-linecap"];

  const save = (name, type, content) => {
    const blob = content instanceof Blob ? content : new Blob([content], { type });
    const link = Svg.html("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  };

  // An SVG that needs no style sheet.
  const standing = (svg) => {
    const made = svg.cloneNode(true);
    const [from, to] = [svg, made].map((root) => [root, ...root.querySelectorAll("*")]);
    from.forEach((element, i) => {
      const style = getComputedStyle(element);
      for (const name of KEPT) to[i].setAttribute(name, style.getPropertyValue(name));
    });
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    made.setAttribute("width", width);
    made.setAttribute("height", height);
    const back = Svg.el("rect", { width, height, fill: getComputedStyle(document.body).backgroundColor });
    made.prepend(back);
    return new XMLSerializer().serializeToString(made);
  };
  const png = async (svg) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standing(svg))}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width * 2, image.height * 2];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  };

  const csv = (state, drawn) => {
    const names = State.sceneOf(state).names;
    const rows = [["path", "step", ...names, "J1", "J2", "J"].join(",")];
    drawn.forEach(({ path }, i) =>
      path.values.forEach((theta, k) => rows.push([i, k, ...theta, ...path.terms[k], path.cost[k]].join(","))),
    );
    return `${rows.join("\n")}\n`;
  };

  const literal = (x) => (Number.isInteger(x) && Math.abs(x) < 1e15 ? `${x}.0` : String(x));
  const filled = (text, values) =>
    text.replace(/\{\{([^}]+)\}\}/g, (_, name) => (values[name] === undefined ? "None" : literal(values[name])));
  const list = (names) => `(${names.map((name) => JSON.stringify(name)).join(", ")}${names.length === 1 ? "," : ""})`;

  // The path, the tube and the runs of path i, in Python.
  const python = (state, i) => {
    const scene = State.sceneOf(state);
    const path = state.paths[i];
    const rule = scene.rules[path.rule];
    const named = (names, values) => Object.fromEntries(names.map((name, p) => [name, values[p]]));
    const numbers = named(scene.number_names, state.numbers);
    const settings = named(rule.number_names, path.settings);
    const start = named(scene.owners, path.start);
    const part = (text, values) => (text ? filled(text, values) : `...  # ${TEXT.source_unknown}`);
    const { game, disc, gen } = scene.python;
    const lines = [
      "import jax",
      "",
      'jax.config.update("jax_enable_x64", True)',
      "import lsgan_analytic as lsgan",
      "",
      `game = ${part(game, numbers)}`,
      disc && gen
        ? `players = lsgan.Players(disc=${filled(disc, start)}, gen=${filled(gen, start)})`
        : `players = ...  # ${TEXT.source_unknown}; here ${scene.names.map((name, p) => `${name}=${path.start[p]}`).join(", ")}`,
      `rule = ${part(rule.python, settings)}`,
      `free = ${list(state.free)}`,
      `path = lsgan.trajectory(game, rule, players, steps=${state.steps}, free=free)`,
      "print(path.players, path.cost[-1], lsgan.Outcome[path.outcome])",
    ];
    const ensemble = `samples=${state.samples}, steps=${state.steps}, protocol="${state.protocol}", free=free`;
    if (state.tube && !rule.tube) lines.push(`band = lsgan.predict(game, rule, players, ${ensemble})`);
    if (state.cloud && !rule.cloud)
      lines.push(`runs = lsgan.simulate(game, rule, players, key=jax.random.key(${state.key}), runs=${state.runs},`, `                      ${ensemble})`);
    return `${lines.join("\n")}\n`;
  };

  return { save, png, csv, python, standing };
})();
