"""A game and its rules as functions of vectors: what a page computes with."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import PyTree

from .._types import Flag, Players, Scalar
from ..discriminators.base import AbstractDiscriminator
from ..divergences.transport import w1
from ..game import AbstractGame, field, Game
from ..laws.base import AbstractLaw
from ..laws.discrete import PointMasses
from ..laws.pushforward import pushforward
from ..parameters import parameter_names, partition_inexact, vector
from ..stochastic._nodes import Nodes
from ..stochastic._sampling import on_points, points
from ..updates.base import AbstractRule, advance
from ._stablehlo import UnsupportedOperationError

NODES = 128


class Held(AbstractGame):
    """The game in which only the parameters that ``moves`` marks move; the others stay as in ``players``.

    A ``Restriction`` whose choice is an array: one translated function serves every choice.
    """

    game: AbstractGame
    players: Players
    moves: Players

    def mixed(self, players: Players) -> Players:
        return jax.tree.map(jnp.where, self.moves, players, self.players)

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        return self.game.objectives(self.mixed(players))

    def cost_terms(self, players: Players) -> tuple[Scalar, Scalar]:
        return self.game.cost_terms(self.mixed(players))

    def project(self, players: Players) -> Players:
        return self.mixed(self.game.project(self.mixed(players)))

    def in_domain(self, players: Players) -> Flag:
        return self.game.in_domain(self.mixed(players))


class Subject:
    """The functions of one game and its players. theta: all parameters; numbers: those of the game."""

    def __init__(self, game: AbstractGame, players: Players):
        self.game, self.players = game, players
        self.names = parameter_names(players)
        self.theta, self._static, self._players = partition_inexact(players)
        self.numbers, self._rest, self._game = partition_inexact(game)
        self.number_names = leaf_names(game)

    def players_at(self, theta: Array) -> Players:
        return self._players(theta, self._static)

    def game_at(self, numbers: Array) -> AbstractGame:
        return self._game(numbers, self._rest)

    def cost(self, theta: Array, numbers: Array) -> Array:
        """(J1, J2)."""
        return jnp.stack(self.game_at(numbers).cost_terms(self.players_at(theta)))

    def look(self, theta: Array, numbers: Array) -> tuple[Array, Array]:
        """(J1, J2) and the field."""
        game, players = self.game_at(numbers), self.players_at(theta)
        return jnp.stack(game.cost_terms(players)), vector(field(game, players))

    def jacobian(self, theta: Array, numbers: Array) -> Array:
        """Of the field."""
        return jax.jacfwd(lambda at: self.look(at, numbers)[1])(theta)

    def curves(self, theta: Array, numbers: Array, x: Array) -> tuple[Array, Array, Array]:
        """D(x), and of the data and of generated points the density: of a sample its points and masses."""
        disc, data, generated = self._parts(theta, numbers)
        return jax.vmap(disc)(x), _shape_of(data, x), _shape_of(generated, x)

    def atoms(self) -> list[bool]:
        """Whether the data and the generated points have masses in place of a density."""
        _, data, generated = self._parts(self.theta, self.numbers)
        return [data.is_sample, generated.is_sample]

    def _parts(self, theta: Array, numbers: Array) -> tuple[AbstractDiscriminator, AbstractLaw, AbstractLaw]:
        game = self.game_at(numbers)
        assert isinstance(game, Game)
        return game.effective_parts(self.players_at(theta))

    def distance(self, theta: Array, numbers: Array) -> Array:
        """W1 between the data and what is generated, before any regulariser acts on them."""
        game = self.game_at(numbers)
        assert isinstance(game, Game)
        return w1(game.data, pushforward(game.latent, self.players_at(theta).gen))

    def draw(self, key: Array, numbers: Array, count: int) -> tuple[Array, Array]:
        """``count`` data points and latent points: the first m of them are the sample of m."""
        game = self.game_at(numbers)
        assert isinstance(game, Game)
        return points(game, jax.random.wrap_key_data(key), (count, count))


def _shape_of(law: AbstractLaw, x: Array) -> Array:
    return jnp.stack(law.nodes()) if law.is_sample else law.pdf(x)


def fold(key: Array, number: Array) -> Array:
    """``jax.random.fold_in`` on the words of a key."""
    return jax.random.key_data(jax.random.fold_in(jax.random.wrap_key_data(key), number))


class Played:
    """A rule on a subject: one step as a map of a vector, the parameters and the numbers of its state."""

    def __init__(self, subject: Subject, rule: AbstractRule):
        self.subject, self.rule = subject, rule
        self.numbers, self._rest, self._rule = partition_inexact(rule)
        self.number_names = leaf_names(rule)
        self.vector, others, self._joined = partition_inexact((subject.players, rule.init(subject.players)))
        leaves, self._form = jax.tree.flatten(others)
        if any(np.shape(leaf) or leaf.dtype.kind not in "iub" for leaf in leaves):
            raise UnsupportedOperationError(
                f"rules: expected a rule whose state is numbers, counters and flags, got {rule!r}"
            )
        self._kinds = [leaf.dtype for leaf in leaves]
        self.counters = np.asarray([int(leaf) for leaf in leaves], np.int32)

    def start(self, theta: Array) -> Array:
        """The vector before the first step."""
        players = self.subject.players_at(theta)
        return partition_inexact((players, self.rule.init(players)))[0]

    def step(
        self, now: Array, counters: Array, moves: Array, numbers: Array, settings: Array
    ) -> tuple[Array, Array, Array]:
        """The vector and the counters after one step, and whether it is inside the game's domain."""
        return self._step(self.subject.game_at(numbers), now, counters, moves, settings)

    def _step(
        self, game: AbstractGame, now: Array, counters: Array, moves: Array, settings: Array
    ) -> tuple[Array, Array, Array]:
        others = jax.tree.unflatten(
            self._form, [counters[k].astype(kind) for k, kind in enumerate(self._kinds)]
        )
        players, state = self._joined(now, others)
        size = self.subject.theta.size
        where = self.subject.players_at(moves.astype(now.dtype))
        held = Held(game, players, jax.tree.map(lambda leaf: leaf > 0.5, where))
        after, later = partition_inexact(advance(held, self._rule(settings, self._rest), players, state))[:2]
        taken = jnp.concatenate([jnp.where(moves > 0.5, after[:size], now[:size]), after[size:]])
        inside = game.in_domain(self.subject.players_at(taken[:size]))
        counted = [leaf.astype(jnp.int32) for leaf in jax.tree.leaves(later)]
        return taken, jnp.stack(counted) if counted else counters, jnp.asarray(inside)

    def on_sample(
        self,
        now: Array,
        counters: Array,
        moves: Array,
        numbers: Array,
        settings: Array,
        x: Array,
        z: Array,
        count: Array,
    ) -> tuple[Array, Array, Array]:
        """A step on the first ``count`` of the points."""
        game = self.subject.game_at(numbers)
        assert isinstance(game, Game)  # a game given as functions has no points
        laws = [
            PointMasses.unchecked(
                at, jnp.where(jnp.arange(at.shape[0], dtype=count.dtype) < count, 1 / count, 0)
            )
            for at in (x, z)
        ]
        return self._step(on_points(game, *laws), now, counters, moves, settings)

    def influence(
        self, now: Array, counters: Array, moves: Array, numbers: Array, settings: Array
    ) -> tuple[Array, Array, Array, Array]:
        """A and psi of ``predict`` at this point; weights of the nodes; the step on the nodes."""
        game = self.subject.game_at(numbers)
        assert isinstance(game, Game)
        nodes = Nodes.of(game, NODES, now.dtype)

        def on_nodes(vector: Array, weights: Array) -> Array:
            return self._step(nodes.game(game, weights), vector, counters, moves, settings)[0]

        # one pass forward and one back for all three
        taken, pull = jax.vjp(on_nodes, now, nodes.weights)
        slope, by_weight = jax.vmap(pull)(jnp.eye(now.size, dtype=now.dtype))
        return slope, nodes.centred(by_weight.T), nodes.weights, taken


def leaf_names(tree: PyTree) -> list[tuple[str, tuple[int, ...]]]:
    """Name and shape of every floating-point leaf, in the order of ``partition_inexact``."""
    inexact = eqx.filter(tree, eqx.is_inexact_array)
    every = jax.tree_util.tree_leaves_with_path(inexact)
    return [(jax.tree_util.keystr(path, simple=True, separator="."), leaf.shape) for path, leaf in every]


def entry_names(tree: PyTree) -> list[str]:
    """Of every number in the order of ``partition_inexact``: ``weights[1]``, and ``rate`` for a scalar."""
    every = []
    for name, shape in leaf_names(tree):
        places = np.ndindex(*shape)
        every += [f"{name}[{','.join(map(str, place))}]" if place else name for place in places]
    return every
