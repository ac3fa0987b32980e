"""The game: four parts and a loss. Signs are stated here, once.

    J1 = E_{x ~ data}[real(D(x))],    J2 = E_{z ~ latent}[fake(D(G(z)))],    J = J1 + J2.

The discriminator **ascends** its objective and the generator **descends** its own; in a zero-sum loss
both are J. Training follows the field (+d objective_D / d disc, -d objective_G / d gen).
"""

import abc
import warnings

import equinox as eqx
import jax
import jax.numpy as jnp

from ._types import Disc, Flag, Gen, Players, Scalar, Values
from .discriminators.base import AbstractDiscriminator
from .expectation import expectation
from .generators.base import AbstractGenerator
from .laws.base import AbstractLaw
from .laws.pushforward import pushforward
from .losses.base import AbstractLoss
from .regularizers.base import AbstractRegularizer


class PrecisionWarning(UserWarning):
    """JAX computes in float32: about 7 digits where the formulas have 13.

    For float64 say ``jax.config.update("jax_enable_x64", True)`` before anything else. To stay with float32
    in silence say ``warnings.simplefilter("ignore", lsgan.PrecisionWarning)``.
    """


class AbstractGame(eqx.Module):
    """A two-player game: what each player wants, and where players are put after a step.

    ``objectives`` is needed; the other methods have defaults.
    """

    @abc.abstractmethod
    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        """(what D ascends, what G descends), two scalars that JAX can differentiate."""

    def cost_terms(self, players: Players) -> tuple[Scalar, Scalar]:
        """Two numbers whose sum is the cost that paths and portraits show; the objectives by default."""
        return self.objectives(players)

    def cost(self, players: Players) -> Scalar:
        """J, the sum of the two cost terms."""
        j1, j2 = self.cost_terms(players)
        return j1 + j2

    def project(self, players: Players) -> Players:
        """Where players are put after every step: where they are, by default."""
        return players

    @property
    def projects(self) -> bool:
        """Whether ``project`` can move players. There is no continuous time for a game that projects."""
        return type(self).project is not AbstractGame.project

    def in_domain(self, players: Players) -> Flag:
        """Whether the game is defined at ``players``; a run that leaves is stopped and recorded."""
        return jnp.asarray(True)

    # Bound methods are hashed by jax.jit; a game hashes by identity so that jax.jit(game.cost) works.
    __hash__ = object.__hash__  # pyright: ignore[reportAssignmentType]
    __eq__ = object.__eq__  # pyright: ignore[reportAssignmentType]


def checked_game(game: AbstractGame) -> AbstractGame:
    """``game``, if it is one; ValueError otherwise."""
    if not isinstance(game, AbstractGame):
        raise ValueError(
            "game: expected a game, e.g. lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), "
            f"lsgan.SquaredMinimax()) or lsgan.FunctionGame(f), got {game!r}"
        )
    return game


def _one(value: Values, players: Players) -> Scalar:
    """``value``, which must be a scalar: one pair of players plays one game."""
    if value.shape != ():
        shapes = [leaf.shape for leaf in jax.tree.leaves(players)]
        raise ValueError(
            f"players: expected one pair (use jax.vmap for a batch), got shapes {shapes} and a cost of shape "
            f"{value.shape}; with scalar players a parameter of a law is not a scalar"
        )
    return value


class Game(AbstractGame):
    """A two-player game between a discriminator and a generator (dimensionless).

    J(players) = E_{x ~ data}[real(D(x))] + E_{z ~ latent}[fake(D(G(z)))] with ``real`` and ``fake`` of the
    loss. Source: Pulford & Kondrashov (2021), doi 10.1109/ACCESS.2021.3133600. Costs are scalars in the
    dtype of the players; ValueError for a part of the wrong kind and for players that are a batch.

    Args:
        data: law of the data x.
        latent: law of the generator's input z.
        loss: the cost and who wants what of it.
        regularizers: a tuple of them, applied in order. Penalties change the players' objectives, not
            the cost.

    ``Game(data=PointMasses(x), latent=PointMasses(z), ...)`` is the same game on a sample: stochastic
    training is the same rule played on that.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(
    ...     data=lsgan.Exponential(rate=0.5), latent=lsgan.Rayleigh(), loss=lsgan.SquaredMinimax()
    ... )
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> j1, j2 = game.cost_terms(players)
    >>> round(float(j1), 6), round(float(j2), 6)
    (0.465922, 0.878246)
    """

    data: AbstractLaw
    latent: AbstractLaw
    loss: AbstractLoss
    regularizers: tuple[AbstractRegularizer, ...] = ()

    def __check_init__(self):
        for name, kind in (("data", AbstractLaw), ("latent", AbstractLaw), ("loss", AbstractLoss)):
            if not isinstance(getattr(self, name), kind):
                wanted = kind.__name__.removeprefix("Abstract").lower()
                raise ValueError(f"{name}: expected a {wanted}, got {getattr(self, name)!r}")
        parts = self.regularizers
        if not isinstance(parts, tuple) or not all(isinstance(part, AbstractRegularizer) for part in parts):
            raise ValueError(f"regularizers: expected a tuple of regularizers, got {parts!r}")
        if not jax.config.jax_enable_x64:  # pyright: ignore[reportAttributeAccessIssue]
            warnings.warn(
                "JAX computes in float32: about 7 digits. For float64 say "
                'jax.config.update("jax_enable_x64", True) first; to silence this say '
                'warnings.simplefilter("ignore", lsgan.PrecisionWarning)',
                PrecisionWarning,
                stacklevel=2,
            )

    def effective_parts(self, players: Players) -> tuple[AbstractDiscriminator, AbstractLaw, AbstractLaw]:
        """The discriminator as it plays, and the laws of the data and of generated points as it sees them."""
        disc = _checked_players(players).disc.resolve(players.gen)
        data, generated = self.data, pushforward(self.latent, players.gen)
        for part in self.regularizers:
            disc, data, generated = (
                part.transform_discriminator(disc),
                part.transform_law(data),
                part.transform_law(generated),
            )
        self.loss.check(disc)
        return disc, data, generated

    def cost_terms(self, players: Players) -> tuple[Scalar, Scalar]:
        """(J1, J2), two scalars."""
        disc, data, generated = self.effective_parts(players)
        return (
            _one(expectation(data, disc, self.loss.real), players),
            _one(expectation(generated, disc, self.loss.fake), players),
        )

    def objectives(self, players: Players) -> tuple[Scalar, Scalar]:
        """(what D ascends, what G descends)."""
        disc, data, generated = self.effective_parts(players)
        rising, falling = self.loss.objectives(
            lambda phi: _one(expectation(data, disc, phi), players),
            lambda phi: _one(expectation(generated, disc, phi), players),
        )
        for part in self.regularizers:
            rising = rising - part.discriminator_penalty(disc, data, generated)
            falling = falling + part.generator_penalty(disc, data, generated)
        return rising, falling

    def project(self, players: Players) -> Players:
        """Where the regularisers put the players after a step."""
        for part in self.regularizers:
            players = part.project(players)
        return players

    @property
    def projects(self) -> bool:
        """Whether a regulariser moves players after a step."""
        return any(type(part).project is not AbstractRegularizer.project for part in self.regularizers)

    def in_domain(self, players: Players) -> Flag:
        """Whether both players are defined at their parameters."""
        # a discriminator that answers the generator has its answer's domain
        disc = _checked_players(players).disc.resolve(players.gen)
        return disc.in_domain() & players.gen.in_domain()


def _checked_players(players: Players) -> Players:
    """``players``, if they are a discriminator and a generator, in this order."""
    if isinstance(players, Players):
        kinds = (AbstractDiscriminator, AbstractGenerator)
        if isinstance(players.disc, kinds[0]) and isinstance(players.gen, kinds[1]):
            return players
        swapped = isinstance(players.disc, kinds[1]) and isinstance(players.gen, kinds[0])
        hint = "; they are swapped" if swapped else ""
        raise ValueError(
            f"players: expected disc to be a discriminator and gen a generator, got disc={players.disc!r} "
            f"and gen={players.gen!r}{hint}"
        )
    raise ValueError(f"players: expected lsgan.Players(disc=..., gen=...), got {players!r}")


def field(game: AbstractGame, players: Players[Disc, Gen]) -> Players[Disc, Gen]:
    """The direction of training: (+d objective_D / d disc, -d objective_G / d gen), as Players.

    >>> import lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> round(float(lsgan.field(game, players).gen.h), 6)  # h rises: J falls with h everywhere
    0.081169
    """

    if not isinstance(players, Players):
        raise ValueError(f"players: expected lsgan.Players(disc=..., gen=...), got {players!r}")
    # One pass forward for both players. Each takes its own derivative of its own objective, the other an
    # ordinary argument: stop_gradient here would also kill the cross terms of every later derivative.
    values, vjp = jax.vjp(checked_game(game).objectives, players)
    ones, zeros = (jax.tree.map(fill, values) for fill in (jnp.ones_like, jnp.zeros_like))
    (rising,) = vjp((ones[0], zeros[1]))
    (falling,) = vjp((zeros[0], ones[1]))
    return Players(rising.disc, jax.tree.map(jnp.negative, falling.gen))
