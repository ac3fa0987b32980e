"""Certificates: no theorem is taken for another game, whatever its parts are called."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree
from scipy import integrate, special

import lsgan_analytic as lsgan
from lsgan_analytic.losses.base import Scaled, Squared, SquaredComplement, SquaredDistance
from lsgan_analytic.solved.rsee.game import generator_factor, solved_cost

Verdict = lsgan.Verdict
PAPER = lsgan.Players(lsgan.Erf(1.0, 0.0), lsgan.Square(1.0, 0.0))


class Climbing(lsgan.SquaredMinimax):
    """The generator ascends J."""

    def objectives(self, real, fake):
        cost = real(self.real) + fake(self.fake)
        return cost, -cost


class Curved(lsgan.SquaredMinimax):
    """The generator descends (J - 1/2)^2."""

    def objectives(self, real, fake):
        cost = real(self.real) + fake(self.fake)
        return cost, jnp.square(cost - 0.5)


class Halted(lsgan.SquaredMinimax):
    """The generator does not see J."""

    def objectives(self, real, fake):
        cost = real(self.real) + fake(self.fake)
        return cost, jax.lax.stop_gradient(cost)


class Sine(Squared):
    """Not a square, in spite of its class."""

    def __call__(self, t):
        return jnp.sin(9 * t)


class Wide(lsgan.Rayleigh):
    """Not a Rayleigh law, in spite of its class."""

    def from_chart(self, t):
        return 3 * t - 1


class Other(lsgan.Game):
    """Another game."""

    def objectives(self, players):
        rising, falling = super().objectives(players)
        return rising, falling + jnp.square(players.gen.h)


def paper(loss=None, latent=None, kind=lsgan.Game, **more):
    return kind(lsgan.Exponential(0.5), latent or lsgan.Rayleigh(), loss or lsgan.SquaredMinimax(), **more)


DISGUISED = {
    "labels": paper(lsgan.SquaredMinimax(fake=SquaredDistance(0.5))),
    "swapped": paper(lsgan.SquaredMinimax(real=SquaredComplement(), fake=Squared())),
    "negative": paper(lsgan.SquaredMinimax(fake=Scaled(-1.0, SquaredComplement()))),
    "subclass of an integrand": paper(lsgan.SquaredMinimax(fake=Sine())),
    "climbing": paper(Climbing()),
    "curved": paper(Curved()),
    "halted": paper(Halted()),
    "target": paper(lsgan.LeastSquares(target=0.5)),
    "changed target": paper(eqx.tree_at(lambda loss: loss.fake, lsgan.LeastSquares(), SquaredDistance(0.5))),
    "subclass of a law": paper(latent=Wide()),
    "another latent": paper(latent=lsgan.Exponential(1.0)),
    "subclass of Game": paper(kind=Other),
    "regularizer": paper(regularizers=(lsgan.R2(0.5),)),
    "noise": paper(regularizers=(lsgan.InstanceNoise(0.5),)),
}
PROVED = {
    "paper": (paper(), 1.0),
    "Mao": (paper(lsgan.LeastSquares()), 0.5),
    "scale": (paper(latent=lsgan.Rayleigh(2.0)), 1.0),
    "scaled": (paper(lsgan.SquaredMinimax(fake=Scaled(3.0, SquaredDistance(1.0)))), 3.0),
    "other data": (lsgan.Game(lsgan.Normal(), lsgan.Rayleigh(), lsgan.SquaredMinimax()), 1.0),
}


@pytest.mark.parametrize("name", [name for name in DISGUISED if name != "changed target"])
def test_no_theorem_is_taken_for_another_game(name):
    assert generator_factor(DISGUISED[name], PAPER) is None
    if name not in ("climbing", "curved", "halted"):  # their J is the paper's
        assert not solved_cost(DISGUISED[name], PAPER)


@pytest.mark.parametrize("name", PROVED)
def test_the_theorem_holds_by_what_is_computed(name):
    game, factor = PROVED[name]
    assert generator_factor(game, PAPER) == factor
    shown = lsgan.no_stationary_point(game, PAPER, {"h": (-2, 2), "b": (-1, 1)})
    assert shown.verdict is Verdict.none_by_formula
    players = lsgan.Players(lsgan.Erf(1.0, 0.4), lsgan.Square(1.0, 1.3))
    assert np.log(abs(float(lsgan.field(game, players).gen.h))) > shown.log_bound


def test_a_root_of_another_label():
    """SquaredMinimax with (t - 1/2)^2: E[(D - 1/2) D'] = 0 at h = -.570534 (SciPy); it was proved away."""

    def slope(h):
        def integrand(s):
            u = s + h
            return np.exp(-s) * special.erf(u) * np.exp(-u * u)

        return integrate.quad(integrand, 0, 40, points=[1, 3, 8], epsabs=1e-13)[0]

    game = DISGUISED["labels"]
    found = lsgan.stationary_points(game, PAPER, {"h": (-8, 8)})
    near = found.points[np.abs(found.points[:, 0] + 0.570534).argmin(), 0]
    assert near == pytest.approx(-0.570534, abs=1e-6)
    assert abs(slope(near)) < 1e-12
    assert lsgan.no_stationary_point(game, PAPER, {"h": (-8, 8)}).verdict is Verdict.undecided


def test_nothing_is_proved_at_a_constant_discriminator():
    """a = b = 0 and g + h = 1/c is stationary: a box that holds or touches a = 0 is not excluded."""
    players = lsgan.Players(lsgan.Erf(1.0, 0.0), lsgan.Square(1.5, 0.5))
    at = lsgan.Players(lsgan.Erf(0.0, 0.0), lsgan.Square(1.5, 0.5))
    np.testing.assert_allclose(ravel_pytree(lsgan.field(paper(), at))[0], 0, atol=1e-14)
    for a in ((0.0, 1.0), (-1.0, 0.0), (-0.5, 0.5)):
        box = {"a": a, "h": (0.0, 1.0)}
        assert lsgan.no_stationary_point(paper(), players, box, boxes=1000).verdict is Verdict.undecided


def test_extremes_and_levels_of_the_swapped_game():
    """J = E[(1 - D)^2] + E[D(G)^2] on a grid; the bounds of the paper's J do not hold for it."""
    game, players = DISGUISED["swapped"], lsgan.Players(lsgan.Erf(2.2, -3.0), lsgan.Square(1.5, -2.0))
    found = lsgan.extremes(game, players, {"h": (-3, 3)}, gap=1e-3)
    assert not found.proved
    cost = lsgan.surface(game.cost, players, {"h": np.linspace(-3, 3, 61)})
    assert found.least.bound <= float(cost.min()) + 1e-9
    assert found.least.value <= float(cost.min()) + 1e-3
    assert found.greatest.bound >= float(cost.max()) - 1e-9
    for level, at in zip(lsgan.asymptotes(game, players, free=("h",)), (1e3, -1e3), strict=True):
        far = lsgan.Players(players.disc, lsgan.Square(1.5, at))
        assert level.value == pytest.approx(float(game.cost(far)), abs=1e-6)
    for name in ("subclass of a law", "another latent"):
        (level, _) = lsgan.asymptotes(DISGUISED[name], players, free=("h",))
        far = lsgan.Players(players.disc, lsgan.Square(1.5, 1e3))
        assert level.value == pytest.approx(float(DISGUISED[name].cost(far)), abs=1e-6)


def test_levels_where_data_or_samples_are_a_point_at_the_step():
    """Data loc + scale E with loc = scale = 0: D is 1/2 (1 + erf b) on them for every a."""
    data = lsgan.laws.ShiftedExponential(0.0, 0.0)
    game = lsgan.Game(data, lsgan.Rayleigh(), lsgan.SquaredMinimax())
    players = lsgan.Players(lsgan.Erf(2.0, 0.4), lsgan.Square(0.0, -1.0))
    up, down = lsgan.asymptotes(game, players, free=("a",))
    first = (0.5 * special.erfc(-0.4)) ** 2
    assert (up.value, down.value) == pytest.approx((first + 1, first), abs=1e-14)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"box": {"b": 1}}, r"box: expected \(low, high\) for 'b', got 1"),
        ({"box": {"b": "01"}}, r"box: expected \(low, high\) for 'b', got '01'"),
        ({"box": {"b": (0, "1")}}, r"box\['b'\]: expected a Python number, got '1'"),
        ({"box": {"b": None}}, r"box: expected \(low, high\) for 'b', got None"),
        ({"box": [("b", (0, 1))]}, r"box: expected \{name: \(low, high\)\}, got"),
        ({"box": {"b": (1, 1 + 1e-18)}}, "box: expected low < high for 'b'"),
        ({"free": "b"}, "free: expected a sequence of names, got 'b'"),
        ({"free": 3}, "free: expected a sequence of names, got 3"),
        ({"game": "game"}, "game: expected a game"),
        ({"players": {"b": 1.0}}, "players: expected lsgan.Players"),
        ({"players": None}, "players: expected lsgan.Players"),
    ],
)
@pytest.mark.parametrize("search", [lsgan.stationary_points, lsgan.no_stationary_point])
def test_bad_input(search, arguments, message):
    given = {"game": paper(), "players": PAPER, "box": {"b": (0.0, 1.0)}, **arguments}
    with pytest.raises(ValueError, match=message):
        search(**given)
