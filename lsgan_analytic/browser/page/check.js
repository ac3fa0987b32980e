// The values by JAX that came with the page, computed again by this browser.
const Check = (() => {
  const KINDS = { u: Uint32Array, i: Int32Array, f: Float64Array };
  const run = () => {
    let [count, worst, failed] = [0, 0, null];
    for (const { name, given, values } of CHECKS)
      given.forEach((row, r) => {
        const out = model[name](...row.map(([kind, x]) => (kind ? KINDS[kind].from(x) : x)));
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
    return { count, worst, failed };
  };
  const show = () => {
    const { count, worst, failed } = run();
    const line = document.getElementById("check");
    line.textContent = failed ? TEXT.check_failed(failed) : TEXT.checked(count, worst.toExponential(1));
    line.classList.toggle("failed", Boolean(failed));
    return { count, worst, failed };
  };

  return { show };
})();
