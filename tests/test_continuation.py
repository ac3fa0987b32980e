"""Continuation: normal forms, borders of stability that are known exactly, bad input."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from problems import CASES

import lsgan_analytic as lsgan

POINT = lsgan.PointMasses([0.0])
CENTRE = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))
FREE = ("w", "shift")


class Toy(lsgan.AbstractGame):
    """D ascends and G descends payoffs of (w, shift, parameter)."""

    payoffs: callable = eqx.field(static=True)
    parameter: jax.Array

    def objectives(self, players):
        return self.payoffs(players.disc.w, players.gen.shift, self.parameter)


class Plane(lsgan.updates.AbstractRule):
    """A map of (w, shift) that ignores the game."""

    function: callable = eqx.field(static=True)
    parameter: jax.Array

    def init(self, players):
        return None

    def step(self, game, players, state):
        there = self.function(players.disc.w, players.gen.shift, self.parameter)
        return eqx.tree_at(lambda own: (own.disc.w, own.gen.shift), players, there), state


def at(w=0.0, shift=0.0):
    return lsgan.Players(disc=lsgan.Linear(w=w), gen=lsgan.Shift(shift=shift))


def flow(payoffs):
    return lambda parameter: Toy(payoffs, jnp.asarray(parameter))


def rule(function):
    return lambda parameter: (lsgan.Game(POINT, POINT, lsgan.Wasserstein()), Plane(function, parameter))


def dirac(strength):
    return lsgan.Game(POINT, POINT, lsgan.Minimax(), regularizers=(lsgan.R1(strength),))


def found(branch):
    return [event.kind for event in branch.bifurcations], [e.parameter for e in branch.bifurcations]


def test_fold():
    """w' = p - w^2, shift' = -shift: the branch w = sqrt(p) turns at 0 and comes back as -sqrt(p)."""
    branch = lsgan.continue_branch(
        flow(lambda w, s, p: (p * w - w**3 / 3, s * s / 2)), at(1.0, 0.1), 1.0, -1.0, free=FREE
    )
    kinds, places = found(branch)
    assert kinds == ["fold"]
    np.testing.assert_allclose(places, 0, atol=1e-12)
    w = np.asarray(branch.players.disc.w)
    np.testing.assert_allclose(w**2, branch.parameter, atol=1e-10)
    np.testing.assert_allclose([w[0], w[-1]], [1, -1], atol=1e-10)
    np.testing.assert_array_equal(branch.stable, w > 0)
    assert branch.ended == "the parameter reached 1"
    np.testing.assert_allclose(branch.bifurcations[0].eigenvalues, [0, -1], atol=1e-5)


def test_hopf_but_no_neutral_saddle():
    """The normal form turned by 2 p: pairs p +- i, so a Hopf point at 0 and nothing else."""

    def payoffs(w, s, p):
        rising = p * w**2 / 2 - w * s - w**4 / 4 - w**2 * s**2 / 2
        return rising, -(w * s + p * s**2 / 2 - w**2 * s**2 / 2 - s**4 / 4)

    branch = lsgan.continue_branch(flow(payoffs), at(), -0.7, 1.0, free=FREE)
    kinds, places = found(branch)
    assert kinds == ["hopf"]
    np.testing.assert_allclose(places, 0, atol=1e-12)
    np.testing.assert_allclose(branch.bifurcations[0].eigenvalues, [1j, -1j], atol=1e-12)
    assert "Hopf" in str(branch.bifurcations[0])
    np.testing.assert_array_equal(branch.stable, branch.parameter < 0)
    # w' = p w, shift' = -shift/2: at p = 1/2 the eigenvalues sum to 0, and at p = 0 another branch crosses
    saddle = flow(lambda w, s, p: (p * w**2 / 2 - w**4 / 4, s * s / 4))
    assert found(lsgan.continue_branch(saddle, at(), -0.3, 1.0, free=FREE))[0] == ["branch_point"]


def test_flip():
    """The logistic map doubles its period at r = 3; its fixed point is 1 - 1/r."""
    logistic = rule(lambda w, s, r: (r * w * (1 - w), 0.3 * s))
    branch = lsgan.continue_branch(logistic, at(0.5), 2.05, 3.4, free=FREE)
    kinds, places = found(branch)
    assert kinds[-1] == "flip"
    np.testing.assert_allclose(places[-1], 3, rtol=1e-11)
    np.testing.assert_allclose(branch.players.disc.w, 1 - 1 / branch.parameter, rtol=1e-10)
    np.testing.assert_allclose(np.sort(branch.eigenvalues.real)[-1], [2 - branch.parameter[-1], 0.3])


def test_neimark_sacker():
    """The delayed logistic map (w, s) -> (r w (1 - s), w) at r = 2, multipliers e^{+-i pi/3}."""
    delayed = rule(lambda w, s, r: (r * w * (1 - s), w))
    branch = lsgan.continue_branch(delayed, at(0.3, 0.3), 1.4, 2.2, free=FREE)
    kinds, places = found(branch)
    assert kinds == ["neimark_sacker"]
    np.testing.assert_allclose(places, 2, rtol=1e-11)
    np.testing.assert_allclose(branch.bifurcations[0].eigenvalues, np.exp([1j, -1j] * np.array(np.pi / 3)))


def test_r1_strength_where_eigenvalues_turn_real():
    """Mescheder et al. (2018): -g/2 +- sqrt(g^2/4 - f'(0)^2), critical at g = 2 f'(0) = 1."""
    branch = lsgan.continue_branch(dirac, at(0.01, 0.01), 0.1, 2.0, free=FREE)
    kinds, places = found(branch)
    assert kinds == ["node_focus"]
    np.testing.assert_allclose(places, 1, rtol=1e-9)
    assert branch.stable.all()
    root = np.sqrt(branch.parameter.astype(complex) ** 2 / 4 - 0.25)
    np.testing.assert_allclose(branch.eigenvalues[:, 0], -branch.parameter / 2 + root, atol=1e-7)


@pytest.mark.parametrize("dtype", [jnp.float64, jnp.float32])
def test_largest_step(dtype):
    """Mescheder et al. (2017): stable iff h < (2/|Re l|)/(1 + (Im l/Re l)^2), the first by Neimark-Sacker.

    g = 0.3: |l|^2 = f'(0)^2 = 1/4 and |Re l| = 0.15, so h = 2 * 0.15/0.25 = 1.2.
    """
    game, centre = jax.tree.map(lambda x: jnp.asarray(x, dtype), (dirac(0.3), CENTRE))
    branch = lsgan.continue_branch(lambda step: (game, lsgan.Simultaneous(step)), centre, 0.2, 2.0, free=FREE)
    kinds, places = found(branch)
    assert kinds == ["neimark_sacker"]
    np.testing.assert_allclose(places, 1.2, rtol=1e-9 if dtype == jnp.float64 else 1e-4)
    assert branch.players.disc.w.dtype == dtype


def test_along_the_rate_of_the_data():
    """Mao's game with a logistic D, cut at g = 1: the means agree, h = 1/c - 1."""

    def game(rate):
        loss = lsgan.LeastSquares(fake=0, real=1, target=1)
        return lsgan.Game(lsgan.Exponential(rate), lsgan.Rayleigh(), loss)

    start = lsgan.Players(lsgan.Logistic(a=1.0, b=0.0), lsgan.Square(g=1.0, h=1.0))
    branch = lsgan.continue_branch(game, start, 0.5, 1.5, free=("a", "b", "h"))
    assert branch.parameter[-1] == pytest.approx(1.5)
    np.testing.assert_allclose(branch.players.gen.h, 1 / branch.parameter - 1, atol=1e-9)
    np.testing.assert_allclose(branch.players.disc.a, 1, atol=1e-9)
    assert branch.stable.all()


def test_along_the_rate_ratio():
    """l^2 + r g l + r/4 = 0 with g = 0.5: real from r = 1/g^2 = 4 on; steps (r h, h) multiply by 1 + h l."""
    h, game = 0.1, dirac(0.5)
    branch = lsgan.continue_branch(
        lambda r: (game, lsgan.Simultaneous((r * h, h))), CENTRE, 1.0, 6.0, free=FREE
    )
    kinds, places = found(branch)
    assert kinds == ["node_focus"]
    np.testing.assert_allclose(places, 4, rtol=1e-9)
    r = branch.parameter.astype(complex)
    leading = 1 + h * (-r * 0.5 + np.sqrt((r * 0.5) ** 2 - r)) / 2
    np.testing.assert_allclose(np.abs(branch.eigenvalues[:, 0] - leading).max(), 0, atol=1e-6)


def test_the_papers_game_has_no_equilibrium_to_follow():
    case = CASES["A"]

    def game(rate):
        return lsgan.Game(lsgan.Exponential(rate), case.game.latent, case.game.loss)

    with pytest.raises(ValueError, match="players: expected an equilibrium nearby at start"):
        lsgan.continue_branch(game, case.players, 0.5, 1.0)


def test_a_line_of_equilibria_is_told():
    line = flow(lambda w, s, p: (-((w - s) ** 2) / 2 + p * 0, (w - s) ** 2 / 2))
    with pytest.raises(ValueError, match="expected an isolated branch, found a manifold of equilibria"):
        lsgan.continue_branch(line, at(0.2, 0.1), 0.0, 1.0, free=FREE)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"stop": 0.2}, "stop: expected another value than start=0.2, got 0.2"),
        ({"start": np.nan}, r"start: expected a finite number, got nan"),
        ({"step": -0.1}, "step: expected a finite number in"),
        ({"max_step": 1e-3}, "max_step: expected a finite number in"),
        ({"free": ("x",)}, "free: expected distinct names"),
        ({"max_points": 0}, "max_points: expected an integer >= 1, got 0"),
        ({"free": "w"}, "free: expected a sequence of names, got 'w'"),
        ({"system": 3.0}, "system: expected a function of the parameter that makes a game, got 3.0"),
        ({"players": {}}, "players: expected lsgan.Players"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        lsgan.continue_branch(**{"system": dirac, "players": CENTRE, "start": 0.2, "stop": 2.0, **arguments})


# ---- equal pairs ------------------------------------------------------------------------------------


class Twins(lsgan.AbstractGame):
    """Payoffs of two equal pairs of players, whose sums are the objectives."""

    payoffs: callable = eqx.field(static=True)
    parameter: jax.Array

    def objectives(self, players):
        rising, falling = self.payoffs(players.disc.w, players.gen.shift, self.parameter)
        return jnp.sum(rising), jnp.sum(falling)


def twins(w=(0.0, 0.0), shift=(0.0, 0.0)):
    disc = eqx.tree_at(lambda own: own.w, lsgan.Linear(w=0.0), jnp.asarray(w))
    gen = eqx.tree_at(lambda own: own.shift, lsgan.Shift(0.0), jnp.asarray(shift))
    return lsgan.Players(disc=disc, gen=gen)


TWIN_NAMES = ("w[0]", "w[1]", "shift[0]", "shift[1]")


def doubled(function):
    return lambda p: (lsgan.Game(POINT, POINT, lsgan.Wasserstein()), Plane(function, p))


def turned(w, s, p):
    """Multipliers p e^{+-i/2}."""
    c, d = np.cos(0.5), np.sin(0.5)
    return p * (c * w - d * s), p * (d * w + c * s)


def spiral(w, s, p):
    """Eigenvalues p +- i."""
    return p * w**2 / 2 - w * s, -(w * s + p * s**2 / 2)


EQUAL = {
    "hopf": (lambda p: Twins(spiral, p), -0.7, 1.0, 0.0, 2),
    "neimark_sacker": (doubled(turned), 0.6, 1.5, 1.0, 2),
    "flip": (doubled(lambda w, s, p: (-p * w, 0.3 * s)), 0.7, 1.4, 1.0, 2),
    "flip of four": (doubled(lambda w, s, p: (-p * w, -p * s)), 0.7, 1.4, 1.0, 4),
    "branch_point": (doubled(lambda w, s, p: (p * w - w**3, 0.3 * s)), 0.55, 1.4, 1.0, 2),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_pairs(name):
    """The product of two equal test functions does not change its sign; the count of unstable ones does."""
    system, start, stop, place, multiplicity = EQUAL[name]
    branch = lsgan.continue_branch(system, twins(), start, stop, free=TWIN_NAMES)
    (event,) = branch.bifurcations
    assert (event.kind, event.multiplicity) == (name.split()[0], multiplicity)
    assert event.parameter == pytest.approx(place, abs=1e-9)
    assert f"({multiplicity} at once)" in str(event)


def test_the_dirac_gan_on_the_plane():
    """Two coordinates, two equal pairs: |mu|^2 = 1 - .3 h + h^2/4 passes 1 at h = 1.2; g = 1 is critical."""
    point = lsgan.PointMasses([[0.0, 0.0]])
    players = lsgan.Players(lsgan.Plane([0.0, 0.0]), lsgan.AffineMap())
    game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=(lsgan.R1(0.3),))
    free = ("w[0]", "w[1]", "shift[0]", "shift[1]")
    branch = lsgan.continue_branch(lambda h: (game, lsgan.Simultaneous(h)), players, 0.1, 3.0, free=free)
    (event,) = branch.bifurcations
    assert (event.kind, event.multiplicity) == ("neimark_sacker", 2)
    assert event.parameter == pytest.approx(1.2, abs=1e-9)
    assert branch.stable.tolist() == (branch.parameter < 1.2).tolist()


def test_neutral_pairs_hide_nothing_and_are_not_counted():
    """Eigenvalues +- 2 i all along, beside a pair p +- i."""

    def payoffs(w, s, p):
        own, turns = jnp.asarray([1.0, 0.0]), jnp.asarray([1.0, 2.0])
        return own * p * w**2 / 2 - turns * w * s, -(turns * w * s + own * p * s**2 / 2)

    branch = lsgan.continue_branch(lambda p: Twins(payoffs, p), twins(), -0.7, 1.0, free=TWIN_NAMES)
    (event,) = branch.bifurcations
    assert (event.kind, event.multiplicity) == ("hopf", 1)
    assert event.parameter == pytest.approx(0, abs=1e-9)
