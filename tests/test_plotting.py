"""Pictures: that what is drawn is what was given."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from problems import CASES
from scipy import special

import lsgan_analytic as lsgan
from lsgan_analytic import plotting
from lsgan_analytic.bifurcations import Bifurcation, Branch

X, Y = np.linspace(-2, 2, 41), np.linspace(-1.5, 1.5, 31)


def made(first, second, cost=None):
    """A portrait of a field given by two functions of x and y."""
    x, y = np.meshgrid(X, Y, indexing="ij")
    force = np.stack([np.broadcast_to(part(x, y), x.shape) for part in (first, second)], axis=-1)
    cost = np.ones_like(x) if cost is None else cost(x, y)
    axes = {"b": jnp.asarray(X), "h": jnp.asarray(Y)}
    return lsgan.Portrait(axes, jnp.asarray(cost), jnp.asarray(force, float))


def panel():
    return Figure().subplots()


def test_portrait_is_cost_and_field_of_the_game():
    case = CASES["A"]
    grid = {"h": [-2.0, 0.5, 1.0], "b": [-3.0, 0.0]}  # the order is the caller's
    seen = lsgan.portrait(case.game, case.players, grid)
    np.testing.assert_allclose(seen.cost[0, 0], case.cost, rtol=1e-12)
    _, b, _, h = case.gradient
    np.testing.assert_allclose(seen.field[0, 0], [-h, b], atol=1e-11)  # the digits that were printed
    np.testing.assert_allclose(
        seen.field_norm[0, 0], np.hypot(b, h), atol=1e-11
    )  # the digits that were printed
    with pytest.raises(ValueError, match=r"grid: expected two parameters, got \['b'\]"):
        lsgan.portrait(case.game, case.players, {"b": [0.0]})


def test_all_branches_of_a_nullcline():
    axes = plotting.nullclines(panel(), made(lambda x, y: x**2 - 1, lambda x, y: y - x))
    first, second = axes.collections
    pieces = np.concatenate([path.vertices for path in first.get_paths()])
    np.testing.assert_allclose(np.abs(pieces[:, 0]), 1, atol=1e-3)
    assert {-1, 1} == set(np.sign(pieces[:, 0]))
    points = np.concatenate([path.vertices for path in second.get_paths()])
    np.testing.assert_allclose(points[:, 0], points[:, 1], atol=1e-12)


def test_streamlines_follow_the_field_and_survive_where_it_is_zero():
    axes = plotting.streamlines(panel(), made(lambda x, y: -y, lambda x, y: x))
    pieces = [path.vertices for path in axes.collections[0].get_paths()]
    along = np.concatenate([np.diff(piece, axis=0) for piece in pieces])
    middle = np.concatenate([0.5 * (piece[1:] + piece[:-1]) for piece in pieces])
    size = np.linalg.norm(along, axis=1) * np.linalg.norm(middle, axis=1)
    assert (
        np.median(np.abs(np.sum(along * middle, axis=1))[size > 0] / size[size > 0]) < 0.02
    )  # at right angles
    plotting.streamlines(panel(), made(lambda x, y: 0 * x, lambda x, y: np.maximum(y, 0)))


def test_plateaus_are_shaded_where_the_field_is_small_only():
    axes = plotting.plateau(panel(), made(lambda x, y: x, lambda x, y: 0), threshold=0.5)
    inside = np.concatenate([path.vertices for path in axes.collections[0].get_paths()])
    assert np.abs(inside[:, 0]).max() == pytest.approx(0.5)
    assert not plotting.plateau(panel(), made(lambda x, y: 1, lambda x, y: 0)).collections


def test_tube_has_the_axes_of_the_covariance():
    covariance = [[[0.04, 0.0], [0.0, 0.01]]] * 3
    axes = plotting.tube(panel(), [[1.0, 0.0]] * 3, covariance, every=2)
    ring = axes.patches[0].get_path().vertices
    np.testing.assert_allclose(ring.max(axis=0), [1 + 3 * 0.2, 3 * 0.1], rtol=2e-3)


def test_tube_is_filled_between_its_ellipses_and_once():
    turned = [[0.01, 0.008], [0.008, 0.01]]
    mean, covariance = [[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]], [turned, np.eye(2) * 0.01, np.zeros((2, 2))]
    (tube,) = plotting.tube(panel(), mean, covariance).patches
    inside = tube.get_path().contains_points([(5, 0), (10, 2.5), (10, 4.9), (5, 0.4), (10.4, 1), (-0.1, 0.1)])
    assert inside.tolist() == [True, True, True, False, False, False]
    areas = []
    for ring in tube.get_path().to_polygons():
        x, y = ring.T
        areas.append(0.5 * np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))
    assert len(areas) == 2
    assert min(areas) > 0  # all turn the same way: what overlaps is filled once


def test_every_kind_has_a_mark_and_is_named_once():
    kinds = [*lsgan.Kind, lsgan.Kind.saddle]
    axes = plotting.stationary(panel(), np.zeros((len(kinds), 2)), kinds)
    labels = [line.get_label() for line in axes.lines]
    assert len({label for label in labels if label != "_"}) == len(lsgan.Kind)
    assert len({plotting.MARKS[kind] for kind in lsgan.Kind}) == len(lsgan.Kind)


def test_path_from_start_to_end():
    axes = plotting.path(panel(), [0.0, 1.0, 2.0], [0.0, 0.0, 3.0])
    _, start, end = axes.lines
    assert (start.get_xydata()[0].tolist(), end.get_xydata()[0].tolist()) == ([0, 0], [2, 3])


def test_maps_put_the_first_parameter_to_the_right():
    values = np.arange(6.0).reshape(3, 2)
    axes = plotting.value_map(panel(), [0, 1, 2], [0, 1], values, label="W1")
    np.testing.assert_array_equal(axes.collections[0].get_array().reshape(2, 3), values.T)
    axes = plotting.cost_map(panel(), made(lambda x, y: x, lambda x, y: y, cost=lambda x, y: 1 + x / 2))
    low, high = axes.collections[0].get_clim()
    assert low + high == pytest.approx(2)  # the plateau J = 1 has the middle colour


def test_outcomes_have_their_names():
    pick = jax.vmap(
        jax.vmap(lambda own: lsgan.Outcome.where(own, lsgan.Outcome.plateau, lsgan.Outcome.moving))
    )
    ends = pick(jnp.eye(2, dtype=bool))
    axes = plotting.outcome_map(panel(), [0, 1], [0, 1], ends)
    assert {text.get_text() for text in axes.get_legend().get_texts()} == {"plateau", "moving"}


def test_loci_and_their_border():
    values = np.array([[0.5 + 0.5j, 0.5 - 0.5j], [1.2, 0.1]])
    axes = plotting.eigenvalues(panel(), values, [0.0, 1.0], multipliers=True, label="step")
    np.testing.assert_allclose(np.hypot(*axes.lines[0].get_xydata().T), 1, rtol=1e-12)
    dots = axes.collections[0].get_offsets()
    np.testing.assert_allclose(np.sort_complex(dots[:, 0] + 1j * dots[:, 1]), np.sort_complex(values.ravel()))
    assert plotting.eigenvalues(panel(), values).lines[0].get_xdata()[0] == 0


def test_branch_marks_its_events_where_they_are():
    case = CASES["A"]
    event = Bifurcation("flip", 1.5, case.players, np.array([-1.0]))
    found = Branch(
        np.array([0.0, 1.0, 2.0]), case.players, np.zeros((3, 1)), np.array([True, True, False]), (event,), ""
    )
    axes = plotting.branch(panel(), found, [0.0, 2.0, 4.0])
    stable, unstable, mark = axes.lines
    np.testing.assert_array_equal(stable.get_ydata(), [0, 2, np.nan])
    np.testing.assert_array_equal(unstable.get_ydata(), [np.nan, np.nan, 4])
    np.testing.assert_array_equal(mark.get_xydata(), [[1.5, 3.0]])


def test_series_of_one_run_and_of_many():
    axes = plotting.series(panel(), {"one": np.arange(3.0), "many": np.ones((4, 3))}, steps=[0, 10, 20])
    assert [line.get_label() for line in axes.lines] == ["one", "many", "_", "_", "_"]
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), [0, 10, 20])


def test_small_multiples_hide_what_is_spare():
    figure = Figure()
    panels = plotting.small_multiples(figure, 4, columns=3)
    assert len(panels) == 4
    assert sum(axes.get_visible() for axes in figure.axes) == 4


def test_band_is_so_many_deviations_wide():
    mean, std, k = np.array([0.0, 1.0, 3.0]), np.array([0.0, 0.5, 0.25]), np.array([0, 10, 40])
    axes = plotting.band(panel(), mean, std, deviations=2.0, steps=k)
    corners = axes.collections[0].get_paths()[0].vertices
    for at, middle, spread in zip(k, mean, std, strict=True):
        here = corners[corners[:, 0] == at, 1]
        assert (here.min(), here.max()) == (middle - 2 * spread, middle + 2 * spread)
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), np.stack([k, mean], axis=1))


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (([0.0, 1.0], [0.0]), r"expected one length, got \(2,\), \(1,\), \(2,\)"),
        (([0.0], [0.0], -1.0), "deviations: expected a number >= 0, got -1.0"),
    ],
)
def test_bands_that_are_none(numbers, said):
    with pytest.raises(ValueError, match=said):
        plotting.band(panel(), *numbers)


def ensemble_of(values, taken):
    """Runs of b and h; b is ``values`` (R, T), of which ``taken`` steps each are valid."""
    values = jnp.asarray(values)
    players = lsgan.Players(
        lsgan.Erf(a=jnp.ones_like(values), b=values), lsgan.Square(g=jnp.ones_like(values), h=-values)
    )
    left = jax.vmap(
        lambda count: lsgan.Outcome.where(count < 2, lsgan.Outcome.left_domain, lsgan.Outcome.moving)
    )(jnp.asarray(taken))
    evidence = lsgan.trajectory(
        CASES["A"].game, lsgan.Simultaneous(0.4), CASES["A"].players, steps=1
    ).evidence
    return lsgan.Ensemble(players, jnp.arange(3), left, evidence, jnp.asarray(taken), ("b", "h"))


def test_ensemble_draws_runs_until_they_stop_and_what_is_predicted():
    runs = ensemble_of([[0.0, 1.0, 2.0], [0.0, 3.0, 3.0]], [2, 1])
    predicted = lsgan.Band(
        mean=jnp.asarray([[0.0, 0.0], [0.0, 2.0], [0.0, 2.5]]),
        bias=jnp.asarray([[0.0, 0.0], [0.0, 0.5], [0.0, 0.0]]),
        covariance=jnp.zeros((3, 2, 2)).at[:, 1, 1].set(4.0),
        node_error=jnp.zeros(2),
        names=("h", "b"),
    )
    axes = plotting.ensemble(panel(), runs, "b", predicted, deviations=1.0)
    first, second, mean, middle = (line.get_ydata() for line in axes.lines)
    np.testing.assert_array_equal(first, [0, 1, 2])
    np.testing.assert_array_equal(second, [0, 3, np.nan])
    np.testing.assert_array_equal(mean, [0, 2, 2.5])
    np.testing.assert_array_equal(middle, [0, 2.5, 2.5])
    assert axes.collections[0].get_datalim(axes.transData).y0 == -2
    with pytest.raises(ValueError, match="name: expected one of b, h, got 'g'"):
        plotting.ensemble(panel(), runs, "g")


def test_densities_are_those_of_the_laws_and_d_lies_over_them():
    x = np.linspace(-3, 6, 91)
    axes = plotting.densities(panel(), CASES["A"].game, CASES["A"].players, x)
    real, made = (line.get_ydata() for line in axes.lines)
    np.testing.assert_allclose(real, np.where(x >= 0, 0.5 * np.exp(-0.5 * np.maximum(x, 0)), 0), rtol=1e-12)
    beyond = np.maximum(x + 2, 0) / 1.5  # G(z) = g z^2/2 + h of a Rayleigh law: h + g Exp(1)
    inside = np.abs(x + 2) > 1e-9
    np.testing.assert_allclose(made[inside], np.where(x > -2, np.exp(-beyond) / 1.5, 0)[inside], rtol=1e-12)
    (curve,) = axes.figure.axes[1].lines
    np.testing.assert_allclose(curve.get_ydata(), special.ndtr(np.sqrt(2) * (2.2 * x - 3)), rtol=1e-12)


def test_a_sample_is_a_histogram():
    sampled = lsgan.Game(
        lsgan.PointMasses([0.1, 0.9, 1.2, 9.0]), lsgan.PointMasses([0.0, 2.0]), lsgan.SquaredMinimax()
    )
    axes = plotting.densities(
        panel(), sampled, lsgan.Players(lsgan.Erf(1.0, 0.0), lsgan.Shift(1.0)), [0, 1, 2, 3]
    )
    real, made = (line.get_ydata() for line in axes.lines)
    np.testing.assert_array_equal(real, [0.25, 0.5, 0, 0])
    np.testing.assert_array_equal(made, [0, 0.5, 0, 0.5])


def test_an_animation_shows_the_path(tmp_path, monkeypatch):
    from lsgan_analytic.plotting import animation as module

    case, shown = CASES["A"], []
    path = lsgan.trajectory(case.game, lsgan.Simultaneous(0.4), case.players, steps=8)
    draw = module.densities

    def noting(axes, game, players, x):
        shown.append(players)
        return draw(axes, game, players, x)

    monkeypatch.setattr(module, "densities", noting)
    file = plotting.animate(
        path, case.game, np.linspace(-3, 6, 31), tmp_path / "a.gif", frames=3, per_second=5
    )
    with Image.open(file) as picture:
        assert (picture.n_frames, picture.size, picture.info["duration"]) == (3, (450, 280), 200)
    for players, k in zip(shown, (0, 4, 8), strict=True):
        assert players.disc.b == path.players.disc.b[k]
    with pytest.raises(ValueError, match=r"file: expected a name that ends in .gif or .mp4, got 'a.avi'"):
        plotting.animate(path, case.game, [0.0, 1.0], tmp_path / "a.avi")
    with pytest.raises(ValueError, match="x: expected increasing numbers"):
        plotting.animate(path, case.game, [1.0, 0.0], tmp_path / "b.gif")
    assert [one.name for one in tmp_path.iterdir()] == ["a.gif"]
