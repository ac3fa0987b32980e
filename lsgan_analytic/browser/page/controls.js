// The panel of controls: made anew when the state changes its form, else only filled in.
const Controls = (() => {
  const { html } = Svg;
  let host, apply, form;

  const build = (element, set) => {
    host = element;
    apply = set;
  };

  const field = (label, input, note = "") => {
    input.id = input.id || `c-${form.length}`;
    form.push(input);
    return html("div", { class: "field" }, html("label", { for: input.id }, label), input, ...(note ? [html("small", {}, note)] : []));
  };
  // A number with a slider beside it where its range is finite; what cannot be is said and put back.
  const number = (label, value, [low, high], change, { step = "any", slider = null } = {}) => {
    const input = html("input", { type: "number", value: String(value), min: low, max: high, step });
    input.addEventListener("change", () => {
      if (!apply(() => change(input.value))) input.value = String(value);
    });
    const made = field(label, input);
    if (slider) {
      const bar = html("input", { type: "range", min: 0, max: 1000, value: slider.place(value), "aria-label": label });
      bar.addEventListener("input", () => {
        input.value = String(slider.value(Number(bar.value)));
        apply(() => change(input.value), true);
      });
      bar.addEventListener("change", () => apply(() => change(input.value)));
      made.append(bar);
      made.classList.add("with-slider");
    }
    return made;
  };
  const between = (low, high) => ({
    place: (v) => Math.round((1000 * (v - low)) / (high - low)),
    value: (p) => Number((low + ((high - low) * p) / 1000).toPrecision(6)),
  });
  const decades = (low, high) => ({
    place: (v) => Math.round((1000 * Math.log(v / low)) / Math.log(high / low)),
    value: (p) => Number((low * (high / low) ** (p / 1000)).toPrecision(4)),
  });
  const choice = (label, value, options, change) => {
    const select = html("select");
    for (const { id, text, off } of options)
      select.append(html("option", { value: id, selected: String(id) === String(value), disabled: Boolean(off), title: off || "" }, off ? `${text} — ✕` : text));
    select.addEventListener("change", () => apply(() => change(select.value)));
    return field(label, select);
  };
  const check = (label, value, change, off = null) => {
    const input = html("input", { type: "checkbox", checked: Boolean(value) && !off, disabled: Boolean(off) });
    input.addEventListener("change", () => apply(() => change(input.checked)));
    const made = html("label", { class: `check${off ? " off" : ""}`, title: off || "" }, input, label);
    form.push(input);
    return off ? html("div", {}, made, html("small", { class: "why" }, off)) : made;
  };
  const group = (title, ...children) => html("fieldset", {}, html("legend", {}, title), ...children);

  const tabs = (state) => {
    const row = html("div", { class: "tabs", role: "tablist", "aria-label": TEXT.paths });
    state.paths.forEach((_, i) => {
      row.append(html("button", {
        type: "button", role: "tab", "aria-selected": String(i === state.active), style: `--own:${Svg.color(i)}`,
        onclick: () => apply(() => ({ active: i })),
      }, `${TEXT.path} ${i + 1}`));
    });
    const copy = () => [...state.paths.map((path) => ({ ...path })), { ...state.paths[state.active] }];
    if (state.paths.length < 6)
      row.append(html("button", { type: "button", class: "plain", title: TEXT.add_path, "aria-label": TEXT.add_path, onclick: () => apply(() => ({ paths: copy(), active: state.paths.length })) }, "+"));
    if (state.paths.length > 1)
      row.append(html("button", { type: "button", class: "plain", title: TEXT.remove_path, "aria-label": TEXT.remove_path, onclick: () => apply(() => ({ paths: state.paths.filter((_, i) => i !== state.active), active: 0 })) }, "−"));
    return row;
  };

  // Loss and regulariser, where the page has several of this game.
  const variants = (state, scene) => {
    const own = SCENES.filter((each) => each.title === scene.title);
    const list = (name) => [...new Set(own.map((each) => each[name]))];
    const select = (name, other, label) => {
      const options = list(name).map((id) => {
        const there = name === "loss" || own.some((each) => each[name] === id && each[other] === scene[other]);
        return { id, text: id || TEXT.no_regularizer, off: there ? "" : TEXT.not_here };
      });
      return options.length > 1 ? [choice(label, scene[name], options, (v) => ({ [name]: v }))] : [];
    };
    const made = [...select("loss", "regularizer", TEXT.loss), ...select("regularizer", "loss", TEXT.regularizer)];
    return made.length ? [group(TEXT.game_group, ...made)] : [];
  };

  const SHORT = { "step_sizes.disc.sizes": "step_disc", "step_sizes.gen.sizes": "step_gen" };
  const settings = (state, scene, path) => {
    const rule = scene.rules[path.rule];
    return rule.settings.map((one) => {
      const label = SHORT[one.name] ? TEXT[SHORT[one.name]] : one.name;
      const low = Math.min(1e-3, one.value / 10);
      return number(label, path.settings[one.index], State.SETTING, (v) => ({ settings: { [one.name]: v } }), { slider: decades(low, Math.max(10 * one.value, 2)) });
    });
  };

  const draw = (state) => {
    const scene = State.sceneOf(state);
    const path = state.paths[state.active];
    const rule = scene.rules[path.rule];
    const focus = document.activeElement && document.activeElement.id;
    form = [];
    const rules = scene.rules.map((each, id) => ({ id, text: each.title, off: each.reason ? TEXT.no_rule(each.reason) : "" }));
    const refused = scene.rules.filter((each) => each.reason);
    const axis = (k) => choice(k ? TEXT.y_axis : TEXT.x_axis, state.shown[k], Object.keys(scene.box).map((id) => ({ id, text: id })), (v) => {
      const other = state.shown[1 - k] === v ? state.shown[k] : state.shown[1 - k];
      return { shown: k ? [other, v] : [v, other] };
    });
    host.replaceChildren(
      ...variants(state, scene),
      group(TEXT.paths, tabs(state),
        ...scene.names.map((name, p) => {
          const slider = scene.box[name] ? between(...scene.box[name]) : null;
          return number(name, path.start[p], [-1e6, 1e6], (v) => ({ start: { [name]: v } }), { slider });
        })),
      group(TEXT.rule, choice(TEXT.rule, path.rule, rules, (v) => ({ rule: Number(v) })), ...settings(state, scene, path),
        ...refused.map((each) => html("small", { class: "why" }, `${each.title}: ${TEXT.no_rule(each.reason)}`)),
        number(TEXT.steps, state.steps, State.LIMITS.steps, (v) => ({ steps: v }), { step: 1 })),
      group(TEXT.moves, html("div", { class: "checks" }, ...scene.names.map((name) =>
        check(name, state.free.includes(name), (on) => ({ free: on ? [...state.free, name] : state.free.filter((each) => each !== name) }))))),
      ...(scene.numbers.length
        ? [group(TEXT.numbers, ...scene.numbers.map((one) => {
            const range = State.numberRange(scene, one);
            const slider = one.value > 0 ? decades(one.value / 10, one.value * 10) : between(...range);
            return number(one.name, state.numbers[one.index], range, (v) => ({ numbers: { [one.name]: v } }), { slider });
          }))]
        : []),
      group(TEXT.ensemble,
        check(TEXT.tube, state.tube, (on) => ({ tube: on }), rule.tube && TEXT.no_tube(rule.tube)),
        check(TEXT.cloud, state.cloud, (on) => ({ cloud: on }), rule.cloud && TEXT.no_cloud(rule.cloud)),
        number(TEXT.samples, state.samples, [1, scene.samples], (v) => ({ samples: v }), { step: 1 }),
        number(TEXT.runs, state.runs, State.LIMITS.runs, (v) => ({ runs: v }), { step: 1 }),
        number(TEXT.key, state.key, State.LIMITS.key, (v) => ({ key: v }), { step: 1 }),
        choice(TEXT.protocol, state.protocol, ["fixed", "fresh"].map((id) => ({ id, text: TEXT[id] })), (v) => ({ protocol: v }))),
      group(TEXT.show, axis(0), axis(1),
        choice(TEXT.background, state.background, ["cost", "slope", "none"].map((id) => ({ id, text: TEXT[`background_${id}`] })), (v) => ({ background: v }))),
    );
    const again = focus && document.getElementById(focus);
    if (again) again.focus({ preventScroll: true });
  };

  return { build, draw };
})();
