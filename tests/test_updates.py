"""Update rules: their one-step maps against closed forms, and against other implementations."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from dynamics import Bilinear, DIRAC, dirac, KNOWN, pair, QUADRATIC_PAIR, TANDEM, Toy, zero_sum
from problems import CASES

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector
from lsgan_analytic.restriction import restrict, Restriction

DISC, GEN = 0.07, 0.11  # different step sizes, to catch a swap
RULES = {
    "simultaneous": lsgan.Simultaneous((DISC, GEN)),
    "alternating": lsgan.Alternating((DISC, GEN)),
    "alternating, G first": lsgan.Alternating((DISC, GEN), order="gen"),
    "per player": lsgan.PerPlayer(optax.sgd(DISC), optax.sgd(GEN)),
    "per player, D first": lsgan.PerPlayer(optax.sgd(DISC), optax.sgd(GEN), order="disc"),
    "per player, G first": lsgan.PerPlayer(optax.sgd(DISC), optax.sgd(GEN), order="gen"),
    "extragradient": lsgan.Extragradient((DISC, GEN)),
    "past extragradient": lsgan.PastExtragradient((DISC, GEN)),
    "optimistic": lsgan.Optimistic((DISC, GEN)),
    "consensus": lsgan.Consensus((DISC, GEN), strength=0.3),
    "symplectic": lsgan.SymplecticAdjustment((DISC, GEN), strength=0.3, align=False),
    "unrolled": lsgan.Unrolled((DISC, GEN), k=3),
    "look ahead": lsgan.LookAhead((DISC, GEN)),
    "LOLA": lsgan.Lola((DISC, GEN)),
    "Taylor LOLA": lsgan.TaylorLola((DISC, GEN)),
    "competitive": lsgan.CompetitiveGradient((DISC, GEN)),
    "ridge": lsgan.FollowRidge((DISC, GEN)),
    "proximal": lsgan.Proximal((DISC, GEN)),
    "averaged": lsgan.Averaged(lsgan.Simultaneous((DISC, GEN)), decay=0.9),
    "extra per player": lsgan.ExtraPerPlayer(optax.sgd(DISC), optax.sgd(GEN)),
    "unrolled per player": lsgan.UnrolledPerPlayer(optax.sgd(DISC), optax.sgd(GEN), k=3),
    "preconditioned": lsgan.Preconditioned(lsgan.Lola((DISC, GEN)), optax.sgd(DISC), optax.sgd(GEN)),
    "adaptive competitive": lsgan.AdaptiveCompetitiveGradient((DISC, GEN), epsilon=0.5),
}


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


@pytest.mark.parametrize("name", KNOWN)
def test_known_multipliers(name):
    known = KNOWN[name]
    found = np.linalg.eigvals(lsgan.step_jacobian(known.game, known.rule, known.players, ("w", "shift")))
    assert found.shape == (len(known.multipliers),)
    # double roots are good to the root of the rounding only; compare what they are roots of
    np.testing.assert_allclose(np.poly(found), np.poly(known.multipliers), atol=1e-12)
    if "1.0" not in name:
        np.testing.assert_allclose(
            np.sort_complex(np.round(found, 11)), np.sort_complex(np.round(known.multipliers, 11)), atol=1e-10
        )


S = np.array([0.2, 0.4, 0.577, 0.578, 0.9, 1.999, 2.001])


@pytest.fixture(scope="module")
def bilinear():
    """Spectral radii on the bilinear game of singular value 1.7, for s = step 1.7 in S."""
    rules = {
        "simultaneous": lsgan.Simultaneous,
        "alternating": lsgan.Alternating,
        "extragradient": lsgan.Extragradient,
        "proximal": lsgan.Proximal,
        "competitive": lsgan.CompetitiveGradient,
        "optimistic": lsgan.Optimistic,
        "past": lsgan.PastExtragradient,
        "look ahead": lsgan.LookAhead,
        "LOLA": lsgan.Lola,
        "Taylor LOLA": lsgan.TaylorLola,
    }
    game, players = Bilinear(jnp.asarray(1.7)), pair([0.0], [0.0])

    def all_of(size):
        return {name: lsgan.step_jacobian(game, rule(size), players) for name, rule in rules.items()}

    found = jax.jit(jax.vmap(all_of))(jnp.asarray(S / 1.7))
    return {name: np.abs(np.linalg.eigvals(value)).max(axis=1) for name, value in found.items()}


@pytest.mark.parametrize(
    ("name", "squared"),
    [
        ("simultaneous", 1 + S**2),
        ("extragradient", 1 - S**2 + S**4),
        ("look ahead", 1 - S**2 + S**4),
        ("LOLA", 1 - S**2 + S**4),
        ("Taylor LOLA", (1 - 2 * S**2) ** 2 + S**2),
        ("proximal", 1 / (1 + S**2)),
        ("competitive", 1 / (1 + S**2)),
        ("alternating", np.where(S <= 2, 1, (1 - S**2 / 2 - np.sqrt((1 - S**2 / 2) ** 2 - (S > 2))) ** 2)),
    ],
)
def test_bilinear_game(name, squared, bilinear):
    np.testing.assert_allclose(bilinear[name] ** 2, squared, rtol=1e-10)


@pytest.mark.parametrize("name", ["optimistic", "past"])
def test_optimism_is_stable_below_one_over_root_three(name, bilinear):
    assert (bilinear[name] < 1).tolist() == (1 / np.sqrt(3) > S).tolist()
    roots = [np.abs(np.roots([1, -(1 + 2j * s), 1j * s])).max() for s in S]
    np.testing.assert_allclose(bilinear[name], roots, rtol=1e-10)


def radius(game, rule, players):
    return np.abs(np.linalg.eigvals(lsgan.step_jacobian(game, rule, players))).max()


def test_largest_stable_step():
    """h = (2/|Re|)/(1 + (Im/Re)^2), the least over all eigenvalues; 2/101 for the quadratic pair."""
    below, above = 1 - 1e-6, 1 + 1e-6
    for rule in (lsgan.Simultaneous(2 / 101 * below), lsgan.Simultaneous(2 / 101 * above)):
        radius_of = radius(QUADRATIC_PAIR, rule, pair([0.0], [0.0]))
        assert (radius_of < 1) == (rule.step_sizes()[0] < 2 / 101)
    one = lsgan.step_jacobian(dirac(lsgan.R1(0.7)), lsgan.Simultaneous(1.0), DIRAC, ("w", "shift"))
    values = np.linalg.eigvals(one) - 1
    limit = np.min(2 / np.abs(values.real) / (1 + (values.imag / values.real) ** 2))
    sizes = [np.abs(1 + limit * factor * values).max() for factor in (below, above)]
    assert sizes[0] < 1 < sizes[1]


def test_negative_momentum_is_stable_below_two_times_one_plus_beta():
    for s, stable in ((0.999, True), (1.001, False)):
        own = optax.sgd(s, momentum=-0.5)
        rule = lsgan.PerPlayer(own, own, order="disc")
        assert (radius(Bilinear(jnp.asarray(1.0)), rule, pair([0.0], [0.0])) < 1) == stable


def test_tandem_game():
    """Shaping rests at x + y = 1/(1 - 2 eta), with anticipation at (1 - 2 eta)/(1 - 4 eta); the Nash at 1."""
    size = 0.05
    ends = {}
    for rule in (lsgan.Lola(size), lsgan.TaylorLola(size), lsgan.LookAhead(size)):
        play = jax.jit(lambda own, rule=rule: jax.lax.fori_loop(
            0, 400, lambda _, now: rule.step(TANDEM, now, None)[0], own
        ))  # fmt: skip
        ends[type(rule).__name__] = float(vector(play(pair([0.3], [-0.2]))).sum())
    np.testing.assert_allclose(ends["Lola"], 1 / (1 - 2 * size), rtol=1e-10)
    np.testing.assert_allclose(ends["TaylorLola"], (1 - 2 * size) / (1 - 4 * size), rtol=1e-10)
    np.testing.assert_allclose(ends["LookAhead"], 1, rtol=1e-10)


def test_observed_contraction():
    """The Dirac-GAN spirals in at the rate of the multiplier (s = 0.6/2)."""
    rates = {
        lsgan.Extragradient: np.sqrt(1 - 0.09 + 0.0081),
        lsgan.Proximal: 1 / np.sqrt(1.09),
        lsgan.Optimistic: np.abs(np.roots([1, -(1 + 0.6j), 0.3j])).max(),
    }
    players = lsgan.Players(lsgan.Linear(w=0.02), lsgan.Shift(shift=-0.01))
    part = restrict(dirac(), players, ("w", "shift"))

    def sizes(rule):
        def once(carry, _):
            now, state = lsgan.advance(part, rule, *carry)
            return (now, state), jnp.hypot(now.disc.w, now.gen.shift)

        start = part.reduce(players)
        return jax.lax.scan(once, (start, rule.init(start)), length=120)[1]

    for size, rate in zip(
        jax.jit(lambda: [sizes(make(0.6)) for make in rates])(), rates.values(), strict=True
    ):
        np.testing.assert_allclose((size[119] / size[19]) ** 0.01, rate, rtol=1e-3)


def test_wgan_gp_cycles():
    """Mescheder et al. 2018: the gradient penalty with target 1 does not converge on the Dirac-GAN."""
    game = dirac(lsgan.GradientPenalty(0.25), loss=lsgan.Wasserstein())
    players = lsgan.Players(lsgan.Linear(w=0.5), lsgan.Shift(shift=0.5))
    path = lsgan.trajectory(game, lsgan.Simultaneous(0.02), players, steps=3000, free=("w", "shift"))
    size = np.hypot(path.players.disc.w, path.players.gen.shift)[1500:]
    turns = np.sum(np.diff(np.sign(path.players.gen.shift[1500:])) != 0)
    assert 1.2 < size.min() < size.max() < 1.5
    assert turns >= 4


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


def test_follow_the_ridge_has_real_multipliers():
    """A local minimax where gradient play turns: I + step H_dd and I - step (H_gg - H_gd H_dd^-1 H_dg)."""
    game = zero_sum(lambda x, y: jnp.sum(-2 * x**2 + 9 * x * y - 3 * y**2))
    found = lsgan.step_jacobian(game, lsgan.FollowRidge((0.1, 0.01)), pair([0.0], [0.0]))
    expected = [1 - 0.4, 1 - 0.01 * (-6 + 81 / 4)]
    np.testing.assert_allclose(np.sort(np.linalg.eigvals(found)), np.sort(expected), rtol=1e-12)


def test_proximal_without_a_root_is_recorded():
    game = zero_sum(lambda x, y: jnp.sum(x**3 / 3 + 100 * x))  # x' = x + x'^2 + 100 has no root
    path = lsgan.trajectory(game, lsgan.Proximal(1.0), pair([0.0], [0.0]), steps=3)
    assert path.outcome == lsgan.Outcome.overflowed
    assert path.steps_taken == 0


def test_against_optax_alone():
    """Optimistic, and Adam under PerPlayer, against optax driven by hand."""
    game, start = Bilinear(jnp.asarray(1.0)), {"x": 0.8, "y": -0.5}
    for make, rule in (
        (lambda: optax.optimistic_gradient_descent(0.1), lsgan.Optimistic(0.1)),
        (lambda: optax.adam(0.1), lsgan.PerPlayer(optax.adam(0.1), optax.adam(0.1))),
    ):
        own = pair([0.8], [-0.5])
        state, moved, peer = rule.init(own), dict(start), make()
        with jax.numpy_dtype_promotion("standard"):
            peer_state = peer.init(moved)
            for _ in range(4):
                descent = {"x": jnp.asarray(-moved["y"]), "y": jnp.asarray(moved["x"])}
                updates, peer_state = peer.update(descent, peer_state, moved)
                moved = {name: moved[name] + updates[name] for name in moved}
        for _ in range(4):
            own, state = rule.step(game, own, state)
        np.testing.assert_allclose(vector(own), [moved["x"], moved["y"]], rtol=1e-12)


def test_optimisers_of_optax_in_alternating_play():
    """Nesterov, negative momentum and RMSProp, one a player, against their published recursions by hand."""
    game, own = Bilinear(jnp.asarray(1.0)), pair([0.8], [-0.5])
    x, y, trace, mean = 0.8, -0.5, 0.0, 0.0
    with jax.numpy_dtype_promotion("standard"):
        rule = lsgan.PerPlayer(
            optax.sgd(0.1, momentum=-0.4, nesterov=True),
            optax.rmsprop(0.05, decay=0.8, eps=1e-3),
            order="disc",
        )
        state = rule.init(own)
        for _ in range(5):
            own, state = rule.step(game, own, state)
            trace = y - 0.4 * trace  # x ascends x y
            x += 0.1 * (y - 0.4 * trace)
            mean = 0.8 * mean + 0.2 * x**2  # y descends it, after x moved
            y -= 0.05 * x / np.sqrt(mean + 1e-3)
            np.testing.assert_allclose(vector(own), [x, y], rtol=1e-12)


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


def test_schedules():
    """Arrays and functions of the step, one for each player, in a rule with and one without memory."""
    game, start = Bilinear(jnp.asarray(1.0)), pair([0.8], [-0.5])
    sizes = np.array([0.3, 0.2, 0.1])
    for make in (lsgan.Simultaneous, lsgan.Optimistic):
        rule = make((sizes, lambda k: 0.5 / (k + 1)))
        path = lsgan.trajectory(game, rule, start, steps=3)
        x, y, before = 0.8, -0.5, None
        for k in range(3):
            v = np.array([y, -x])
            along = v if before is None or make is lsgan.Simultaneous else 2 * v - before
            x, y, before = x + sizes[k] * along[0], y + 0.5 / (k + 1) * along[1], v
        np.testing.assert_allclose([path.players.disc.values[-1, 0], path.players.gen.values[-1, 0]], [x, y])
    with pytest.raises(ValueError, match="step: expected one size for each of 4 steps, got 3"):
        lsgan.trajectory(game, lsgan.Averaged(lsgan.Alternating(sizes)), start, steps=4)


def test_values_of_a_schedule_are_looked_at():
    """A function of the step that turns negative is refused at once; one that ends at 0 is not."""
    game = lsgan.Game(lsgan.PointMasses([0.0]), lsgan.PointMasses([0.0]), lsgan.Wasserstein())
    players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    falling = lsgan.Simultaneous((0.1, lambda k: 0.35 - 0.1 * k))
    with pytest.raises(ValueError, match=r"finite and >= 0, got -0\.05.* at step 4"):
        lsgan.trajectory(game, falling, players, steps=6)
    end = lsgan.trajectory(game, lsgan.Simultaneous(lambda k: 0.1 * (k < 1)), players, steps=2).players
    assert end.disc.w[2] == end.disc.w[1] != end.disc.w[0]
    with pytest.raises(ValueError, match="nan at step 0"):
        jax.jit(lambda own: lsgan.trajectory(game, lsgan.Optimistic(lambda k: k * np.nan), own, steps=2))(
            players
        )


def test_uniform_average():
    game, start = Bilinear(jnp.asarray(1.0)), pair([0.8], [-0.5])
    inner = lsgan.trajectory(game, lsgan.Simultaneous(0.3), start, steps=5)
    path = lsgan.trajectory(game, lsgan.Averaged(lsgan.Simultaneous(0.3)), start, steps=5)
    means = np.cumsum(np.asarray(inner.players.disc.values[:, 0])) / np.arange(1, 7)
    np.testing.assert_allclose(path.players.disc.values[:, 0], means, rtol=1e-13)


def curved(x, y):
    """A payoff with no symmetry, of vectors of two."""
    return jnp.sum(jnp.sin(x) * y - x**2 * y**2 + jnp.cos(x + 2 * y)) + x[0] * jnp.tanh(x[1] * y[0]) * y[1]


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_every_rule_leaves_alone_what_is_held(dtype):
    """Zero-sum and of two objectives: of (x0, x1, y0, y1) only x1 and y1 move, the others keep every bit."""
    decayed = lsgan.PerPlayer(optax.adamw(0.1, weight_decay=0.5), optax.adamw(0.1, weight_decay=0.5), "gen")
    rules = RULES | {"weight decay": decayed}
    fixed = {
        name: rules.pop(name)
        for name in list(rules)
        if "per player" in name or name in ("weight decay", "preconditioned")
    }
    rules, start = jax.tree.map(lambda x: x.astype(dtype), (rules, pair([0.7, 0.3], [-0.4, 0.9])))

    def ends(rules, players, apart):
        game = Toy(curved, lambda x, y: curved(x, y) + apart * jnp.sum(x * jnp.tanh(y)))
        found = {}
        for name, rule in (rules | fixed).items():
            part = Restriction(game, players, (1, 3))
            reduced = part.reduce(players)
            state = rule.init(reduced)
            now, after = lsgan.advance(part, rule, reduced, state)
            same = jax.tree.map(lambda new, old: jnp.asarray(new).dtype == old.dtype, after, state)
            assert all(jax.tree.leaves(same)), name
            found[name] = vector(part.whole(now))
        return found

    before = vector(start)[None]
    apart = jnp.asarray([0, 1], dtype)  # zero-sum, and not
    for name, end in jax.jit(jax.vmap(ends, in_axes=(None, None, 0)))(rules, start, apart).items():
        assert end.dtype == dtype, name
        np.testing.assert_array_equal(end[:, ::2], jnp.tile(before[:, ::2], (2, 1)), err_msg=name)
        assert np.isfinite(end).all(), name
        assert (end[:, 1::2] != before[:, 1::2]).all(), name


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


@pytest.mark.slow
def test_simulate_and_predict():
    """A state with counters and schedules goes through ensembles and through their prediction."""
    game = lsgan.Game(lsgan.PointMasses([0.5, 2.0]), lsgan.PointMasses([0.3, 0.9]), lsgan.NonSaturating())
    players, free = lsgan.Players(lsgan.Sigmoid(w=1.2, b=-1.0), lsgan.Shift(shift=0.4)), ("b", "shift")
    rule = lsgan.Averaged(lsgan.Optimistic((np.full(4, 0.4), lambda k: 0.3 / (k + 1))))
    setting = {"samples": 4000, "steps": 4, "free": free}
    runs = lsgan.simulate(game, rule, players, key=jax.random.key(0), runs=2, **setting)
    path = lsgan.trajectory(game, rule, players, steps=4, free=free)
    band = lsgan.predict(game, rule, players, **setting)
    np.testing.assert_allclose(band.mean[:, 0], path.players.disc.b, rtol=1e-12)
    off = (np.asarray(runs.values)[:, 1:] - band.mean[1:][None]) / band.std[1:][None]
    assert 0.1 < np.abs(off).max() < 4.5


@pytest.mark.slow
@pytest.mark.parametrize("name", RULES)
def test_every_rule_trains_on_samples(name):
    """The same rule on a game of two objectives: exact, and on samples, which stray by their noise."""
    game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.NonSaturating())
    players, free = lsgan.Players(lsgan.Sigmoid(w=1.2, b=-1.0), lsgan.Square(g=1.5, h=0.4)), ("b", "h")
    path = lsgan.trajectory(game, RULES[name], players, steps=5, free=free)
    runs = lsgan.simulate(
        game, RULES[name], players, key=jax.random.key(0), runs=4, samples=4000, steps=5, free=free
    )
    exact = np.stack([path.players.disc.b, path.players.gen.h], axis=-1)
    moved = np.linalg.norm(exact[-1] - exact[0])
    off = np.linalg.norm(np.asarray(runs.values)[:, -1] - exact[-1], axis=-1)
    assert moved > 0.02
    assert 0 < off.max() < 0.5 * moved


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lsgan.Alternating(0.0), "step: expected a finite number > 0, got 0.0"),
        (lambda: lsgan.Extragradient((0.1, -1.0)), "step: expected a finite number > 0, got -1.0"),
        (lambda: lsgan.Optimistic(np.array([0.1, 0.0])), "step: expected a finite number > 0"),
        (
            lambda: lsgan.Proximal(np.ones((2, 2))),
            r"step: expected a number.* shape \(2, 2\)",
        ),
        (lambda: lsgan.Proximal(np.ones(0)), r"step: expected a number.* shape \(0,\)"),
        (lambda: lsgan.Lola(lambda k: jnp.ones(2)), r"function whose values are numbers, got shape \(2,\)"),
        (lambda: lsgan.Unrolled(0.1, k=0), "k: expected an integer >= 1, got 0"),
        (lambda: lsgan.Alternating(0.1, disc_steps=0), "disc_steps: expected an integer >= 1, got 0"),
        (lambda: lsgan.Alternating(0.1, gen_steps=1.5), "gen_steps: expected an integer >= 1, got 1.5"),
        (lambda: lsgan.Alternating(0.1, order="D"), "order: expected 'disc' or 'gen'.* got 'D'"),
        (lambda: lsgan.PerPlayer(optax.sgd(0.1), 0.1), "gen: expected an optax.GradientTransformation"),
        (lambda: lsgan.PerPlayer(optax.sgd(0.1), optax.sgd(0.1), "both"), "order: expected 'simultaneous'"),
        (lambda: lsgan.Consensus(0.1, strength=0.0), "strength: expected a finite number > 0, got 0.0"),
        (lambda: lsgan.Averaged(0.1), "rule: expected an update rule"),
        (
            lambda: lsgan.Averaged(lsgan.Lola(0.1), decay=1.0),
            r"in \[0, 1\), got 1.0",
        ),
        (
            lambda: lsgan.step_jacobian(dirac(), lsgan.Lola(0.1), DIRAC, ("x",)),
            "free: expected distinct",
        ),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(ValueError, match=message):
        make()
