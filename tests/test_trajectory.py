"""Paths: known end points, subsets of free parameters, outcomes, bad input."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES
from scipy.special import erfc

import lsgan_analytic as lsgan

PLAY = lsgan.Simultaneous(step=0.4)


def ends(path):
    return [float(x[-1]) for x in jax.tree.leaves(path.players)]


class Toy(lsgan.AbstractGame):
    """A zero-sum game of four numbers: D ascends and G descends ``payoff(a, b, g, h)``."""

    payoff: callable = eqx.field(static=True)

    def objectives(self, players):
        value = self.payoff(players.disc.a, players.disc.b, players.gen.g, players.gen.h)
        return value, value

    def cost_terms(self, players):
        value, _ = self.objectives(players)
        return value, jnp.zeros_like(value)

    def in_domain(self, players):
        return players.disc.in_domain()


class Positive(lsgan.Erf):
    """The erf discriminator, said to be defined for a > 0 only."""

    def in_domain(self):
        return self.a > 0


def start(a=1.0, b=0.5, g=1.0, h=-0.5):
    return lsgan.Players(disc=lsgan.Erf(a=a, b=b), gen=lsgan.Square(g=g, h=h))


def test_known_end_of_case_a():
    case = CASES["A"]
    path = lsgan.trajectory(case.game, PLAY, case.players, steps=249)
    np.testing.assert_allclose(ends(path), (4.34074, 1.35151, 3.21956, 0.86069), atol=5e-6)
    np.testing.assert_allclose(path.cost[-1], 0.99831, atol=5e-6)
    assert path.players.disc.b.shape == (250,)
    assert path.cost_terms.shape == (250, 2)
    assert path.steps_taken == 249
    assert path.outcome == lsgan.Outcome.plateau


def test_against_a_loop_in_numpy():
    """Signs, order of update and which point J belongs to: an independent rendering by quadrature."""
    case = CASES["B"]
    t, w = np.polynomial.legendre.leggauss(400)
    t, w = 3.2 * (t + 1), 3.2 * w
    s, mass = t**2, w * 2 * t * np.exp(-(t**2))  # E ~ Exp(1)
    a, b, g, h = case.a, case.b, case.g, case.h
    rows = []
    for _ in range(12):
        x, y = s / case.c, g * s + h
        dx, dy = erfc(-(a * x + b)) / 2, erfc(-(a * y + b)) / 2
        px, py = (np.exp(-(v**2)) / np.sqrt(np.pi) for v in (a * x + b, a * y + b))
        rows.append((a, b, g, h, mass @ dx**2, mass @ (1 - dy) ** 2))
        ja = mass @ (2 * dx * px * x) - mass @ (2 * (1 - dy) * py * y)
        jb = mass @ (2 * dx * px) - mass @ (2 * (1 - dy) * py)
        jg, jh = -mass @ (2 * (1 - dy) * py * a * s), -mass @ (2 * (1 - dy) * py * a)
        a, b, g, h = a + 0.4 * ja, b + 0.4 * jb, g - 0.1 * jg, h - 0.1 * jh
    path = lsgan.trajectory(case.game, lsgan.Simultaneous(step=(0.4, 0.1)), case.players, steps=11)
    columns = np.stack([*jax.tree.leaves(path.players), *path.cost_terms.T], axis=1)
    np.testing.assert_allclose(columns, rows, atol=1e-12)


@pytest.mark.parametrize("free", [("b", "h"), ("h",), ("a", "g", "h"), ("h", "b")])
def test_only_the_free_parameters_move(case, free):
    path = lsgan.trajectory(case.game, PLAY, case.players, steps=5, free=free)
    for name, values in zip("abgh", jax.tree.leaves(path.players), strict=True):
        assert (values[1] != values[0]) == (name in free)
    slope = lsgan.gradient(case.game, case.players)
    if "b" in free:
        np.testing.assert_allclose(path.players.disc.b[1] - case.b, 0.4 * slope.disc.b, rtol=1e-12)


@pytest.mark.parametrize("free", [("b", "h"), None], ids=["2-D", "4-D"])
def test_the_papers_paths_end_on_plateaus(case, free):
    path = lsgan.trajectory(case.game, PLAY, case.players, steps=249, free=free)
    assert path.outcome == lsgan.Outcome.plateau
    assert path.evidence.field_norm < 1e-2
    assert 0.3 < path.evidence.newton_ratio < 0.4  # 1/e: Newton's method runs after a tail
    np.testing.assert_allclose(path.evidence.field_norm, path.field_norm[-1], rtol=1e-12)
    assert abs(path.cost[-1] - 1) < 2e-3
    assert "plateau" in lsgan.Outcome[path.outcome]
    assert "leaves 0.3" in str(path.evidence)


def test_an_underflowed_gradient_is_a_plateau():
    path = lsgan.trajectory(CASES["A"].game, PLAY, start(a=2.2, b=60.0), steps=2)
    assert path.field_norm[-1] == 0
    assert path.outcome == lsgan.Outcome.plateau


def test_a_slow_stretch_is_not_a_plateau():
    """Case B from (b, h) = (-3, -1): the field is below the tolerance after 249 steps, and growing."""
    case = CASES["B"]
    players = lsgan.Players(disc=lsgan.Erf(a=case.a, b=-3.0), gen=lsgan.Square(g=case.g, h=-1.0))
    path = lsgan.trajectory(case.game, PLAY, players, steps=249, free=("b", "h"))
    assert path.field_norm[-1] < 1e-2
    assert path.evidence.growth > 0.1
    assert path.outcome == lsgan.Outcome.moving
    later = lsgan.trajectory(case.game, PLAY, players, steps=2490, free=("b", "h"))
    assert later.field_norm[-1] > 0.1


def test_growth_is_that_of_the_path():
    case, steps = CASES["A"], 3
    path = lsgan.trajectory(case.game, lsgan.Simultaneous(step=1e-4), case.players, steps=steps)
    slope = jnp.diff(jnp.log(path.field_norm))[-1]
    np.testing.assert_allclose(path.evidence.growth, slope * steps, rtol=1e-3)


@pytest.mark.parametrize("free", [("b", "h"), None], ids=["2-D", "4-D"])
@pytest.mark.parametrize("b", [7.0, 9.0, 14.0, 20.0, 25.0])
def test_deep_plateaus(b, free):
    """The squares of the field underflow from b = 14 on in float64, and from b = 7 on in float32."""
    case = CASES["A"]
    players = start(a=2.2, b=b, g=1.5, h=-2.0)
    path = lsgan.trajectory(case.game, PLAY, players, steps=3, free=free)
    assert path.outcome == lsgan.Outcome.plateau
    assert path.field_norm[-1] > 0
    assert 0.3 < path.evidence.newton_ratio < 0.4
    single = jax.tree.map(lambda x: x.astype(jnp.float32), (case.game, PLAY, players))
    assert lsgan.trajectory(*single, steps=3, free=free).outcome == lsgan.Outcome.plateau


def test_a_far_root_is_no_point():
    """Newton steps that happen to land low far away, in a game that has no root at all."""
    case, play = CASES["B"], {"steps": 249}
    players = start(a=-3.075, b=4.634, g=0.408, h=4.873)
    path = lsgan.trajectory(case.game, PLAY, players, **play)
    assert path.outcome != lsgan.Outcome.point


def test_still_moving(case):
    path = lsgan.trajectory(case.game, PLAY, case.players, steps=20)
    assert path.outcome == lsgan.Outcome.moving


@pytest.mark.parametrize("steps", [60, 500], ids=["near", "at rest to rounding"])
def test_a_point(steps):
    game = Toy(lambda a, b, g, h: -((a - 1) ** 2) - (b + 2) ** 2 + g**2 + (h - 3) ** 2 + a * g)
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=0.1), start(), steps=steps)  # pyright: ignore
    assert path.outcome == lsgan.Outcome.point
    np.testing.assert_allclose(ends(path), (0.8, -2, -0.4, 3), atol=1e-2)


def test_a_line_of_points():
    """A degenerate equilibrium: the Newton step is the shortest one to the line."""
    game = Toy(lambda a, b, g, h: -((a + b - 1) ** 2) + (g - h) ** 2)
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=0.1), start(), steps=40)  # pyright: ignore
    assert path.outcome == lsgan.Outcome.point


def test_overflow_is_an_outcome():
    game = Toy(lambda a, b, g, h: jnp.exp(a * a) - g**2)
    path = lsgan.trajectory(game, lsgan.Simultaneous(step=1.0), start(a=2.0), steps=30)  # pyright: ignore
    assert path.outcome == lsgan.Outcome.overflowed
    assert 0 < path.steps_taken < 30
    assert np.isfinite(ends(path)).all()
    last = int(path.steps_taken)
    np.testing.assert_array_equal(path.players.disc.a[last:], path.players.disc.a[last])
    assert path.players.disc.a[last] != path.players.disc.a[last - 1]


def test_leaving_the_domain_stops_one_run_and_not_the_others():
    game = Toy(lambda a, b, g, h: -a - b**2 + g**2 + h**2)

    def end(a):
        players = lsgan.Players(disc=Positive(a=a, b=0.5), gen=lsgan.Square(g=1.0, h=-0.5))
        return lsgan.trajectory(game, lsgan.Simultaneous(step=0.1), players, steps=20)  # pyright: ignore

    paths = jax.vmap(end)(jnp.array([1.05, 9.0]))
    assert (paths.outcome == lsgan.Outcome.left_domain).tolist() == [True, False]
    assert paths.steps_taken.tolist() == [10, 20]
    np.testing.assert_allclose(paths.players.disc.a[0, 10:], 0.05, atol=1e-12)
    np.testing.assert_allclose(paths.players.disc.a[1, -1], 7.0, rtol=1e-12)


@pytest.mark.slow
def test_a_crossing_of_a_zero_is_not_a_wall():
    """The paper asks for a > 0 and g > 0; the integral does not: both change sign on this path."""
    case, rule = CASES["A"], lsgan.Simultaneous(step=(0.4, 1.5))
    path = lsgan.trajectory(case.game, rule, start(a=-0.02, b=1.78, g=-0.67, h=-2.69), steps=100)
    assert path.steps_taken == 100
    for values in (path.players.disc.a, path.players.gen.g):
        assert values.min() < 0 < values.max()

    def by_rule(players):
        made = lsgan.pushforward(case.game.latent, players.gen)
        real = lsgan.quadrature(case.game.data, players.disc, case.game.loss.real, 2000)
        return jnp.stack([real, lsgan.quadrature(made, players.disc, case.game.loss.fake, 2000)])

    np.testing.assert_allclose(path.cost_terms, jax.vmap(by_rule)(path.players), atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": 0}, "steps: expected an integer >= 1, got 0"),
        ({"steps": 2.5}, "steps: expected an integer >= 1, got 2.5"),
        ({"steps": 3, "free": ("b", "x")}, r"free: expected distinct names out of \('a', 'b', 'g', 'h'\)"),
        ({"steps": 3, "tolerance": -1.0}, "tolerance: expected a finite number > 0, got -1.0"),
    ],
)
def test_bad_arguments(arguments, message):
    case = CASES["A"]
    with pytest.raises(ValueError, match=message):
        lsgan.trajectory(case.game, PLAY, case.players, **arguments)


def test_a_rule_is_asked_for():
    case = CASES["A"]
    with pytest.raises(ValueError, match="rule: expected an update rule"):
        lsgan.trajectory(case.game, 0.4, case.players, steps=3)  # pyright: ignore


@pytest.mark.parametrize("step", [(0.1, 0.2, 0.3), np.ones((1, 2)), (np.ones((3, 1)), 0.1), []])
def test_steps_are_one_or_two(step):
    with pytest.raises(ValueError, match=r"step: expected a number.* or a pair \(disc, gen\) of these, got"):
        lsgan.Simultaneous(step=step)


@pytest.mark.parametrize("step", [0.0, -0.4, np.nan, np.inf, (0.4, -0.1)])
def test_bad_step(step):
    with pytest.raises(ValueError, match="step: expected a finite number > 0, got"):
        lsgan.Simultaneous(step=step)


def test_a_start_that_is_not_finite():
    case = CASES["A"]
    broken = jax.tree.map(lambda x: x * jnp.nan, case.players)  # past the checks of the parts
    with pytest.raises(ValueError, match="players: expected a finite start"):
        lsgan.trajectory(case.game, PLAY, broken, steps=3)
    with pytest.raises(RuntimeError, match="players: expected a finite start"):
        jax.block_until_ready(jax.jit(lambda p: lsgan.trajectory(case.game, PLAY, p, steps=3).cost)(broken))


def test_several_starts_need_vmap():
    case = CASES["A"]
    batch = jax.tree.map(lambda x: jnp.stack([x, x]), case.players)
    with pytest.raises(ValueError, match=r"players: expected one pair \(use jax.vmap for a batch\)"):
        lsgan.trajectory(case.game, PLAY, batch, steps=3)
    paths = jax.vmap(lambda p: lsgan.trajectory(case.game, PLAY, p, steps=3))(batch)
    assert paths.cost_terms.shape == (2, 4, 2)


def test_derivatives_do_not_see_what_comes_after_the_end():
    """x' = x + s x^3 is 2.2 after five steps of s = .1 from 1, and infinite soon after."""
    game = lsgan.FunctionGame(lambda x, y: jnp.sum(x**4) / 4 - jnp.sum(y**2) / 2)

    def end(x, s):
        path = lsgan.trajectory(game, lsgan.Simultaneous(step=s), lsgan.Players(x[None], jnp.ones(1)), 5)
        return path.players.disc[-1, 0] + path.cost[-1]

    at, h = (jnp.asarray(1.0), jnp.asarray(0.1)), 1e-5
    for i in range(2):
        one, other = ([x + sign * h * (i == j) for j, x in enumerate(at)] for sign in (1, -1))
        exact = (end(*one) - end(*other)) / (2 * h)
        np.testing.assert_allclose(jax.grad(end, i)(*at), exact, rtol=1e-6)
        np.testing.assert_allclose(jax.jacfwd(end, i)(*at), exact, rtol=1e-6)
