"""Translated functions in node beside JAX's."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.browser import Traced, translate, UnsupportedOperationError
from lsgan_analytic.browser._shorten import shortened
from lsgan_analytic.browser.compare import by_jax, differences, evaluated_by_node, node

X = jnp.linspace(-2.3, 1.9, 5)
M = jnp.reshape(jnp.sin(jnp.arange(12.0)), (3, 4))
S = jnp.asarray(0.7)
KEY = np.asarray([3, 4], np.uint32)


def _while(x):
    return jax.lax.while_loop(lambda c: jnp.sum(c[1]) < 50, lambda c: (c[0] + 1, c[1] * 1.5 + 1), (0, x * x))


def _solve(m):
    return jnp.linalg.solve(m[:, :3] + 3 * jnp.eye(3), m[:, 3])


#: one for each thing the table does: function, arguments
FUNCTIONS = {
    "arithmetic": (lambda x, s: (x * s - x / s, x % s, -x, x**3, jnp.abs(x) ** s), (X, S)),
    "exponentials": (
        lambda x: (jnp.exp(x), jnp.expm1(x), jnp.log(x * x), jnp.log1p(x * x), jnp.sqrt(x * x)),
        (X,),
    ),
    "circular": (lambda x: (jnp.sin(x), jnp.cos(x), jnp.tan(x), jnp.tanh(x), jnp.arctan2(x, 1 + x)), (X,)),
    "rounding": (lambda x: (jnp.floor(x), jnp.ceil(x), jnp.round(2 * x), jnp.sign(x)), (X * 2.5,)),
    "errors": (
        lambda x: (jax.scipy.special.erf(x), jax.scipy.special.erfc(3 * x), jax.scipy.special.erfinv(x / 3)),
        (X,),
    ),
    "gamma": (
        lambda x: (jax.scipy.special.gammaln(x * x + 0.1), jax.nn.sigmoid(x), jax.nn.softplus(x)),
        (X,),
    ),
    "choices": (lambda x, s: (jnp.where(x > s, x, s), jnp.clip(x, -1, 1), jnp.maximum(x, s), x == s), (X, S)),
    "booleans": (
        lambda x: ((x > 0) & (x < 1), (x > 0) | ~(x < -1), (x > 0) ^ (x > 1), jnp.isfinite(1 / (x - x[0]))),
        (X,),
    ),
    "shapes": (
        lambda m: (m.T, m[::2, 1:3], jnp.flip(m, 1), m.reshape(4, 3), jnp.concatenate([m, 2 * m], 1)),
        (M,),
    ),
    "pads": (
        lambda m: (jnp.pad(m, ((1, 2), (0, 1))), jnp.broadcast_to(m[:, :1], (3, 4)), jnp.arange(4.0)),
        (M,),
    ),
    "sums": (lambda m: (m.sum(), m.sum(0), m.max(1), m.prod(1), (m > 0).any(0), jnp.cumsum(m, 1)), (M,)),
    "places": (lambda m: (jnp.argmax(m, 1), jnp.argmin(m), jnp.sort(m[0]), jnp.argsort(m[1])), (M,)),
    "nothing to sum": (lambda s: (jnp.sum(s), jnp.all(s > 0), jnp.max(s)), (S,)),
    "rows": (lambda m: (jnp.sort(m, 1), jnp.sort(m, 0), jnp.argsort(m, 0), jnp.sort(m[None], 2)), (M,)),
    "products": (
        lambda m: (m @ m.T, m[0] @ m[1], jnp.einsum("ij,ik->kj", m, m), jnp.outer(m[0], m[1])),
        (M,),
    ),
    "gathers": (
        lambda m, i: (m[i], m[:, i], m.at[i].add(2.0), m.at[0, 1].set(5.0)),
        (M, jnp.asarray([2, 0])),
    ),
    "slices": (
        lambda m, i: (
            jax.lax.dynamic_slice(m, (i, i), (2, 2)),
            jax.lax.dynamic_update_slice(m, m[:1, :2], (i, i)),
        ),
        (M, jnp.asarray(1)),
    ),
    "loops": (_while, (X,)),
    "scans": (lambda x: jax.lax.scan(lambda c, v: (c + v, c * v), 0.0, x), (X,)),
    "branches": (lambda s: jax.lax.cond(s > 0, jnp.sin, jnp.cos, s), (S,)),
    "switches": (lambda i, s: jax.lax.switch(i, [jnp.sin, jnp.cos, jnp.exp], s), (jnp.asarray(2), S)),
    "integers": (
        lambda i: (i // 2, i % 3, i * i, i.astype(jnp.int32) * 7, (i > 1).astype(jnp.int32)),
        (jnp.arange(-3, 4),),
    ),
    "keys": (lambda k: jax.random.key_data(jax.random.fold_in(jax.random.wrap_key_data(k), 9)), (KEY,)),
    "uniform": (lambda k: jax.random.uniform(jax.random.wrap_key_data(k), (7,)), (KEY,)),
    "normal": (lambda k: jax.random.normal(jax.random.wrap_key_data(k), (7,)), (KEY,)),
    "draws": (lambda k: jax.random.gamma(jax.random.wrap_key_data(k), 2.5, (3,)), (KEY,)),
    "solve": (_solve, (M,)),
    "derivatives": (jax.jacfwd(jax.grad(lambda x: jnp.sum(jnp.exp(jnp.sin(x) * x[0])))), (X,)),
    "unused": (lambda x, s: s, (X, S)),
    "constants": (lambda x: (x + jnp.inf, x * jnp.nan, jnp.asarray([-0.0, 1e-300, 1e300]) * 1.0), (X,)),
}


@pytest.fixture(scope="module")
def both():
    """Values by node and by JAX of every function."""
    if node() is None:
        pytest.skip("Node.js is not installed")
    traced = {name: Traced(function, arguments) for name, (function, arguments) in FUNCTIONS.items()}
    ours = evaluated_by_node(translate(traced), {name: [own.arguments] for name, own in traced.items()})
    return {name: (ours[name], by_jax(own)([own.arguments])) for name, own in traced.items()}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_javascript_is_jax(both, name):
    ours, jax_s = both[name]
    assert differences(ours, jax_s).max() <= 5e-14


def test_an_operation_in_no_table_is_named():
    def decomposed(x):
        return jnp.linalg.svd(x, compute_uv=False)

    with pytest.raises(
        UnsupportedOperationError,
        match=r"singular .*decomposed.*custom_call lapack_dgesdd_ffi of \(f64\[3, 3\]\)",
    ):
        translate({"singular": Traced(decomposed, (jnp.eye(3),))})


def test_a_call_back_to_python_is_named():
    def checked(x):
        return eqx.error_if(x, x < 0, "x: expected >= 0")

    with pytest.raises(UnsupportedOperationError, match=r"checked .*got a call back to Python"):
        translate({"checked": Traced(checked, (S,))})


def test_differences_are_noticed():
    assert differences([[np.asarray([1.0, 2.0])]], [[np.asarray([1.0, 2.1])]])[0] == pytest.approx(0.1 / 2.1)
    assert differences([[np.asarray([np.nan])]], [[np.asarray([1.0])]])[0] == np.inf
    assert differences([[np.asarray([np.nan])]], [[np.asarray([np.nan])]])[0] == 0


def test_float32_is_refused():
    with jax.enable_x64(False), pytest.raises(ValueError, match="expected JAX to compute in float64"):
        translate({"x": Traced(jnp.sin, (jnp.ones(()),))})


def test_what_is_explored_is_checked():
    game = lsgan.FunctionGame(lambda x, y: x * y)
    players = lsgan.Players(disc=jnp.asarray(1.0), gen=jnp.asarray(0.5))
    with pytest.raises(ValueError, match="box: expected low < high for disc, got"):
        lsgan.explore(game, players, box={"disc": (1, 1), "gen": (0, 1)}, path=None)
    with pytest.raises(ValueError, match="box: expected distinct names"):
        lsgan.explore(game, players, box={"x": (0, 1), "gen": (0, 1)}, path=None)
    with pytest.raises(ValueError, match="rules: expected at least one rule"):
        lsgan.explore(game, players, rules=(), path=None)
    with pytest.raises(ValueError, match="rule: expected an update rule"):
        lsgan.explore(game, players, rules=0.4, path=None)


def test_shorter_loops_mean_the_same():
    short = shortened("for(let i0=0;i0<9;i0++){const t3=v1[i0];const t4=(t3*t3);v2[i0]=t4;}")
    assert short == "for(let i0=0;i0<9;i0++){const q0=v1[i0];v2[i0]=(q0*q0);}"
    swapped = "for(let i0=0;i0<9;i0++){const t1=(a1+a2);const t2=(a1-a2);a1=t1;a2=t2;}"
    assert shortened(swapped) == swapped.replace("t1", "q0").replace("t2", "q1")


def test_without_node_there_is_a_warning(monkeypatch):
    monkeypatch.setattr("lsgan_analytic.browser._compared.node", lambda: None)
    players = lsgan.Players(disc=jnp.asarray(1.0), gen=jnp.asarray(0.5))
    with pytest.warns(UserWarning, match="not compared with JAX: that needs Node.js"):
        page = lsgan.explore(lsgan.FunctionGame(lambda x, y: x * y), players, path=None)
    assert page.compared == {}
    assert '"values": [[[' in page.html  # the page compares itself where it is opened
