"""Types of stationary points with exact eigenvalues, and largest stable steps from the literature."""

import jax.numpy as jnp
import numpy as np
import pytest

import lsgan_analytic as lsgan
from lsgan_analytic import Kind

FREE = ("w", "shift")
REST = lsgan.Players(disc=lsgan.Linear(w=0.0), gen=lsgan.Shift(shift=0.0))


class Quadratic(lsgan.AbstractGame):
    """A game on (w, s) whose field has the Jacobian ((p, q), (r, t))."""

    slope: jnp.ndarray

    def objectives(self, players):
        w, s = players.disc.w, players.gen.shift
        (p, q), (r, t) = self.slope
        return p * w * w / 2 + q * w * s, -(t * s * s / 2 + r * w * s)


def quadratic(p, q, r, t):
    return Quadratic(jnp.asarray([[p, q], [r, t]], float))


# J(x, y), G has x and descends, D has y and ascends: p = J_yy, q = J_xy, r = -q, t = -J_xx
GAMES = [
    # (p, q, r, t), kind, attracts, Nash, minimax
    ((-2, 1, -1, -5), Kind.stable_node, True, True, True),
    ((-1, 2, -2, -1), Kind.stable_focus, True, True, True),
    ((1, 2, -2, 1), Kind.unstable_focus, False, False, False),
    ((3, 1, -1, 7), Kind.unstable_node, False, False, False),
    ((0, 2, -2, 0), Kind.centre, False, None, None),
    ((-1, 0, 0, 0), Kind.degenerate, False, None, None),
    ((-2, 1, -1, 3), Kind.saddle, False, False, False),
    # Wang, Zhang & Ba (ICLR 2020): -3x^2 - y^2 + 4xy, a local minimax point that gradient play leaves,
    ((-2, 4, -4, 6), Kind.unstable_node, False, False, True),
    # and 3x^2 + y^2 + 4xy, where it settles although that is neither (a non-Nash attractor)
    ((2, 4, -4, -6), Kind.stable_node, True, False, False),
    # a non-Nash attractor that is a local minimax point
    ((-2, 2, -2, 0.5), Kind.stable_focus, True, False, True),
    # general sum: minimax is not asked
    ((-1, 3, 2, -9), Kind.stable_node, True, True, None),
]


@pytest.mark.parametrize(("entries", "kind", "attracts", "nash", "minimax"), GAMES)
def test_kinds_and_solution_concepts(entries, kind, attracts, nash, minimax):
    seen = lsgan.classify(quadratic(*entries), None, REST, FREE)
    assert (seen.kind, seen.attracts, seen.local_nash, seen.local_minimax) == (kind, attracts, nash, minimax)
    assert seen.non_nash_attractor == (attracts and nash is False)
    slope = np.reshape(entries, (2, 2))
    np.testing.assert_array_equal(seen.potential + seen.hamiltonian, slope)
    np.testing.assert_array_equal(seen.hamiltonian, -seen.hamiltonian.T)
    np.testing.assert_allclose(np.sort_complex(seen.eigenvalues), np.sort_complex(np.linalg.eigvals(slope)))
    assert seen.multipliers is None
    assert seen.field_norm == 0


def test_a_repeated_eigenvalue_is_not_taken_for_a_focus():
    seen = lsgan.classify(quadratic(-2, 4, -4, 6), None, REST, FREE)  # (lambda - 2)^2
    np.testing.assert_allclose(seen.eigenvalues, 2, atol=1e-6)


def test_the_largest_step_of_simultaneous_play():
    # l1 = x^2/2 + 10xy, l2 = y^2/2 - 10xy: lambda = -1 +- 10i
    game = quadratic(-1, -10, 10, -1)
    formula = lsgan.classify(game, lsgan.Simultaneous(2 / 101 * 1.01), REST, FREE)
    assert formula.largest_step == pytest.approx(2 / 101, rel=1e-12)
    assert formula.stable_under_rule is False
    np.testing.assert_allclose(abs(formula.multipliers) ** 2, (1 - 2.02 / 101) ** 2 + (20.2 / 101) ** 2)
    searched = lsgan.largest_stable_step(game, lsgan.Simultaneous, REST, FREE)
    assert searched == pytest.approx(2 / 101, rel=1e-6)
    assert lsgan.classify(game, lsgan.Simultaneous(2 / 101 * 0.99), REST, FREE).stable_under_rule is True


def test_the_dirac_gan_turns_and_r1_makes_it_a_focus():
    point = lsgan.PointMasses([0.0])
    for strength in (0.0, 0.3):
        parts = (lsgan.R1(strength),) if strength else ()
        game = lsgan.Game(point, point, lsgan.Minimax(), regularizers=parts)
        seen = lsgan.classify(game, None, REST, FREE)
        exact = np.sqrt(complex(strength**2 / 4 - 1 / 4)) * np.asarray([-1, 1]) - strength / 2
        np.testing.assert_allclose(np.sort_complex(seen.eigenvalues), np.sort_complex(exact), atol=1e-12)
        assert seen.kind is (Kind.stable_focus if strength else Kind.centre)
        assert seen.largest_step == pytest.approx(strength / 0.25 if strength else 0)  # 2|Re|/|lambda|^2


def test_largest_steps_of_families_on_the_bilinear_game():
    game = quadratic(0, 1, -1, 0)
    assert lsgan.largest_stable_step(game, lsgan.Simultaneous, REST, FREE) == 0
    assert lsgan.largest_stable_step(game, lsgan.Alternating, REST, FREE) == pytest.approx(2, rel=1e-6)
    # 1/(1 + s^2): always
    assert lsgan.largest_stable_step(game, lsgan.CompetitiveGradient, REST, FREE) == np.inf


def test_float32():
    players = lsgan.Players(
        disc=lsgan.Linear(w=jnp.float32(0), b=jnp.float32(0)), gen=lsgan.Shift(shift=jnp.float32(0))
    )
    game = Quadratic(jnp.asarray([[-1, -10], [10, -1]], jnp.float32))
    seen = lsgan.classify(game, None, players, FREE)
    assert seen.kind is Kind.stable_focus
    assert seen.largest_step == pytest.approx(2 / 101, rel=1e-5)


def test_bad_input():
    game = quadratic(0, 1, -1, 0)
    with pytest.raises(ValueError, match="rule"):
        lsgan.classify(game, 0.4, REST)
    with pytest.raises(ValueError, match="tolerance"):
        lsgan.classify(game, None, REST, FREE, tolerance=-1.0)
    with pytest.raises(ValueError, match="high"):
        lsgan.largest_stable_step(quadratic(0, 0, 0, 0), lsgan.Simultaneous, REST, FREE)
