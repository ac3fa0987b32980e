"""Solved games: asked through the registry alone, and nothing is taken for one of them."""

import ast
import pathlib
import re
import sys
from typing import ClassVar

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic.landscape._distance import distance_to_data
from lsgan_analytic.solved import registry

expectation_module = sys.modules[lsgan.register_closed_form.__module__]  # the function has its name
ROOT = pathlib.Path(lsgan.__file__).parent
#: modules that the rest of the library may not ask: who does knows a solved game
PRIVATE = ("special", "closed_forms", "solved.rsee", "solved.normal_erf", "solved.terms")
PARTS = {"Erf", "Exponential", "Rayleigh", "ShiftedExponential", "Square"}
ABOVE = [
    "landscape",
    "equilibria",
    "stability",
    "bifurcations",
    "stochastic",
    "updates",
    "regularizers",
    "plotting",
    "modes",
]


def modules_above():
    files = [path for room in ABOVE for path in (ROOT / room).glob("*.py")]
    names = ("derivatives", "drift", "flow", "game", "outcome", "restriction", "trajectory")
    return [*files, *(ROOT / f"{name}.py" for name in names)]


def imported(path):
    """The dotted names, relative to the package, of all that a module imports."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            stem = [*package[: len(package) + 1 - node.level], *filter(None, [node.module])]
            yield from (".".join([*stem, alias.name]) for alias in node.names)


def parameters_read(path):
    """Parameters of players that a module reads by name, as in ``players.disc.a``."""
    for node in ast.walk(ast.parse(path.read_text())):
        inner = getattr(node, "value", None)
        if isinstance(node, ast.Attribute) and isinstance(inner, ast.Attribute):
            read = f"{inner.attr}.{node.attr}"
            if re.fullmatch(r"(disc|gen)\.(a|b|g|h|scale|shift)", read):
                yield read


def test_nothing_above_the_solved_games_names_one():
    wrong = {}
    for path in modules_above():
        bad = [*parameters_read(path)]
        bad += [name for name in imported(path) if name.startswith(PRIVATE) or name.split(".")[-1] in PARTS]
        if bad:
            wrong[str(path.relative_to(ROOT))] = bad
    assert not wrong
    assert "solved" in set(imported(ROOT / "derivatives.py"))  # it is seen where it is asked


def test_solved_games_import_nothing_above_them():
    upward = (
        "landscape",
        "equilibria",
        "stability",
        "bifurcations",
        "derivatives",
        "stochastic",
        "trajectory",
        "updates",
        "flow",
    )
    for path in (ROOT / "solved").rglob("*.py"):
        assert not [name for name in imported(path) if name.startswith(upward)], path


class Constant(registry.AbstractSolvedGame):
    """Answers about a logistic D that are wrong, so that they can only be from here."""

    name: ClassVar[str] = "constant"

    def knows(self, players):
        return type(players.disc) is lsgan.Sigmoid

    def log_gradient(self, game, players):
        return (players, players) if self.knows(players) else None

    def cost_bounds(self, game, players, positions):
        def over(low, high):
            return low[:, 0] - 2, high[:, 0] + 4

        return registry.CostBounds(over, lambda low, high: {0: 1}) if self.knows(players) else None

    def generator_gradient_bounds(self, game, players, positions):
        def over(low, high):
            return {"shift": jnp.full(len(low), -7.0)}

        return registry.GradientBounds(over, "is so") if self.knows(players) else None

    def level(self, game, players, name, rate):
        return registry.Limit(5.0, "because") if self.knows(players) else None

    def w1(self, p, q):
        return jnp.asarray(11.0) if type(q) is lsgan.Laplace else None


def test_a_solved_game_is_one_class(monkeypatch):
    """Registered here, it answers everywhere; taken away, the general methods do."""
    game = lsgan.Game(lsgan.Normal(), lsgan.Laplace(), lsgan.SquaredMinimax())
    players = lsgan.Players(lsgan.Sigmoid(1.0, 0.3), lsgan.Shift(0.5))
    box = {"shift": (0.0, 1.0)}
    assert lsgan.asymptotes(game, players, free=("shift",))[0].reason == "extrapolated"
    with pytest.raises(ValueError, match="log_gradient knows the normal/erf and R/S/E/E integrals only"):
        lsgan.log_gradient(game, players)
    monkeypatch.setattr(registry, "_GAMES", [*registry._GAMES])
    lsgan.solved.register_solved_game(Constant())
    level, _ = lsgan.asymptotes(game, players, free=("shift",))
    assert (level.value, level.error, level.reason) == (5.0, 0.0, "because")
    assert lsgan.log_gradient(game, players)[1].gen.shift == 0.5
    shown = lsgan.no_stationary_point(game, players, box)
    assert (shown.verdict, shown.component, shown.log_bound) == (lsgan.Verdict.none_by_formula, "shift", -7.0)
    assert shown.reason.startswith("dJ_G/dshift is so: |dJ_G/dshift| > 10^-3.04")
    found = lsgan.extremes(game, players, box, boxes=1)
    assert found.proved
    assert (found.least.point[0], found.greatest.point[0]) == (0, 1)
    assert (found.least.bound, found.greatest.bound) == (-2, 5)
    assert distance_to_data(game)(players) == 11


def test_only_instances_are_registered():
    with pytest.raises(ValueError, match="solved: expected an instance of an AbstractSolvedGame, got"):
        lsgan.solved.register_solved_game(Constant)  # pyright: ignore[reportArgumentType]


class AnotherCost(lsgan.Game):
    """Not the cost of its parts."""

    def cost_terms(self, players):
        j1, j2 = super().cost_terms(players)
        return j1, j2 + players.disc.b


class Kept(lsgan.SquaredMinimax):
    """The generator descends J only where it is a number."""

    def objectives(self, real, fake):
        cost = real(self.real) + fake(self.fake)
        return cost, 2 * cost if cost == 0 else cost


class Mapped(lsgan.Exponential):
    """Not exponential, in spite of its class."""

    def cdf(self, x):
        return super().cdf(x) ** 2


FAMILIES = {
    "R/S/E/E": (lsgan.Exponential(0.5), lsgan.Rayleigh(), lsgan.Square(1.5, -2.0)),
    "normal/erf": (lsgan.Normal(0.3, 1.2), lsgan.Normal(-0.2, 0.9), lsgan.Affine(1.5, -2.0)),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_costs_are_recognised_by_what_is_computed(name):
    data, latent, gen = FAMILIES[name]
    loss, erf = lsgan.SquaredMinimax(), lsgan.Erf(2.2, -3.0)
    players = lsgan.Players(erf, gen)
    scaled = lsgan.losses.base.Scaled(2.0, loss.real)
    answers = {
        "itself": (lsgan.Game(data, latent, loss), players, True),
        "another cost": (AnotherCost(data, latent, loss), players, False),
        "regularizer": (lsgan.Game(data, latent, loss, (lsgan.R1(0.1),)), players, False),
        "other data": (lsgan.Game(lsgan.Uniform(), latent, loss), players, False),
        "other latent": (lsgan.Game(data, lsgan.Laplace(), loss), players, False),
        "other D": (lsgan.Game(data, latent, loss), lsgan.Players(lsgan.Sigmoid(1.0, 0.0), gen), False),
        "scaled": (lsgan.Game(data, latent, eqx.tree_at(lambda o: o.real, loss, scaled)), players, False),
        "swapped": (lsgan.Game(data, latent, lsgan.SquaredMinimax(loss.fake, loss.real)), players, False),
        "sample": (lsgan.Game(lsgan.PointMasses([0.0, 1.0]), latent, loss), players, False),
    }
    for label, (game, own, known) in answers.items():
        found = [
            lsgan.solved.ask(lambda solved, g=game, p=own: solved.cost_bounds(g, p, (1,))),
            lsgan.solved.ask(lambda solved, g=game, p=own: solved.level(g, p, "b", 1.0)),
        ]
        assert [one is not None for one in found] == [known] * 2, label
        if label == "swapped":  # log_gradient knows its integrals too
            continue
        if known:
            lsgan.log_gradient(game, own)
        else:
            with pytest.raises(ValueError, match="log_gradient knows"):
                lsgan.log_gradient(game, own)


@pytest.mark.parametrize("name", FAMILIES)
def test_objectives_that_decide_by_their_value_are_not_known(name):
    data, latent, gen = FAMILIES[name]
    game, players = lsgan.Game(data, latent, Kept()), lsgan.Players(lsgan.Erf(2.2, -3.0), gen)
    assert lsgan.solved.ask(lambda solved: solved.generator_gradient_bounds(game, players, (3,))) is None


@pytest.mark.parametrize("name", FAMILIES)
def test_another_closed_form_is_another_cost(name, monkeypatch):
    """A user may register one: what rests on ours is known no more."""
    data, latent, gen = FAMILIES[name]
    game = lsgan.Game(data, latent, lsgan.SquaredMinimax())
    players = lsgan.Players(lsgan.Erf(2.2, -3.0), gen)
    assert lsgan.solved.ask(lambda solved: solved.level(game, players, "b", 1.0)).value == 1
    key = (type(data), lsgan.Erf, lsgan.losses.base.Squared)
    monkeypatch.setitem(expectation_module._CLOSED_FORMS, key, lambda law, disc, phi: disc.a)
    assert lsgan.solved.ask(lambda solved: solved.level(game, players, "b", 1.0)) is None
    assert lsgan.solved.ask(lambda solved: solved.cost_bounds(game, players, (1,))) is None
    assert lsgan.solved.ask(lambda solved: solved.log_gradient(game, players)) is None


def test_the_distance_of_a_subclass_is_not_that_of_its_base():
    made = lsgan.laws.ShiftedExponential(0.0, 1.0)
    known = lsgan.solved.ask(lambda solved: solved.w1(lsgan.Exponential(0.5), made))
    assert known == pytest.approx(1.0)
    assert lsgan.solved.ask(lambda solved: solved.w1(Mapped(0.5), made)) is None
    np.testing.assert_allclose(lsgan.divergences.w1(lsgan.Exponential(0.5), made), 1.0, rtol=1e-12)
