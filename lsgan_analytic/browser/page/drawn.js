// What is computed of every path: at once the path, by workers its tube, its runs, W1 and the portrait below.
const Drawn = (() => {
  const PATH = ["scene", "rule", "theta", "numbers", "settings", "moves", "steps"];
  const TUBE = [...PATH, "samples", "protocol"];
  const CLOUD = [...TUBE, "runs", "key"];
  const plain = (value) => (ArrayBuffer.isView(value) ? [...value] : value);
  const keyOf = (setup, names) => JSON.stringify(names.map((name) => plain(setup[name])));

  let every = []; // {setup, key, path, outcome, tube, tubeKey, cloud, cloudKey, progress, distance, distanceKey}
  let portraitKey = "";
  let portrait = null;

  const compute = (state) => {
    every.length = state.paths.length;
    state.paths.forEach((_, i) => {
      const setup = State.setup(state, i);
      const key = keyOf(setup, PATH);
      if (!every[i] || every[i].key !== key) {
        const old = every[i] || {};
        every[i] = { key, setup, path: Engine.path(setup), outcome: null, cloudKey: old.cloudKey, cloud: old.cloud, tubeKey: old.tubeKey, tube: old.tube };
      }
      const one = every[i];
      one.setup = setup;
      if (one.tubeKey !== keyOf(setup, TUBE)) one.tube = null;
      if (one.cloudKey !== keyOf(setup, CLOUD)) one.cloud = null;
    });
    return every;
  };

  // Ask workers for what is wanted and not there; `changed` is called as answers come.
  const order = (state, changed) => {
    const scene = State.sceneOf(state);
    const want = (i, kind, key, worker, take) => {
      if (every[i][`${kind}Key`] === key) return;
      every[i][`${kind}Key`] = key;
      const answer = ({ result, error }) => {
        if (error) changed(error);
        if (!result || !every[i] || every[i][`${kind}Key`] !== key) return;
        take(every[i], result);
        changed("");
      };
      if (kind === "cloud") Work.cloud(worker, i, every[i].setup, answer);
      else Work.ask(worker, kind, i, every[i].setup, answer);
    };
    every.forEach((one, i) => {
      const rule = Engine.ruleOf(one.setup);
      if (state.tube && !rule.tube) want(i, "tube", keyOf(one.setup, TUBE), "tube", (to, result) => (to.tube = result));
      if (!scene.distance) want(i, "distance", one.key, "distance", (to, result) => (to.distance = result));
      if (state.cloud && !rule.cloud)
        want(i, "cloud", keyOf(one.setup, CLOUD), "cloud", (to, result) => {
          to.progress = result.done;
          if (result.paths) to.cloud = result.paths;
        });
    });
  };

  // The portrait of the shown plane, coarse and then fine; `take(found, done)`.
  const below = (state, take) => {
    const view = State.view(state);
    const held = Array.from(view.theta, (v, p) => (view.shown.includes(p) ? 0 : v));
    const key = JSON.stringify([view.scene, held, [...view.numbers], view.shown]);
    if (key === portraitKey) return;
    portraitKey = key;
    take(null, false);
    Work.ask("portrait", "portrait", 0, view, ({ result, done }) => {
      if (!result || portraitKey !== key) return;
      portrait = result;
      take(result, done);
    });
  };

  return { compute, order, below, every: () => every, portrait: () => portrait };
})();
