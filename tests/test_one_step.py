"""One step has one owner: whatever plays a rule on a game plays the same step, projection included.

On laws that are a single point a sample is the law, so that a stochastic run is the exact path.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from covering import covering, slow_but

import lsgan_analytic as lsgan
from lsgan_analytic.parameters import vector
from lsgan_analytic.restriction import restrict
from lsgan_analytic.updates.base import state_at_rest

POINTS = lsgan.PointMasses([0.7]), lsgan.PointMasses([-0.4])
PLAYERS = lsgan.Players(disc=lsgan.Linear(w=0.4, b=-0.2), gen=lsgan.Shift(shift=0.3))
CLIP = (lsgan.Clip(0.25),)
REGULARIZERS = {
    "none": (), "Clip": CLIP, "R1": (lsgan.R1(0.4),), "R2 and Clip": (lsgan.R2(0.3), *CLIP),
    "GradientPenalty": (lsgan.GradientPenalty(0.5),), "InstanceNoise": (lsgan.InstanceNoise(0.3),),
    "SpectralNorm": (lsgan.SpectralNorm(),),
}  # fmt: skip
LOSSES = {
    "Minimax": lsgan.Minimax(), "NonSaturating": lsgan.NonSaturating(), "Wasserstein": lsgan.Wasserstein(),
    "Hinge": lsgan.Hinge(), "LeastSquares": lsgan.LeastSquares(fake=0, real=1, target=1),
    "SquaredMinimax": lsgan.SquaredMinimax(),
}  # fmt: skip
RULES = {
    "Simultaneous": lsgan.Simultaneous((0.2, 0.1)),
    "schedule": lsgan.Simultaneous(lambda k: 0.2 / jnp.sqrt(k + 1)),
    "Alternating": lsgan.Alternating(0.2, disc_steps=2),
    # an eps_root that differences of 1e-5 in the second moment do not notice
    "PerPlayer": lsgan.PerPlayer(optax.sgd(0.2, momentum=0.5), optax.adam(0.1, b2=0.9, eps_root=1.0)),
    "PerPlayer, gen first": lsgan.PerPlayer(optax.sgd(0.2), optax.sgd(0.2), "gen"),
    "Extragradient": lsgan.Extragradient(0.2), "PastExtragradient": lsgan.PastExtragradient(0.2),
    "Optimistic": lsgan.Optimistic(0.2), "Averaged": lsgan.Averaged(lsgan.Simultaneous(0.2), 0.5),
    "Consensus": lsgan.Consensus(0.2, 0.3), "SymplecticAdjustment": lsgan.SymplecticAdjustment(0.2),
    "Unrolled": lsgan.Unrolled(0.2, 2), "LookAhead": lsgan.LookAhead(0.2), "Lola": lsgan.Lola(0.2),
    "TaylorLola": lsgan.TaylorLola(0.2),
    "CompetitiveGradient": lsgan.CompetitiveGradient(0.2), "FollowRidge": lsgan.FollowRidge(0.2),
    "Proximal": lsgan.Proximal(0.2),
    "ExtraPerPlayer": lsgan.ExtraPerPlayer(optax.adam(0.1, b2=0.9, eps_root=1.0), optax.sgd(0.2)),
    "UnrolledPerPlayer": lsgan.UnrolledPerPlayer(optax.adam(0.1, b2=0.9, eps_root=1.0), optax.sgd(0.2), 2),
    "Preconditioned": lsgan.Preconditioned(
        lsgan.SymplecticAdjustment(1.0, 0.3), optax.sgd(0.2, momentum=0.5), optax.rmsprop(0.1, eps=1e-3)
    ),
    "AdaptiveCompetitiveGradient": lsgan.AdaptiveCompetitiveGradient(0.2, 0.9, 1.0),
}  # fmt: skip
STEPS = 3


def test_every_rule_is_here():
    public = {name for name in dir(lsgan) if isinstance(getattr(lsgan, name), type)}
    rules = {name for name in public if issubclass(getattr(lsgan, name), lsgan.AbstractRule)}
    assert rules - {"AbstractRule"} <= {type(rule).__name__ for rule in RULES.values()}


def by_hand(game, rule, players, steps=STEPS):
    """(steps + 1, n): the rule's own steps, each put where the regularisers put players."""
    state, path = rule.init(players), [vector(players)]
    for _ in range(steps):
        players, state = rule.step(game, players, state)
        for part in game.regularizers:
            players = part.project(players)
        path.append(vector(players))
    return jnp.stack(path)


def played(game, rule, steps=STEPS, *, jit):
    """The path by hand, or None where the game or the rule refuses the other by name."""
    play = lambda own: by_hand(game, rule, own, steps)  # noqa: E731
    try:
        return (jax.jit(play) if jit else play)(PLAYERS)
    except ValueError as error:
        assert str(error).split(":")[0] in {"game", "disc", "loss", "rule"}, error  # noqa: PT017
        return None


def slopes_by_differences(game, rule, players, width=1e-5):
    """(n, n) of one step, memory included, after a first one that went nowhere; fourth-order differences."""
    part = restrict(game, players, None)
    here = part.reduce(part.players)
    state = state_at_rest(part, rule, here, 1)
    values = part.flatten(here, state)
    after = jax.jit(
        lambda moved: part.flatten(*lsgan.advance(part, rule, *part.unflatten(moved, here, state)))
    )

    def along(direction):
        near, far = (
            after(values + h) - after(values - h) for h in (width * direction, 2 * width * direction)
        )
        return (8 * near - far) / (12 * width)

    return np.stack([along(direction) for direction in np.eye(len(values))], axis=1)


def agree(game, rule, players=PLAYERS):
    """Trajectory, stochastic run, predicted mean and Jacobian of a step are those of ``by_hand``."""
    path = jax.jit(lambda own: by_hand(game, rule, own))(players)
    played = lsgan.trajectory(game, rule, players, STEPS)
    assert played.steps_taken == STEPS
    found = jax.vmap(vector)(played.players)
    if np.abs(path).max() > 1e6:  # a step that leads there, from a curvature near 0, amplifies rounding
        np.testing.assert_allclose(found, path, rtol=1e-8)
        return
    np.testing.assert_allclose(found, path, rtol=1e-12, atol=1e-14)
    runs = lsgan.simulate(game, rule, players, key=jax.random.key(0), runs=1, samples=5, steps=STEPS, tile=1)
    np.testing.assert_allclose(runs.values[0], path, rtol=1e-10, atol=1e-12)
    try:
        band = lsgan.predict(game, rule, players, samples=100, steps=STEPS)
    except ValueError as error:  # the root of a second moment that is 0 has no derivative
        assert str(error).startswith("rule: expected one whose steps have derivatives along the path")  # noqa: PT017
        return
    np.testing.assert_allclose(band.mean, path, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(band.std, 0, atol=1e-10)  # nothing varies: every sample is the law
    slopes = lsgan.step_jacobian(game, rule, players)
    np.testing.assert_allclose(slopes, slopes_by_differences(game, rule, players), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("rule", ["Simultaneous", "Alternating", "PerPlayer, gen first"])
def test_a_projected_game(rule):
    agree(lsgan.Game(*POINTS, lsgan.Wasserstein(), CLIP), RULES[rule])


COVERING, _ = covering(
    {"rule": list(RULES), "parts": list(REGULARIZERS), "loss": list(LOSSES)}, lambda *_: True
)


@pytest.mark.parametrize("row", slow_but(COVERING, every=len(COVERING)))
def test_every_tool_on_every_pair(row):
    """Of rule, regulariser and loss; refused by name are norms and second derivatives that do not exist."""
    game, rule = lsgan.Game(*POINTS, LOSSES[row["loss"]], REGULARIZERS[row["parts"]]), RULES[row["rule"]]
    if played(game, rule, jit=True) is not None:
        agree(game, rule)


@pytest.mark.slow
@pytest.mark.parametrize("parts", REGULARIZERS)
@pytest.mark.parametrize("rule", RULES)
def test_one_step_of_every_combination(rule, parts):
    """``advance`` is the rule's step and then the projection."""
    for loss in LOSSES.values():
        game = lsgan.Game(*POINTS, loss, REGULARIZERS[parts])
        if (path := played(game, RULES[rule], steps=1, jit=False)) is None:
            continue
        state = RULES[rule].init(PLAYERS)
        players, _ = lsgan.advance(game, RULES[rule], PLAYERS, state)
        np.testing.assert_allclose(vector(players), path[1], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("names", [("w", "shift"), ("shift", "b", "w")])
def test_jacobian_of_a_projected_step_by_differences(names):
    """A step that is cut off has no slope in what it cuts off; Optimistic's memory has its own rows."""
    game = lsgan.Game(*POINTS, lsgan.Minimax(), CLIP)
    for rule, more in ((lsgan.Simultaneous(0.2), 0), (lsgan.Optimistic(0.2), len(names))):
        found = np.asarray(lsgan.step_jacobian(game, rule, PLAYERS, free=names))
        assert found.shape == (len(names) + more,) * 2
    rule, index = lsgan.Simultaneous(0.2), {"w": 0, "b": 1, "shift": 2}
    found = np.asarray(lsgan.step_jacobian(game, rule, PLAYERS, free=names))
    flat = np.array([0.4, -0.2, 0.3])

    def after(values):
        players = lsgan.Players(lsgan.Linear(w=values[0], b=values[1]), lsgan.Shift(shift=values[2]))
        return vector(lsgan.advance(game, rule, players, rule.init(players))[0])

    slopes = np.stack([(after(flat + 1e-5 * e) - after(flat - 1e-5 * e)) / 2e-5 for e in np.eye(3)], axis=1)
    order = [index[name] for name in names]
    np.testing.assert_allclose(found, slopes[np.ix_(order, order)], atol=1e-9)
    assert np.all(found[names.index("w")] == 0)  # w leaves [-0.25, 0.25] in this step


def test_no_continuous_time_for_a_game_that_projects():
    game = lsgan.Game(*POINTS, lsgan.Wasserstein(), CLIP)
    with pytest.raises(ValueError, match="game: expected one without projection"):
        lsgan.flow(game, PLAYERS, time=1.0)
    with pytest.raises(ValueError, match="game: expected one without projection"):
        lsgan.drift(game, lsgan.Simultaneous(0.1), PLAYERS)
    with pytest.raises(ValueError, match="system: expected a game without projection"):
        lsgan.continue_branch(lambda p: game, PLAYERS, 0.0, 1.0)
    with pytest.raises(ValueError, match="system: expected a game without projection"):
        lsgan.continue_border(lambda p, q: game, PLAYERS, "hopf", (0.5, 0.5), (0.0, 1.0), (0.0, 1.0))
    with pytest.raises(ValueError, match="system: expected a game without projection"):
        lsgan.critical_parameter(lambda p, others: game, PLAYERS, "hopf", 0.5, 1.0)


def test_every_tool_counts_the_same_multipliers():
    """Optimistic over two free parameters: four, two for memory; in the same order of size."""
    point = lsgan.PointMasses([0.0])
    game = lsgan.Game(point, point, lsgan.Minimax(), (lsgan.R1(0.5),))
    players = lsgan.Players(lsgan.Linear(w=0.0), lsgan.Shift(shift=0.0))
    rule, free = lsgan.Optimistic(0.3), ("w", "shift")
    multipliers = lsgan.classify(game, rule, players, free=free).multipliers
    sizes = np.sort(np.abs(multipliers))[::-1]
    assert sizes.shape == (4,)
    near = lsgan.Players(lsgan.Linear(w=1e-9), lsgan.Shift(shift=1e-9))
    spectrum = lsgan.lyapunov(game, rule, near, 300, free=free, transient=100)
    np.testing.assert_allclose(np.exp(spectrum.exponents), sizes, rtol=1e-2)
    branch = lsgan.continue_branch(lambda h: (game, lsgan.Optimistic(h)), players, 0.3, 0.31, free=free)
    np.testing.assert_allclose(np.sort(np.abs(branch.eigenvalues[0]))[::-1], sizes, rtol=1e-9)


def test_drift_of_what_is_free():
    game = lsgan.Game(*POINTS, lsgan.Minimax())
    whole = lsgan.drift(game, lsgan.Simultaneous(0.1), PLAYERS)
    some = lsgan.drift(game, lsgan.Simultaneous(0.1), PLAYERS, free=("w", "shift"))
    assert some.disc.b == 0
    assert some.disc.w != 0
    # -(1/2) F' F over (w, shift) alone: the rows of F' in w and shift, without b
    slope = np.asarray(lsgan.jacobian(game, PLAYERS, free=("w", "shift")))
    force = np.asarray(vector(lsgan.field(game, PLAYERS)))[[0, 2]]
    np.testing.assert_allclose([some.disc.w, some.gen.shift], -0.5 * 0.01 * slope @ force, rtol=1e-12)
    assert whole.disc.w != some.disc.w


def test_schedules_are_functions_in_the_players_dtype():
    game = lsgan.Game(*POINTS, lsgan.Minimax())
    rule = lsgan.Simultaneous(lambda k: 0.3 / jnp.sqrt(k + 1))
    path = lsgan.trajectory(game, rule, PLAYERS, 12)
    sizes = 0.3 / np.sqrt(np.arange(12) + 1)
    exact = lsgan.trajectory(game, lsgan.Simultaneous(sizes), PLAYERS, 12)
    np.testing.assert_allclose(path.players.disc.w, exact.players.disc.w, rtol=1e-15)
    cosine = optax.cosine_decay_schedule(0.4, 100)
    assert lsgan.Simultaneous(cosine).step_sizes(7)[0].dtype == jnp.float64
    game, single = jax.tree.map(lambda leaf: leaf.astype(jnp.float32), (game, PLAYERS))
    assert lsgan.trajectory(game, rule, single, 3).players.disc.w.dtype == jnp.float32
    with pytest.raises(ValueError, match="step: expected a function of the step number, which comes as"):
        lsgan.Simultaneous(lambda k: jnp.asarray([0.1, 0.2])[k])


def test_adam_at_an_equilibrium():
    """The root of the second moment has no slope at 0: refused by name, unless eps_root keeps it from 0."""
    point = lsgan.PointMasses([0.0])
    game, players = (
        lsgan.Game(point, point, lsgan.Minimax(), (lsgan.R1(0.5),)),
        lsgan.Players(lsgan.Linear(w=0.0), lsgan.Shift(shift=0.0)),
    )
    rough = lsgan.PerPlayer(optax.adam(0.1), optax.adam(0.1))
    with pytest.raises(ValueError, match=r"rule: expected one whose step has a derivative .* eps_root"):
        lsgan.classify(game, rough, players, free=("w", "shift"))
    smooth = lsgan.PerPlayer(*(optax.adam(0.01, eps_root=1e-4),) * 2)
    early, late = (
        lsgan.classify(game, smooth, players, free=("w", "shift"), step_number=k).multipliers
        for k in (1, 5000)
    )
    assert early.shape == (6,)  # two parameters, two first and two second moments
    assert np.all(np.isfinite(early))
    # after many steps there is no bias correction: theta' = theta + step m'/sqrt(eps_root), m' = .9 m + .1 f
    field = np.asarray(lsgan.jacobian(game, players, free=("w", "shift")))
    gain = 0.01 / (1e-2 + 1e-8)
    matrix = np.block(
        [[np.eye(2) + 0.1 * gain * field, 0.9 * gain * np.eye(2)], [0.1 * field, 0.9 * np.eye(2)]]
    )
    expected = np.append(np.abs(np.linalg.eigvals(matrix)), [0.999, 0.999])
    np.testing.assert_allclose(np.sort(np.abs(late)), np.sort(expected), rtol=5e-3)


def test_swapped_and_foreign_players_are_named():
    game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    swapped = lsgan.Players(disc=lsgan.Square(g=1.0, h=0.0), gen=lsgan.Erf(a=1.0, b=0.0))
    for players, message in (
        (swapped, "players: expected disc to be a discriminator and gen a generator, .* they are swapped"),
        (None, "players: expected lsgan.Players"),
        ("x", "players: expected lsgan.Players"),
        (lsgan.Players(disc=jnp.asarray(1.0), gen=jnp.asarray(1.0)), "players: expected disc to be"),
    ):
        with pytest.raises(ValueError, match=message):
            lsgan.trajectory(game, lsgan.Simultaneous(0.1), players, 1)
    for game in (None, "x", 3.0):
        with pytest.raises(ValueError, match="game: expected a game"):
            lsgan.trajectory(game, lsgan.Simultaneous(0.1), PLAYERS, 1)
    with pytest.raises(ValueError, match="rule: expected an update rule"):
        lsgan.trajectory(game=lsgan.FunctionGame(jnp.multiply), rule=None, players=PLAYERS, steps=1)
