"""Whether two computations are the same: what they compute is compared, not their names."""

import functools
import re
from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from short_runs import PLAY, short_run

import lsgan_analytic as lsgan
from lsgan_analytic._describe import describe, Description


def schedule(first, ratio=0.99):
    return lambda k: first * ratio**k


class Scaled(lsgan.Linear):
    """A discriminator of a user, with a function that no name tells apart."""

    shape: Callable = eqx.field(static=True, default=jnp.sin)

    def __init__(self, shape: Callable):
        super().__init__(w=1.0)
        self.shape = shape

    def __call__(self, x):
        return self.shape(self.w * x)


def host(k):
    return jax.pure_callback(lambda k: np.asarray(0.1 * k), jax.ShapeDtypeStruct((), float), k)


def described(rule=PLAY, disc=None):
    """Of one step, as ``simulate`` describes it, but on an exact game: quick to trace."""
    origin = lsgan.PointMasses([0.0])
    players = lsgan.Players(disc or lsgan.Linear(w=1.0), lsgan.Shift(shift=0.5))

    def step(game, rule, players):
        return rule.step(game, players, rule.init(players))

    found = describe(
        step, {"game": lsgan.Game(origin, origin, lsgan.Wasserstein()), "rule": rule, "players": players}
    )
    return Description.from_json(found.to_json())  # as it comes from a file


def table(values):
    held = jnp.asarray(values)
    return lambda k: held[k.astype(int)]


@pytest.mark.parametrize(
    ("there", "here", "named"),
    [
        (
            {"rule": lsgan.Simultaneous(step=(0.1, 0.3))},
            {"rule": lsgan.Simultaneous(step=(0.2, 0.3))},
            "rule.step_sizes.disc.sizes is 0.1 in the checkpoint and 0.2 here",
        ),
        (
            {"rule": lsgan.Simultaneous(step=schedule(0.4))},
            {"rule": lsgan.Simultaneous(step=schedule(0.1))},
            "rule.step_sizes.disc.function.first is 0.4 in the checkpoint and 0.1 here",
        ),
        (
            {"rule": lsgan.Simultaneous(step=lambda k: 0.4 * 0.99**k)},
            {"rule": lsgan.Simultaneous(step=lambda k: 0.1 * 0.99**k)},
            r"rule.step_sizes.disc.function.constants\[0\] is 0.4 in the checkpoint and 0.1 here",
        ),
        (
            {"rule": lsgan.Simultaneous(step=table([0.1, 0.2]))},
            {"rule": lsgan.Simultaneous(step=table([0.1, 0.3]))},
            r"rule.step_sizes.disc.function.held is \[0.1, 0.2\] in the checkpoint and \[0.1, 0.3\] here",
        ),
        (
            {"rule": lsgan.PerPlayer(optax.adam(0.1), optax.sgd(0.1))},
            {"rule": lsgan.PerPlayer(optax.adam(0.01), optax.sgd(0.1))},
            "rule.disc.update.*step_size is -0.1 in the checkpoint and -0.01 here",
        ),
        (
            {"rule": lsgan.PerPlayer(optax.adam(0.1), optax.sgd(0.1))},
            {"rule": lsgan.PerPlayer(optax.adam(0.1, b2=0.9), optax.sgd(0.1))},
            "rule.disc.update.*b2 is 0.999 in the checkpoint and 0.9 here",
        ),
        (
            {"disc": Scaled(jnp.sin)},
            {"disc": Scaled(jnp.tan)},
            "players.disc.shape is sin in .* and tan here",
        ),
        (
            {"disc": Scaled(functools.partial(jnp.add, 1.0))},
            {"disc": Scaled(functools.partial(jnp.add, 2.0))},
            r"players.disc.shape.args\[0\] is 1.0 in the checkpoint and 2.0 here",
        ),
    ],
)
def test_what_is_computed_is_compared(there, here, named):
    """Functions, optimisers, closures and user classes: names are the same, what they compute is not."""
    one = described(**there)
    assert one.difference(described(**there), "checkpoint") == ""
    assert re.search(named, one.difference(described(**here), "checkpoint"))


def test_the_same_computation_is_the_same_whatever_its_names():
    """A closure and a default, one program."""
    one = described(lsgan.Simultaneous(step=schedule(0.4)))
    other = described(lsgan.Simultaneous(step=lambda k, first=0.4, ratio=0.99: first * ratio**k))
    assert one.inside != other.inside
    assert one.difference(other, "checkpoint") == ""


def test_a_class_rewritten_under_its_name():
    def method(factor):
        return {"__call__": lambda self, x: factor * self.w * x, "__module__": __name__}

    one, other = (type("Mine", (lsgan.Linear,), method(factor))(w=1.0) for factor in (2.0, 3.0))
    difference = described(disc=one).difference(described(disc=other), "checkpoint")
    assert difference == "its numbers are the same, but a step is computed by another program"


def test_what_cannot_be_compared_is_refused():
    one = described(lsgan.Simultaneous(step=host))
    message = (
        r"whether it is the same cannot be told: it runs host.<locals>.<lambda>, which JAX does not trace"
    )
    assert re.search(message, one.difference(one, "checkpoint"))


@pytest.mark.slow
def test_a_schedule_of_the_same_name_is_not_resumed(tmp_path):
    """The attack that went through: .4 * .99^k went on as .1 * .99^k."""
    path = tmp_path / "state.npz"
    short_run(checkpoint=path, rule=lsgan.Simultaneous(step=schedule(0.4)))
    with pytest.raises(
        ValueError, match=r"another simulation: rule.step_sizes.disc.function.first is 0.4 in"
    ):
        short_run(resume=path, rule=lsgan.Simultaneous(step=schedule(0.1)))
