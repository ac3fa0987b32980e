"""The other divergences: closed forms, SciPy, invariants, infinities, derivatives, samples, bad input."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, linalg, stats

import lsgan_analytic as lsgan

div = lsgan.divergences
Normal, Uniform, Exponential, PointMasses = lsgan.Normal, lsgan.Uniform, lsgan.Exponential, lsgan.PointMasses

RNG = np.random.default_rng(5)
FIRST, SECOND = RNG.normal(size=40), 0.7 * RNG.normal(size=55) + 1
SHARES = RNG.dirichlet(np.ones(40))
OF_DENSITIES = ("js", "tv", "chi2", "le_cam", "hellinger", "fisher", "kl")
OF_ANY = ("w1", "w2", "frechet", "polynomial_mmd", "energy", "mmd")
NAMES = OF_DENSITIES + OF_ANY
TWO = jnp.asarray([[0.0, 1.0, 1.5, 0.8], [2.0, 0.6, 1.0, 0.7]])  # mean, std of p, of q


def every(names):
    """Rows of values of the named divergences between N(t0, t1) and N(t2, t3)."""

    def values(t):
        p, q = Normal(t[0], t[1]), Normal(t[2], t[3])
        return jnp.stack([getattr(div, name)(p, q) for name in names])

    return values


def chi2_of_normals(m, s, n, t):
    v = 2 * t * t - s * s
    return t * t / (s * np.sqrt(v)) * np.exp((m - n) ** 2 / v) - 1


def normal_references(m, s, n, t):
    energy = (
        2
        * integrate.quad(
            lambda x: (stats.norm.cdf(x, m, s) - stats.norm.cdf(x, n, t)) ** 2,
            -8,
            12,
            epsabs=1e-14,
            limit=200,
        )[0]
    )

    v = s * s + t * t
    return {
        "chi2": chi2_of_normals(m, s, n, t),
        "hellinger": 1 - np.sqrt(2 * s * t / v) * np.exp(-((m - n) ** 2) / (4 * v)),
        "fisher": s * s * (1 / s**2 - 1 / t**2) ** 2 + ((m - n) / t**2) ** 2,
        "kl": np.log(t / s) + (s * s + (m - n) ** 2) / (2 * t * t) - 0.5,
        "w2": np.hypot(m - n, s - t),
        "frechet": (m - n) ** 2 + (s - t) ** 2,
        "energy": energy,
        "polynomial_mmd": 3 * (m - n) ** 2
        + 3 * (m * m + s * s - n * n - t * t) ** 2
        + (m**3 + 3 * m * s * s - n**3 - 3 * n * t * t) ** 2,
        "mmd": 1 / np.sqrt(1 + 2 * s * s) + 1 / np.sqrt(1 + 2 * t * t)
        - 2 * np.exp(-0.5 * (m - n) ** 2 / (1 + s * s + t * t)) / np.sqrt(1 + s * s + t * t),
    }  # fmt: skip


@pytest.fixture(scope="module")
def normals():
    """Values and directional derivatives of all of them: at two pairs, at two equal laws, and beside."""
    step, ahead = 1e-5, jnp.asarray([0.3, 1.0, -0.7, 0.4])
    move = step * ahead[None]
    at = jnp.concatenate([TWO, TWO + move, TWO - move, jnp.asarray([[1.0, 0.5, 1.0, 0.5]])])
    values, slopes = (
        np.asarray(part) for part in jax.vmap(lambda t: jax.jvp(every(NAMES), (t,), (ahead,)))(at)
    )
    return values, slopes, (values[2:4] - values[4:6]) / (2 * step)


def test_normals_closed_forms_and_slopes(normals):
    values, slopes, differences = normals
    for row, t in zip(values[:2], TWO, strict=True):
        for name, exact in normal_references(*t.tolist()).items():
            np.testing.assert_allclose(row[NAMES.index(name)], exact, rtol=2e-11, err_msg=name)
    np.testing.assert_allclose(slopes[:2], differences, rtol=1e-6, atol=1e-7)


def test_bounds_between_them(normals):
    for row in normals[0][:2]:
        h, tv, lc, js = (row[NAMES.index(name)] for name in ("hellinger", "tv", "le_cam", "js"))
        assert h <= lc <= 2 * h  # ((sqrt p + sqrt q)^2/(p + q) is between 1 and 2)
        assert h <= tv <= np.sqrt(h * (2 - h))
        assert tv**2 <= lc <= tv
        assert lc / 2 <= js <= lc * np.log(2)  # Topsoe (2000)


def test_equal_laws(normals):
    values, slopes, _ = normals
    np.testing.assert_allclose(values[-1], 0, atol=1e-13)
    smooth = [name not in ("tv", "w1") for name in NAMES]  # these have a kink there
    np.testing.assert_allclose(slopes[-1][smooth], 0, atol=1e-12)
    assert np.all(np.isfinite(slopes[-1]))


def test_halves_of_js():
    p, q = Normal(0.0, 1.0), Normal(1.5, 0.8)
    quality, coverage = div.js_split(p, q)
    assert quality + coverage == div.js(p, q)
    np.testing.assert_allclose(div.js_split(q, p), (coverage, quality), rtol=1e-12)  # the roles swap

    def half(x, one, other):
        return 0.5 * one(x) * np.log(2 * one(x) / (one(x) + other(x)))

    a, b = stats.norm(0, 1).pdf, stats.norm(1.5, 0.8).pdf
    for found, pair in ((quality, (b, a)), (coverage, (a, b))):
        np.testing.assert_allclose(found, integrate.quad(half, -9, 9, args=pair, epsabs=1e-13)[0], rtol=1e-11)


def test_chi_square_near_its_limit():
    """std_p^2 -> 2 std_q^2: the mass of p^2/q goes to infinity, and then it is infinite."""
    t = np.array([[5, 1, 0, 1], [0, 1, 5, 0.75], [0, 1, 0, 0.70711], [0, 1, 0, 0.70710678], [0, 1, 0, 0.7]])
    found = jax.vmap(lambda t: div.chi2(Normal(t[0], t[1]), Normal(t[2], t[3])))(jnp.asarray(t))
    np.testing.assert_allclose(found, [*[chi2_of_normals(*row) for row in t[:3]], np.inf, np.inf], rtol=1e-11)
    rates = np.array([0.5, 1.5, 1.9999, 2.0, 3.0])
    exact = [*(1 / (rates[:3] * (2 - rates[:3])) - 1), np.inf, np.inf]
    np.testing.assert_allclose(
        jax.vmap(lambda r: div.chi2(Exponential(1.0), Exponential(r)))(rates), exact, rtol=1e-11
    )
    assert div.chi2(Exponential(1.0), lsgan.Rayleigh()) == np.inf  # 1/x at 0


def test_fisher_of_gammas():
    """d log p - d log q = (shape_p - shape_q)/x: E 1/x^2 is infinite for shapes up to 2."""
    shapes = np.array([3.0, 4.5, 2.0, 1.2])
    found = jax.vmap(lambda s: div.fisher(lsgan.Gamma(s, 2.0), lsgan.Gamma(s + 1, 2.0)))(shapes)
    exact = [*(4 / ((shapes[:2] - 1) * (shapes[:2] - 2))), np.inf, np.inf]
    np.testing.assert_allclose(found, exact, rtol=1e-9)


@pytest.mark.parametrize(("name", "exact"), [
    ("js", np.log(2)), ("tv", 1), ("le_cam", 1), ("hellinger", 1),
    ("kl", np.inf), ("chi2", np.inf), ("fisher", np.inf), ("w1", 5), ("w2", 5), ("frechet", 25),
    ("energy", 2 * (5 - 1 / 3)),
])  # fmt: skip
def test_disjoint_supports(name, exact):
    found = getattr(div, name)(Uniform(0.0, 1.0), Uniform(5.0, 6.0))
    np.testing.assert_allclose(found, exact, rtol=1e-12)


def test_transport_between_laws_of_all_kinds():
    data = lsgan.Mixture([0.4, 0.6], (Normal(-3.0, 0.5), Normal(3.0, 1.0)))

    def gap(x):
        return 0.4 * stats.norm.cdf(x, -3, 0.5) + 0.6 * stats.norm.cdf(x, 3, 1) - stats.norm.cdf(x)

    def exact(power):
        ends = ((-20, -3), (-3, 0), (0, 3), (3, 20))
        return sum(
            integrate.quad(lambda x: abs(gap(x)) ** power, *end, epsabs=1e-13, limit=200)[0] for end in ends
        )

    np.testing.assert_allclose(div.w1(data, Normal()), exact(1), rtol=1e-10)
    np.testing.assert_allclose(div.energy(data, Normal()), 2 * exact(2), rtol=1e-10)
    # E x F^-1(F(x)) of the uniform and the normal law is E max/2 of two normals
    np.testing.assert_allclose(
        jnp.square(div.w2(Uniform(0.0, 1.0), Normal())), 4 / 3 - 1 / np.sqrt(np.pi), rtol=1e-11
    )
    np.testing.assert_allclose(div.w2(Exponential(1.0), Exponential(0.5)), 2**0.5, rtol=1e-12)
    atom = PointMasses([1.0])
    np.testing.assert_allclose(div.w1(atom, Normal(1.0, 2.0)), 2 * np.sqrt(2 / np.pi), rtol=1e-12)
    np.testing.assert_allclose(div.w2(atom, Normal(1.0, 2.0)), 2, rtol=1e-12)
    half = jnp.asarray(0.5)
    np.testing.assert_allclose(
        div.w1(lsgan.ShiftedExponential(1.0, 0.0), lsgan.ShiftedExponential(1.0, half)), half, rtol=1e-12
    )


def test_samples_against_scipy():
    p, q = PointMasses(FIRST, SHARES), PointMasses(SECOND)
    np.testing.assert_allclose(div.w1(p, q), stats.wasserstein_distance(FIRST, SECOND, SHARES), rtol=1e-12)
    np.testing.assert_allclose(
        div.energy(p, q), stats.energy_distance(FIRST, SECOND, SHARES) ** 2, rtol=1e-12
    )
    other = PointMasses(SECOND[:40])
    exact = np.mean((np.sort(FIRST) - np.sort(SECOND[:40])) ** 2) ** 0.5
    np.testing.assert_allclose(div.w2(PointMasses(FIRST), other), exact, rtol=1e-12)
    expected = (FIRST.mean() - SECOND.mean()) ** 2 + (FIRST.std() - SECOND.std()) ** 2
    np.testing.assert_allclose(div.frechet(PointMasses(FIRST), q), expected, rtol=1e-12)


def test_slopes_in_the_points_of_a_sample():
    def values(x):
        p, q = PointMasses.unchecked(x, jnp.full(4, 0.25)), Normal(0.3, 1.2)
        return jnp.stack([getattr(div, name)(p, q) for name in OF_ANY])

    x, step = jnp.asarray([-1.0, 0.2, 0.9, 2.5]), 1e-5
    both = jax.jit(jax.vmap(lambda x: (values(x), jax.jacrev(values)(x))))
    around, slopes = both(
        x[None] + jnp.concatenate([jnp.zeros((1, 4)), step * jnp.eye(4), -step * jnp.eye(4)])
    )
    np.testing.assert_allclose(slopes[0].T, (around[1:5] - around[5:]) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("unbiased", [False, True])
def test_kernels_by_their_sums(unbiased):
    def reference(kernel):
        within = []
        for x in (FIRST, SECOND):
            k, n = kernel(x[:, None], x[None]), x.size
            within.append((k.sum() - np.trace(k)) / (n * (n - 1)) if unbiased else k.mean())
        return sum(within) - 2 * kernel(FIRST[:, None], SECOND[None]).mean()

    p, q = PointMasses(FIRST), PointMasses(SECOND)
    exact = reference(lambda x, y: np.exp(-((x - y) ** 2) / (2 * 0.3**2)))
    np.testing.assert_allclose(div.mmd(p, q, bandwidth=0.3, unbiased=unbiased), exact, rtol=1e-11)
    exact = reference(lambda x, y: (x * y + 1) ** 3)
    np.testing.assert_allclose(div.polynomial_mmd(p, q, unbiased=unbiased), exact, rtol=1e-10)


def test_u_statistic_has_no_bias_and_v_statistic_has():
    """Samples of 8 of one law: the mean of U is 0, that of V is 2 (1 - E k)/8, in standard errors."""
    x = jax.random.normal(jax.random.key(3), (2, 4000, 8))

    def both(x, y):
        p, q = (PointMasses.unchecked(points, jnp.full(8, 1 / 8)) for points in (x, y))
        return jnp.stack([div.mmd(p, q, unbiased=True), div.mmd(p, q)])

    values = jax.vmap(both)(*x)
    error = values.std(axis=0) / 4000**0.5
    exact = jnp.asarray([0, 2 / 8 * (1 - 3**-0.5)])
    assert jnp.all(jnp.abs(values.mean(axis=0) - exact) < 4 * error)
    assert exact[1] > 20 * error[1]


def test_kernel_by_rule():
    """A narrow kernel on laws that are not normal: E k of two uniforms in closed form."""
    for l in (0.01, 0.3):
        within = l * np.sqrt(2 * np.pi) * (2 * stats.norm.cdf(1 / l) - 1) - 2 * l * l * -np.expm1(-0.5 / l**2)
        across = l * np.sqrt(2 * np.pi) * (2 * stats.norm.cdf(0.5 / l) - 1)
        found = div.mmd(Uniform(0.0, 1.0), PointMasses([0.5]), bandwidth=l)
        np.testing.assert_allclose(found, within + 1 - 2 * across, rtol=1e-12)


def test_on_the_plane():
    a, b = np.array([[2.0, 0.3], [0.3, 1.0]]), np.array([[1.0, -0.5], [-0.5, 3.0]])
    p, q = lsgan.MultivariateNormal([0.0, 0.0], a), lsgan.MultivariateNormal([1.0, 0.0], b)
    gap, inverse = np.array([1.0, 0.0]), np.linalg.inv(b)
    half = linalg.sqrtm(a)
    np.testing.assert_allclose(
        div.frechet(p, q), 1 + np.trace(a + b - 2 * linalg.sqrtm(half @ b @ half).real), rtol=1e-12
    )
    kl = 0.5 * (np.trace(inverse @ a) + gap @ inverse @ gap - 2 + np.log(linalg.det(b) / linalg.det(a)))
    np.testing.assert_allclose(div.kl(p, q), kl, rtol=1e-12)
    change = inverse - np.linalg.inv(a)
    np.testing.assert_allclose(
        div.fisher(p, q), np.trace(change @ a @ change) + gap @ inverse @ inverse @ gap, rtol=1e-12
    )
    det = linalg.det
    coefficient = (
        (det(a) * det(b)) ** 0.25
        / det((a + b) / 2) ** 0.5
        * np.exp(-gap @ np.linalg.solve((a + b) / 2, gap) / 8)
    )
    np.testing.assert_allclose(div.hellinger(p, q), 1 - coefficient, rtol=1e-4)  # p = q on a curve: harmless
    x = RNG.normal(size=(2, 30, 2))
    one, other = PointMasses(x[0]), PointMasses(x[1])

    def distance(x, y):
        return np.linalg.norm(x[:, None] - y[None], axis=-1)

    exact = 2 * distance(*x).mean() - distance(x[0], x[0]).mean() - distance(x[1], x[1]).mean()
    np.testing.assert_allclose(div.energy(one, other), exact, rtol=1e-11)

    def kernel(x, y):
        return (x @ y.T / 2 + 1) ** 3

    exact = kernel(x[0], x[0]).mean() + kernel(x[1], x[1]).mean() - 2 * kernel(*x).mean()
    np.testing.assert_allclose(div.polynomial_mmd(one, other), exact, rtol=1e-10)


def test_nearest_neighbours_in_standard_errors():
    """Three asymmetric estimates and their exact values; 40 independent pairs of samples."""
    p, q, runs, n = Normal(0.5, 0.8), Normal(0.0, 1.0), 25, 1000
    keys = jax.random.split(jax.random.key(1), (2, runs))
    x, y = (
        jax.vmap(lambda key, law=law: law.sample(key, n))(own) for law, own in zip((p, q), keys, strict=True)
    )
    names = ("kl", "hellinger", "chi2")

    def values(x, y):
        return jnp.stack([getattr(div.samples, name)(x, y, k=3).value for name in names])

    found = np.asarray(jax.vmap(values)(x, y))
    exact = [getattr(div, name)(p, q) for name in names]
    error = found.std(axis=0) / runs**0.5
    assert np.all(np.abs(found.mean(axis=0) - exact) < 4 * error)
    assert np.all(error < 0.15 * np.array(exact))
    js = div.samples.js(x.ravel()[:1500], y.ravel()[:1500])
    assert abs(js.value - div.js(p, q)) < 4 * js.standard_error + 1 / 50  # and its bias of 1/k
    plane = jax.random.normal(jax.random.key(2), (2, 1500, 2))
    value, error = div.samples.kl(plane[0], plane[1] + jnp.asarray([[1.0, 0.0]]))
    assert abs(value - 0.5) < 5 * error


def test_bad_input():
    sample, plane = PointMasses([0.0, 1.0]), lsgan.MultivariateNormal()
    for width in (0.0, -1.0, np.inf):
        with pytest.raises(ValueError, match="bandwidth"):
            div.mmd(sample, sample, bandwidth=width)
    with pytest.raises(ValueError, match="at least 2 points"):
        div.mmd(PointMasses([0.0]), sample, unbiased=True)
    with pytest.raises(ValueError, match="degree"):
        div.polynomial_mmd(sample, sample, degree=0)
    with pytest.raises(ValueError, match="sum to 1"):
        PointMasses([0.0, 1.0], [0.5, 0.6])
    for name in ("w1", "w2"):
        with pytest.raises(ValueError, match="on the plane"):
            getattr(div, name)(plane, plane)
    with pytest.raises(ValueError, match="two PointMasses"):
        div.energy(plane, plane)
    for name in NAMES:
        with pytest.raises(ValueError, match="one space"):
            getattr(div, name)(Normal(), plane)
    for name in OF_DENSITIES:
        with pytest.raises(ValueError, match="PointMasses"):
            getattr(div, name)(sample, Normal())
    with pytest.raises(ValueError, match=r"x: expected at least 6 points, got 5"):
        div.samples.kl(np.arange(5.0), np.arange(9.0))
    with pytest.raises(ValueError, match=r"y: expected at least 5 points, got 4"):
        div.samples.kl(np.arange(9.0), np.arange(4.0))
    with pytest.raises(ValueError, match="k: expected an integer >= 2"):
        div.samples.chi2(np.arange(9.0), np.arange(9.0), k=1)
    with pytest.raises(ValueError, match="one space"):
        div.samples.kl(np.arange(9.0), np.ones((9, 2)))


def test_copies_in_a_sample_are_infinities_not_nan():
    copies, spread = np.zeros(9), np.arange(9.0) + 1
    assert div.samples.kl(copies, spread, k=2).value == np.inf
    assert div.samples.kl(copies, copies, k=2).value == 0


def test_float32_of_the_others():
    p, q = (Normal(np.float32(m), np.float32(s)) for m, s in ((0, 1), (1.5, 0.8)))
    exact = normal_references(0, 1, 1.5, 0.8)
    for name in ("chi2", "hellinger", "fisher", "w2", "mmd"):
        value = getattr(div, name)(p, q)
        assert value.dtype == np.float32
        np.testing.assert_allclose(value, exact[name], rtol=2e-4)
