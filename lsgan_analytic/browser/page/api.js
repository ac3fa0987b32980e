// window.explorer: what tests and lessons call. Numbers are plain arrays.
const Api = (() => {
  const rows = (values) => values.map((row) => Array.from(row));
  const chosen = (i) => {
    const every = Drawn.compute(Store.now());
    if (!every[i]) throw new Error(TEXT.expected("path", 0, every.length - 1));
    return every[i];
  };
  const places = (names) => names.map((name) => State.sceneOf(Store.now()).names.indexOf(name));
  let count = 0;
  const asked = (kind, setup) =>
    new Promise((resolve, reject) => {
      const answer = ({ result, done, error }) => {
        if (error) reject(new Error(error));
        else if (done) resolve(result);
      };
      const slot = `asked ${++count}`;
      if (kind === "cloud") Work.cloud("asked", slot, setup, answer);
      else Work.ask("asked", kind, slot, setup, answer);
    });

  const state = () => {
    const now = Store.now();
    const { title, loss, regularizer, names } = State.sceneOf(now);
    const rule = Engine.ruleOf(State.setup(now, now.active)).title;
    return { ...State.copy(now), title, loss, regularizer, names: [...names], rule };
  };
  // {names, values: steps + 1 rows of all parameters, cost, terms, outcome, taken}
  const path = (i = 0) => {
    const { path: own, setup } = chosen(i);
    const { names } = State.sceneOf(Store.now());
    return { names: [...names], values: rows(own.values), cost: [...own.cost], terms: rows(own.terms), outcome: Outcome.of(setup, own), taken: own.taken };
  };
  // {names: free parameters, mean, std, covariance: rows of k k numbers, valid: last step}
  const tube = (i = 0) => {
    const { path: own, setup } = chosen(i);
    const why = Engine.ruleOf(setup).tube;
    if (why) throw new Error(TEXT.no_tube(why));
    const { names, covariance, valid } = Engine.tube(setup, own);
    const k = names.length;
    const at = places(names);
    return {
      names,
      mean: own.values.slice(0, valid + 1).map((theta) => at.map((p) => theta[p])),
      std: covariance.map((c) => at.map((_, j) => Math.sqrt(c[j * k + j]))),
      covariance: rows(covariance),
      valid,
    };
  };
  // {names, values: runs x (steps + 1) rows of the free parameters, stopped}
  const cloud = async (i = 0) => {
    const { setup } = chosen(i);
    const why = Engine.ruleOf(setup).cloud;
    if (why) throw new Error(TEXT.no_cloud(why));
    const names = [...Store.now().free];
    const at = places(names);
    const { paths } = await asked("cloud", setup);
    return { names, values: paths.map((run) => run.values.map((theta) => at.map((p) => theta[p]))), stopped: paths.map((run) => run.stopped) };
  };
  // {steps, values}: W1 between the data and what is generated
  const distance = async (i = 0) => {
    const { setup } = chosen(i);
    const why = State.sceneOf(Store.now()).distance;
    if (why) throw new Error(TEXT.no_distance(why));
    return asked("distance", setup);
  };

  return { state, path, tube, cloud, distance, chosen };
})();
