"""Update rules: one step against matrices, against published steps and against one another."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from dynamics import pair, Toy, zero_sum
from problems import CASES
from rules import DISC, GEN, RULES

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector
from lsgan_analytic.restriction import restrict


class Quadratics:
    """Two quadratic objectives in (x, y), x in R^2, y in R^3: every rule's step is a matrix known exactly."""

    def __init__(self):
        draw = np.random.default_rng(7)
        self.d, self.g = (q + q.T for q in draw.normal(size=(2, 5, 5)))  # Hessians of the two objectives
        self.start = draw.normal(size=5)
        self.size = np.diag([DISC] * 2 + [GEN] * 3)
        self.j = np.concatenate([self.d[:2], -self.g[2:]])  # Jacobian of the field
        self.c = self.j.copy()  # of it, what couples the players
        self.c[:2, :2] = self.c[2:, 2:] = 0

    @property
    def game(self):
        def value(q):
            return lambda x, y: (v := jnp.concatenate([x, y])) @ jnp.asarray(q) @ v / 2

        return Toy(value(self.d), value(self.g))

    @property
    def players(self):
        return pair(self.start[:2], self.start[2:])

    def steps(self):
        """The matrix of each rule's first step, less the identity."""
        s, j, c, one = self.size, self.j, self.c, np.eye(5)
        own = np.diag([1, 1, 0, 0, 0])
        disc, gen = own @ s @ j, (one - own) @ s @ j
        ridge = np.zeros((5, 5))
        ridge[:2] = -np.linalg.solve(self.d[:2, :2], self.d[:2, 2:]) @ (s @ j)[2:]
        # what the opponent's step gives to player i, and how i can shape it
        shaped = np.zeros((5, 5))
        shaped[:2] = GEN * j[2:, :2].T @ self.d[2:]
        shaped[2:] = -DISC * j[:2, 2:].T @ self.g[:2]
        answer = np.linalg.matrix_power(one + disc, 3)  # (x, y) after three steps of D
        unrolled = disc.copy()
        unrolled[2:] = -GEN * (answer.T @ self.g @ answer)[2:]
        # the first mean square is that of the field itself
        adapted = s * 0.1 / (0.1 * np.abs(j @ self.start) + 0.5)  # sqrt(1 - decay) = 0.1
        after_disc, after_gen = (one + gen) @ (one + disc) - one, (one + disc) @ (one + gen) - one
        return {
            "simultaneous": s @ j,
            "alternating": after_disc,
            "alternating, G first": after_gen,
            "per player": s @ j,
            "per player, D first": after_disc,
            "per player, G first": after_gen,
            "extragradient": s @ j @ (one + s @ j),
            "past extragradient": s @ j,
            "optimistic": s @ j,
            "consensus": s @ (j - 0.3 * j.T @ j),
            "symplectic": s @ (j + 0.3 * (j - j.T) / 2 @ j),
            "unrolled": unrolled,
            "look ahead": s @ (j + c @ s @ j),
            "LOLA": s @ (j + shaped),
            "Taylor LOLA": s @ (j + c @ s @ j + shaped),
            "competitive": np.linalg.solve(one - s @ c, s @ j),
            "ridge": s @ j + ridge,
            "proximal": np.linalg.inv(one - s @ j) - one,
            "averaged": 0.1 * s @ j,
            "extra per player": s @ j @ (one + s @ j),
            "unrolled per player": unrolled,
            "preconditioned": s @ (j + shaped),
            "adaptive competitive": np.linalg.solve(one - adapted @ c, adapted @ j),
        }


@pytest.fixture(scope="module")
def quadratic_ends():
    """Where every rule is after one and after three steps of the quadratic game."""
    own = Quadratics()

    def play(players):
        ends = {}
        for name, rule in RULES.items():

            def once(carry, _, rule=rule):
                now, state = rule.step(own.game, *carry)
                return (now, state), vector(now)

            _, ends[name] = jax.lax.scan(once, (players, rule.init(players)), length=3)
        return ends

    return jax.jit(play)(own.players)


@pytest.mark.parametrize("name", RULES)
def test_a_step_of_two_quadratic_objectives(name, quadratic_ends):
    own = Quadratics()
    expected = own.start + own.steps()[name] @ own.start
    np.testing.assert_allclose(quadratic_ends[name][0], expected, rtol=1e-11, atol=1e-12)


def test_rules_with_memory_over_three_steps(quadratic_ends):
    own = Quadratics()
    step = own.size @ own.j
    now = before = own.start
    half, past, average, inner = own.start, 0 * own.start, own.start, own.start
    for k in range(3):
        now, before = now + step @ (2 * now - before), now
        past = step @ (half + past)
        half = half + past
        inner = inner + step @ inner
        average = 0.9 * average + 0.1 * inner
        for name, expected in (("optimistic", now), ("past extragradient", half), ("averaged", average)):
            np.testing.assert_allclose(quadratic_ends[name][k], expected, rtol=1e-11)


def test_symplectic_adjustment_is_aligned():
    """lambda points to a stable equilibrium and away from an unstable one (Balduzzi et al. 2018)."""
    rule, start = lsgan.SymplecticAdjustment(1.0, strength=1.0), pair([1.0], [2.0])
    for sign in (1.0, -1.0):  # v = -sign (x, y) + 3 (y, -x): stable for sign = 1
        game = zero_sum(lambda x, y, sign=sign: jnp.sum(3 * x * y - sign * (x**2 - y**2) / 2))
        there, _ = rule.step(game, start, None)
        v = -sign * np.array([1.0, 2.0]) + 3 * np.array([2.0, -1.0])
        turned = 3 * np.array([v[1], -v[0]])  # A v
        np.testing.assert_allclose(vector(there) - vector(start), v + sign * turned, rtol=1e-12)


def test_equal_to_simultaneous_to_first_order():
    """One step differs by O(step^2): ten times smaller steps, a hundred times smaller differences."""

    def payoff(x, y):
        return jnp.sum(jnp.sin(x) * y - x**2 * y**2 + jnp.cos(x + 2 * y))

    game = Toy(payoff, lambda x, y: payoff(x, y) + jnp.sum(x * jnp.tanh(y)))
    rules = {
        "alternating": lambda h: lsgan.Alternating(h),
        "extragradient": lsgan.Extragradient,
        "unrolled": lambda h: lsgan.Unrolled(h, k=2),
        "look ahead": lsgan.LookAhead,
        "LOLA": lsgan.Lola,
        "Taylor LOLA": lsgan.TaylorLola,
        "competitive": lsgan.CompetitiveGradient,
        "proximal": lsgan.Proximal,
    }

    def differences(h):
        def there(rule):
            own = pair([0.7], [-0.4])
            return vector(rule.step(game, own, rule.init(own))[0])

        plain = there(lsgan.Simultaneous(h))
        return {name: jnp.linalg.norm(there(rule(h)) - plain) for name, rule in rules.items()}

    found = jax.jit(jax.vmap(differences))(jnp.asarray([1e-3, 1e-4]))
    for name, (coarse, fine) in found.items():
        assert abs(np.log10(coarse / fine) - 2) < 0.1, name


def test_derivatives_of_an_implicit_step():
    """First and second derivatives of the proximal step against differences of it."""
    game = zero_sum(lambda x, y: jnp.sum(jnp.sin(x) * y - jnp.cosh(y) * x**2))
    rule = lsgan.Proximal(0.4)

    def step(theta):
        return vector(rule.step(game, pair_of(theta), None)[0])

    def pair_of(theta):
        return jax.tree.map(lambda like, value: value[None] + 0 * like, pair([0.0], [0.0]), _halves(theta))

    at, eps = jnp.array([0.6, -0.3]), 1e-5
    slope = jax.jit(jax.jacrev(step))
    across = [(jax.jit(step)(at + eps * e) - jax.jit(step)(at - eps * e)) / (2 * eps) for e in jnp.eye(2)]
    np.testing.assert_allclose(slope(at).T, across, atol=1e-9)
    bend = jax.jit(jax.jacfwd(jax.jacrev(step)))(at)
    across = [(slope(at + eps * e) - slope(at - eps * e)) / (2 * eps) for e in jnp.eye(2)]
    np.testing.assert_allclose(jnp.moveaxis(bend, 2, 0), across, atol=1e-8)


def _halves(theta):
    like = pair([0.0], [0.0])
    return jax.tree.unflatten(jax.tree.structure(like), list(theta))


def test_proximal_without_a_root_is_recorded():
    game = zero_sum(lambda x, y: jnp.sum(x**3 / 3 + 100 * x))  # x' = x + x'^2 + 100 has no root
    path = lsgan.trajectory(game, lsgan.Proximal(1.0), pair([0.0], [0.0]), steps=3)
    assert path.outcome == lsgan.Outcome.overflowed
    assert path.steps_taken == 0


@jax.custom_vjp
def product(x, y):
    """x y, whose gradient is given and cannot be differentiated forwards."""
    return jnp.sum(x * y)


product.defvjp(lambda x, y: (product(x, y), (x, y)), lambda kept, g: (g * kept[1], g * kept[0]))


@pytest.mark.parametrize(
    "name", ["symplectic", "look ahead", "Taylor LOLA", "competitive", "ridge", "proximal"]
)
def test_rules_that_need_hessians_say_so(name):
    game, players = zero_sum(product), pair([0.7], [0.3])
    there, _ = RULES["simultaneous"].step(game, players, None)
    np.testing.assert_allclose(vector(there), [0.7 + DISC * 0.3, 0.3 - GEN * 0.7])
    with pytest.raises(ValueError, match=r"game: .* takes second derivatives and expected objectives that"):
        RULES[name].step(game, players, RULES[name].init(players))


def test_on_the_exact_game():
    """The solved game has derivatives of the orders that LOLA asks for."""
    case = CASES["A"]
    part = restrict(case.game, case.players, ("b", "h"))
    there = jax.jit(lambda own: lsgan.TaylorLola(0.1).step(part, own, None)[0])(part.reduce(case.players))
    moved = vector(part.whole(there)) - vector(case.players)
    np.testing.assert_array_equal(moved[::2], 0)
    v = np.array([case.gradient[1], -case.gradient[3]])
    cross = np.asarray(lsgan.hessian(case.game, case.players))[1, 3]
    # in a zero-sum game shaping the opponent adds what looking ahead does
    expected = 0.1 * (v + 2 * 0.1 * cross * np.array([v[1], -v[0]]))
    np.testing.assert_allclose(moved[1::2], expected, rtol=1e-9)
