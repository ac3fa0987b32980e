// Web Workers: one for what is below the paths, one for the clouds, one for what scripts ask.
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

  return { ask };
})();
