"""A long ``basins`` that is interrupted. Prints "go", then how it ended: "partial N" or "interrupted"."""

import sys

import jax
import numpy as np

import lsgan_analytic as lsgan


def say(text: str) -> None:
    """At once: it is waited for."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main() -> int:
    """The exit code: 0 with a partial result, 130 without one."""
    jax.config.update("jax_enable_x64", True)
    origin = lsgan.PointMasses([0.0])
    game = lsgan.Game(origin, origin, lsgan.Minimax())
    players = lsgan.Players(disc=lsgan.Linear(w=1.0), gen=lsgan.Shift(shift=1.0))
    grid = {"w": np.linspace(-3, 1, 200), "shift": np.linspace(-2, 4, 200)}
    say("go")
    try:
        rule = lsgan.Simultaneous(step=0.01)
        found = lsgan.basins(
            game, rule, players, grid, steps=20_000, distance=lambda p: p.gen.shift, chunk=64
        )
    except KeyboardInterrupt:
        say("interrupted")
        return 130
    say(f"partial {int(found.finished.sum())}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
