// What translated programs call: numbers as JAX has them.
const R = (() => {
  const buffer = new ArrayBuffer(8);
  const double = new Float64Array(buffer);
  const bits = new BigUint64Array(buffer);
  const even = (x) => {
    const r = Math.round(x);
    return r - x === 0.5 && r % 2 !== 0 ? r - 1 : r;
  };
  const toBits = (x) => ((double[0] = x), bits[0]);
  const fromBits = (x) => ((bits[0] = x), double[0]);
  const left = (x, by) => (by > 31 ? 0 : (x << by) >>> 0);
  const right = (x, by) => (by > 31 ? 0 : x >>> by);
  // x rounded to 26 bits of mantissa (Veltkamp's splitting)
  const half = (x) => {
    if (!Number.isFinite(x) || x === 0) return x;
    if (Math.abs(x) > 1e300) return half(x * 2 ** -60) * 2 ** 60;
    const c = 134217729 * x;
    return c - (c - x);
  };
  const clamp = (x, most) => Math.min(Math.max(Number(x), 0), most);
  // P A = L U with partial pivoting, as LAPACK's getrf: [LU, pivots, 0]
  const lu = (matrix, n) => {
    const a = matrix.slice();
    const pivots = new Int32Array(n);
    for (let k = 0; k < n; k++) {
      let m = k;
      for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]) > Math.abs(a[m * n + k])) m = i;
      pivots[k] = m + 1;
      for (let j = 0; m !== k && j < n; j++) [a[k * n + j], a[m * n + j]] = [a[m * n + j], a[k * n + j]];
      for (let i = k + 1; i < n; i++) {
        a[i * n + k] /= a[k * n + k];
        for (let j = k + 1; j < n; j++) a[i * n + j] -= a[i * n + k] * a[k * n + j];
      }
    }
    return [a, pivots, new Int32Array(1)];
  };
  // X with op(A) X = B, A triangular, as BLAS's trsm from the left
  const trsm = (a, b, n, m, lower, transposed, unit) => {
    const x = b.slice();
    const at = transposed ? (i, j) => a[j * n + i] : (i, j) => a[i * n + j];
    const forward = lower !== transposed;
    for (let c = 0; c < m; c++)
      for (let q = 0; q < n; q++) {
        const i = forward ? q : n - 1 - q;
        let t = x[i * m + c];
        for (let p = 0; p < q; p++) t -= at(i, forward ? p : n - 1 - p) * x[(forward ? p : n - 1 - p) * m + c];
        x[i * m + c] = unit ? t : t / at(i, i);
      }
    return [x];
  };
  return { even, toBits, fromBits, left, right, half, clamp, lu, trsm };
})();
