"""K, its derivatives and their logarithms against certified values, identities and limits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from certified import certified_jet, certified_row, parameters
from flint import arb
from hypothesis import given, settings, strategies as st
from scipy import integrate
from scipy.special import erfc

from lsgan_analytic import special

EPS = np.finfo(float).eps
ORDERS = (1e-12, 1e-11, 1e-11, 1e-10, 1e-10, 1e-10)  # promised: K; first; second derivatives


def jet_at(a, b):
    """K, K_A, K_B, K_AA, K_AB, K_BB at one point, through the public function and autodiff alone."""
    (aa, ab), (_, bb) = jax.hessian(special.K, (0, 1))(a, b)
    return jnp.stack([special.K(a, b), *jax.grad(special.K, (0, 1))(a, b), aa, ab, bb])


many_jets = jax.jit(jax.vmap(jet_at))


def jet(A, B):
    """The same for vectors, shape (6, n)."""
    return np.asarray(many_jets(A, B)).T


def arguments(points):
    """(A, B) of both terms at parameter points a, b, g, h, c."""
    a, b, g, h, c = points.T
    return np.concatenate([-a / c, a * g]), np.concatenate([-b, a * h + b])


@pytest.fixture(scope="module", params=["core", "wide"])
def box(request, certified):
    """A, B, the certified jets and logs of one box."""
    A, B = arguments(certified[f"{request.param}_points"])
    names = (f"{request.param}_real", f"{request.param}_fake")
    jets = np.concatenate([certified[name] for name in names]).T
    logs = np.concatenate([certified[name.replace("_", "_log_")] for name in names]).T
    return A, B, jets, logs


@pytest.mark.parametrize("name", ["core", "wide"])
def test_the_committed_values_are_what_the_generator_makes(certified, name):
    points = parameters(name)
    np.testing.assert_array_equal(points, certified[f"{name}_points"])
    row = certified_row(points[7])
    for key, values in row.items():
        np.testing.assert_array_equal(values, certified[f"{name}_{key}"][7])


def test_float64_against_certified_values(box):
    A, B, jets, _ = box
    values = jet(A, B)
    assert np.isfinite(values).all()
    for value, exact, promised in zip(values, jets, ORDERS, strict=True):
        normal = np.abs(exact) > 1e-290
        assert normal.sum() > 150
        error = np.abs(value - exact)[normal] / np.abs(exact[normal])
        # the rounding of -a/c alone moves K by |A K_A/K| eps/2 <= 2u^2 eps: u = 18 where K = 1e-285
        assert error.max() < promised
        assert np.median(error) < 2e-14  # what is promised is not what is delivered
        assert (np.abs(value[~normal]) < 2e-290).all()


def test_logarithms_against_certified_values(box):
    A, B, _, logs = box
    values = (special.log_K(A, B), *special.log_abs_K_derivatives(A, B))
    for value, exact in zip(values, logs, strict=True):
        # what K promises, and for log K of size L the rounding of A = -a/c, a few L eps
        assert (np.abs(value - exact) <= 1e-12 + 16 * EPS * np.abs(exact)).all()
    assert np.min(logs) < -400  # in the wide box far below the smallest float64


def test_float32_against_certified_values(certified):
    points = certified["core_points"]
    A, B = (values.astype(np.float32) for values in arguments(points))
    exact = jet(A.astype(float), B.astype(float))  # float64 at the rounded arguments: tested above
    values = jet(jnp.asarray(A), jnp.asarray(B))
    assert values.dtype == np.float32
    # second derivatives: 3e-5 seen on a CPU, 7e-5 on a GPU, whose exp is rounded otherwise
    for value, truth, promised in zip(values, exact, (5e-6,) * 3 + (1e-4,) * 3, strict=True):
        visible = np.abs(truth) > 1e-30
        assert (np.abs(value - truth)[visible] / np.abs(truth[visible])).max() < promised


@pytest.mark.parametrize(
    ("A", "B"),
    [
        (3368.8209, -11442.776),
        (1e6, -3.0),
        (-1e6, 2.5),
        (1e-7, -0.36),
        (-2e-3, 16.0),
        (40.0, 17.0),
        (9e-4, 12.0),
    ],
)
def test_second_derivatives_where_one_of_the_two_forms_cancels(A, B):
    exact = [float(value.mid()) for value in certified_jet(arb(A), arb(B))]
    values = jet(np.array([A]), np.array([B]))[:, 0]
    np.testing.assert_allclose(values, exact, rtol=1e-11)


@pytest.mark.parametrize("B", [5.0, 8.0, 12.0, 15.0, 18.5])
@pytest.mark.parametrize("product", [0.3, 0.75, 2.2, 2.6])
def test_where_the_form_of_k_changes(B, product):
    """A B = 0.75 and 2.25 make K a quarter and a tenth of Q(B)^2; the form changes between."""
    A = product / B
    exact = certified_jet(arb(A), arb(B))[0]
    assert abs(special.K(A, B) / float(exact.mid()) - 1) < 3e-13


def test_against_scipy_quad():
    A, B = 0.7, -0.4
    value, _ = integrate.quad(
        lambda s: np.exp(-s) * (erfc(A * s + B) / 2) ** 2, 0, 60, epsabs=0, epsrel=1e-13
    )
    assert abs(special.K(A, B) / value - 1) < 1e-13


def test_integration_by_parts_identity():
    """A dK/dB = K - erfc(B)^2/4, at arguments where neither side cancels."""
    A, B = np.meshgrid([-5.0, -0.8, 0.8, 5.0], [-1.5, 0.0, 1.5])
    k, _, kb, *_ = jet(A.ravel(), B.ravel())
    np.testing.assert_allclose(A.ravel() * kb, k - erfc(B.ravel()) ** 2 / 4, rtol=2e-13)


def test_reflection():
    """K(A, B) + K(-A, -B) relates D and 1 - D: E[D^2] - E[(1-D)^2] = 2 E[D] - 1, E[erfc]/2 in closed form."""
    A, B = np.array([0.3, 1.0, 4.0]), np.array([-1.0, 0.2, 0.9])
    mean = erfc(B) / 2 - 0.5 * np.exp(-(B**2)) * np.asarray(special.erfcx(B + 1 / (2 * A)))  # E[erfc(As+B)]/2
    np.testing.assert_allclose(special.K(A, B) - special.K(-A, -B), 2 * mean - 1, atol=1e-15)


def test_limits_in_the_slope():
    B = np.array([-3.0, -0.5, 0.0, 2.0, 8.0])
    flat = (erfc(B) / 2) ** 2
    np.testing.assert_allclose(special.K(0.0, B), flat, rtol=1e-14)
    for tiny in (1e-300, -1e-300, 1e-16, -1e-16):
        np.testing.assert_allclose(special.K(tiny, B), flat, rtol=1e-13)
    # A -> +-inf: the step falls or rises at s = 0, one minus or plus O(1/A)
    np.testing.assert_allclose(special.K(1e300, B), 0, atol=1e-290)
    np.testing.assert_allclose(special.K(-1e300, B), 1, rtol=1e-13)
    # A -> inf with the step at s0 = -B/A held still
    np.testing.assert_allclose(special.K(1e12, -0.7e12), -np.expm1(-0.7), rtol=1e-11)
    np.testing.assert_allclose(special.K(-1e12, 0.7e12), np.exp(-0.7), rtol=1e-11)


def test_derivatives_are_continuous_through_zero_slope():
    exact = [float(value.mid()) for value in certified_jet(arb(0), arb(0.25))]
    for A in (-1e-12, 0.0, 1e-12):
        np.testing.assert_allclose(jet(np.array([A]), np.array([0.25]))[:, 0], exact, rtol=1e-11)


def test_third_derivative_by_autodiff():
    """Against fourth-order differences of the second derivatives."""
    points, step = np.array([(0.8, 0.3), (-1.5, 1.0), (2.0, -4.0)]), 1e-3
    third = jax.jit(jax.vmap(jax.jacfwd(lambda p: jet_at(*p)[3:])))(points)
    for axis in (0, 1):
        shift = step * np.eye(2)[axis]
        near, far = (jet(*(points + k * shift).T)[3:] - jet(*(points - k * shift).T)[3:] for k in (1, 2))
        np.testing.assert_allclose(third[:, :, axis].T, (8 * near - far) / (12 * step), atol=2e-9)


def test_derivatives_of_the_logarithms():
    """d log K = dK/K, and d log|K_B| = dK_B/K_B, against the plain derivatives."""
    for A, B in ((0.8, 0.3), (-1.5, 1.0), (2.0, -4.0), (30.0, -2.0)):
        k, ka, kb, _, kab, kbb = jet(np.array([A]), np.array([B]))[:, 0]
        log_a, log_b = jax.grad(special.log_K, (0, 1))(A, B)
        np.testing.assert_allclose([log_a, log_b], [ka / k, kb / k], rtol=1e-12)
        slopes = jax.grad(lambda a, b: special.log_abs_K_derivatives(a, b)[1], (0, 1))(A, B)
        np.testing.assert_allclose(slopes, [kab / kb, kbb / kb], rtol=1e-11)


def test_erfcx_on_every_supported_jax():
    """Among them the points where JAX before 0.12 returns 0."""
    x = np.concatenate([np.linspace(-5, 40, 901), np.geomspace(1e-6, 1e6, 121), [26.6, 9.3]])
    with mp.workdps(40):
        exact = np.array([float(mp.exp(mp.mpf(v) ** 2) * mp.erfc(mp.mpf(v))) for v in x])
    np.testing.assert_allclose(special.erfcx(x), exact, rtol=2e-15)
    single = x[x >= 0].astype(np.float32)
    with mp.workdps(40):
        exact = np.array([float(mp.exp(mp.mpf(float(v)) ** 2) * mp.erfc(mp.mpf(float(v)))) for v in single])
    np.testing.assert_allclose(special.erfcx(single), exact, rtol=5e-7)


signed = st.tuples(st.sampled_from([-1.0, 1.0]), st.floats(-8, 8)).map(lambda pair: pair[0] * 10 ** pair[1])
offsets = st.floats(-1e3, 1e3)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@settings(max_examples=300, deadline=None, derandomize=True)
@given(a=signed, c=signed.map(abs), g=signed, b=offsets, h=offsets)
def test_finite_on_the_whole_range(dtype, a, c, g, b, h):
    points = np.array([[a, b, g, h, c]])
    A, B = (jnp.asarray(values, dtype) for values in arguments(points))
    values = jet(A, B)
    assert np.isfinite(values).all()
    assert (values[0] >= 0).all()
    assert (values[0] <= 1).all()
    assert (values[1:3] <= 0).all()
    if dtype is np.float64:
        assert np.isfinite(special.log_K(A, B)).all()
        assert np.isfinite(special.log_abs_K_derivatives(A, B)).all()


def any_magnitude(dtype, n, seed=9):
    """Both signs, log-uniform over the whole range of the dtype, and its ends."""
    rng = np.random.default_rng(seed)
    info = np.finfo(dtype)
    low, high = np.log10(float(info.tiny)) + 0.1, np.log10(float(info.max)) - 0.1
    values = rng.choice([-1, 1], (2, n)) * 10.0 ** rng.uniform(low, high, (2, n))
    ends = np.array([-info.max, -1, -info.tiny, 0, info.tiny, 1, info.max], float)
    corners = np.stack([part.ravel() for part in np.meshgrid(ends, ends)])
    return (jnp.asarray(np.concatenate([values, corners], axis=1)[k], dtype) for k in (0, 1))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n", [3000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_every_pair_of_floats_has_an_answer(dtype, n):
    """K in [0, 1], derivatives <= 0 and finite, logarithms -inf only where -4 B^2 or 2 B/A has overflowed."""
    parts = [np.array_split(np.asarray(x), -(-n // 50_000)) for x in any_magnitude(dtype, n)]
    for A, B in zip(*parts, strict=True):
        values = jet(A, B)
        assert np.isfinite(values).all()
        assert ((values[0] >= 0) & (values[0] <= 1)).all()
        assert (values[1:3] <= 0).all()
        logs = np.stack([special.log_K(A, B), *special.log_abs_K_derivatives(A, B)])
        assert not np.isnan(logs).any()
        assert (logs <= 0).all()
        with np.errstate(over="ignore"):
            exponent = np.maximum(
                4 * B.astype(dtype) ** 2, 2 * np.abs(B) / np.maximum(np.abs(A), np.finfo(dtype).tiny)
            )
        assert np.isfinite(logs[:, exponent < np.finfo(dtype).max]).all()


def test_known_logarithms_of_extreme_arguments():
    """At s = 0: -2 B^2; at s0: B/A + 1/(8 A^2); a steep step: 1 - e^{-s0} and its derivatives."""
    A = np.array([-1.2e-20, 1.0, -1.0, 1e-170])
    B = np.array([4e42, 1e153, 1e153, 1e100])
    exact = [-4e42 / 1.2e-20, -2e306, -1e153, -2e200]
    np.testing.assert_allclose(special.log_K(A, B), exact, rtol=1e-15)
    s0 = np.array([0.3, 2.0])
    for A in (1e25, 1e150, 1e300):
        k, ka, kb, *_ = jet(np.array([A, A]), -A * s0)
        np.testing.assert_allclose(k, -np.expm1(-s0), rtol=1e-14)
        np.testing.assert_allclose([kb * A, ka * A], [-np.exp(-s0), -s0 * np.exp(-s0)], rtol=1e-13)
        np.testing.assert_allclose(special.K(-A, A * s0), np.exp(-s0), rtol=1e-14)
    # K(A, 0) -> c/A, K_A -> -c'/A^2, from their values at A = 1e6
    near = np.array(jet(np.array([1e6]), np.array([0.0]))[:2, 0])
    far = special.log_K(1e200, 0.0), special.log_abs_K_derivatives(1e200, 0.0)[0]
    np.testing.assert_allclose(far, np.log(np.abs(near)) - np.log(1e194) * np.array([1, 2]), rtol=1e-7)


@pytest.mark.parametrize(("A", "B"), [(0.7, 1e17), (1e17, 1e17), (-2e16, 1e17), (2e16, -1e17)])
def test_the_leading_terms_meet_the_quadrature(A, B):
    """On both sides of FAR; also the slopes of the logarithms."""
    for function in (special.log_K, lambda a, b: special.log_abs_K_derivatives(a, b)[0]):
        sides = [jax.value_and_grad(function, (0, 1))(A, B * (1 + side)) for side in (-1e-13, 1e-13)]
        np.testing.assert_allclose(*(jnp.stack([value, *slope]) for value, slope in sides), rtol=1e-11)


@pytest.mark.parametrize("bad", [np.float16(1.0), jnp.bfloat16(1.0), 1j, True])
def test_dtypes_that_are_refused(bad):
    with pytest.raises(TypeError, match="A: expected float32, float64 or integer values, got dtype"):
        special.K(bad, 0.0)


def test_integers_are_promoted_and_nan_goes_through():
    assert special.K(1, 0).dtype == np.float64
    np.testing.assert_array_equal(special.K(1, 0), special.K(1.0, 0.0))
    assert np.isnan(special.K(np.nan, 0.0))
    assert np.isnan(special.K(1.0, np.nan))
