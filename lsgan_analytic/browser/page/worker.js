// Runs beside the page: the newest request of each kind is answered, an older one is given up.
const newest = {};
const pause = () =>
  new Promise((resume) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = resume;
    channel.port2.postMessage(0);
  });

const jobs = {
  async tube(setup, send) {
    send(Engine.tube(setup), true);
  },
  async distance(setup, send, stale) {
    const { values } = Engine.path(setup);
    const last = values.length - 1;
    const found = new Map();
    for (const parts of [8, 40]) {
      for (let k = 0; k <= parts; k++) {
        const step = Math.round((last * k) / parts);
        if (found.has(step)) continue;
        found.set(step, Engine.call(setup, "distance", values[step], setup.numbers)[0]);
        await pause();
        if (stale()) return;
      }
      const steps = [...found.keys()].sort((a, b) => a - b);
      send({ steps, values: steps.map((step) => found.get(step)) }, parts === 40);
    }
  },
  async portrait(view, send, stale) {
    for (const n of [17, 49]) {
      const grid = Landscape.grid(view, n);
      await pause();
      if (stale()) return;
      send({ grid, levels: Landscape.levels(view), equilibria: Landscape.equilibria(view, grid) }, n === 49);
    }
  },
  async cloud({ setup, first, stride }, send, stale) {
    let since = performance.now();
    const paths = [];
    for (const r of Engine.shares(setup.runs, first, stride)) {
      paths.push(Engine.sampled(setup, r));
      if (performance.now() - since > 40) {
        send({ paths: null, done: paths.length }, false);
        await pause();
        if (stale()) return;
        since = performance.now();
      }
    }
    send({ paths, done: paths.length }, true);
  },
};

self.onmessage = async ({ data: { id, kind, slot, given } }) => {
  const own = `${kind} ${slot}`;
  newest[own] = id;
  const send = (result, done) => self.postMessage({ id, kind, slot, result, done });
  await pause();
  const stale = () => newest[own] !== id;
  if (stale()) return;
  try {
    await jobs[kind](given, send, stale);
  } catch (error) {
    self.postMessage({ id, kind, slot, error: String(error), done: true });
  }
};
