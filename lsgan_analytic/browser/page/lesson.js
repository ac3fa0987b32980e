// The lists of games and of pictures; a picture asks first and reveals after.
const Lesson = (() => {
  const { html } = Svg;
  const $ = (id) => document.getElementById(id);
  const EVERY = SCENES.flatMap((scene, s) => scene.presets.map((preset) => ({ ...preset, scene: s })));
  let chosen = null;

  const lists = (state) => {
    const titles = [...new Set(SCENES.map((scene) => scene.title))];
    const here = State.sceneOf(state).title;
    $("scene").replaceChildren(...titles.map((title) => html("option", { value: title, selected: title === here }, title)));
    $("scene-field").hidden = titles.length < 2;
    $("preset-field").hidden = !EVERY.length;
    const groups = titles.map((title) => {
      const own = EVERY.filter((each) => SCENES[each.scene].title === title);
      const options = own.map((each) => html("option", { value: each.title, selected: each === chosen }, each.title));
      return titles.length < 2 ? options : own.length ? [html("optgroup", { label: title }, ...options)] : [];
    });
    $("preset").replaceChildren(html("option", { value: "", selected: !chosen }, TEXT.own), ...groups.flat());
  };
  const tell = () => {
    const shown = Boolean(chosen && (chosen.predict || chosen.reveal));
    $("lesson").hidden = !shown;
    if (!shown) return;
    $("predict").textContent = chosen.predict;
    $("reveal").hidden = !chosen.reveal;
    $("revealed").hidden = true;
    $("revealed").textContent = chosen.reveal;
  };
  // The state of a picture, by its title; an Error for none of that title.
  const state = (title) => {
    const found = EVERY.find((each) => each.title === title);
    if (!found) throw new Error(TEXT.unknown("preset", title, EVERY.map((each) => each.title).join(", ")));
    chosen = found;
    tell();
    return State.changed(State.initial(found.scene), found.state);
  };
  const leave = () => {
    chosen = null;
    tell();
  };
  const reveal = () => {
    $("revealed").hidden = false;
    $("reveal").hidden = true;
  };

  return { lists, tell, state, leave, reveal, now: () => chosen, titles: () => EVERY.map((each) => each.title) };
})();
