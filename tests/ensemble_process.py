"""One process of the tests of scale. Arguments: OUTPUT DEVICES PROCESSES RANK PORT [CHECKPOINT]."""

import sys

import jax
import numpy as np

output, devices, processes, rank, port, *rest = sys.argv[1:]
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_num_cpu_devices", int(devices))
if int(processes) > 1:
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(f"localhost:{port}", int(processes), int(rank), initialization_timeout=240)

import lsgan_analytic as lsgan  # noqa: E402

game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
checkpoint = {"checkpoint": rest[0]} if rest else {}
runs = lsgan.simulate(
    game,
    lsgan.Simultaneous(step=0.4),
    players,
    key=jax.random.key(5),
    runs=22,
    samples=(64, 100),
    steps=4000 if rest else 40,
    protocol="fresh",
    tile=4,
    devices=jax.devices(),
    **checkpoint,
)
assert len(jax.devices()) == int(devices) * int(processes)
if int(rank) == int(processes) - 1:  # the last process has the whole result too
    np.savez(output, values=runs.values, taken=runs.steps_taken, ratio=runs.evidence.newton_ratio)
