// Web Workers: one for each kind of work, several for the clouds, so that none waits for another.
const Work = (() => {
  const workers = {};
  const requests = new Map();
  let lastId = 0;

  const worker = (name) => {
    if (!workers[name]) {
      const text = ["shared", "worker"].map((id) => document.getElementById(id).textContent).join("\n");
      workers[name] = new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
      workers[name].onmessage = ({ data }) => {
        const request = requests.get(data.id);
        if (!request) return;
        if (data.done) requests.delete(data.id);
        request(data);
      };
    }
    return workers[name];
  };

  // `answer` gets {result, done, error}, once or more often.
  const ask = (name, kind, slot, given, answer) => {
    const id = ++lastId;
    requests.set(id, answer);
    worker(name).postMessage({ id, kind, slot, given });
  };

  // The runs of a setup, shared by the machine's cores; answers as `ask`: {paths: null or all, done: number}.
  const CORES = Math.max(1, Math.min(8, navigator.hardwareConcurrency || 2));
  const cloud = (name, slot, setup, answer) => {
    const stride = Math.min(CORES, setup.runs);
    const parts = Array.from({ length: stride }, () => ({ paths: null, done: 0 }));
    for (let first = 0; first < stride; first++)
      ask(`${name} ${first}`, "cloud", slot, { setup, first, stride }, ({ result, error }) => {
        if (error) answer({ error, done: true });
        if (!result) return;
        parts[first] = result;
        const done = parts.reduce((sum, part) => sum + part.done, 0);
        const every = parts.every((part) => part.paths);
        const paths = every ? Array.from({ length: setup.runs }, (_, r) => parts[r % stride].paths[Math.floor(r / stride)]) : null;
        answer({ result: { paths, done }, done: every });
      });
  };

  return { ask, cloud };
})();
