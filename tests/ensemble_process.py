"""One process of the tests of scale. Arguments: OUTPUT DEVICES PROCESSES RANK PORT [CHECKPOINT]."""

import sys

import jax
import numpy as np


def main(output: str, devices: str, processes: str, rank: str, port: str, checkpoint: str = "") -> None:
    """Simulate, and let the last process write what it got: it has the whole result too."""
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_num_cpu_devices", int(devices))
    if int(processes) > 1:
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        address = f"localhost:{port}"
        jax.distributed.initialize(address, int(processes), int(rank), initialization_timeout=240)

    import lsgan_analytic as lsgan

    assert len(jax.devices()) == int(devices) * int(processes)
    runs = lsgan.simulate(
        lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax()),
        lsgan.Simultaneous(step=0.4),
        lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0)),
        key=jax.random.key(5),
        runs=22,
        samples=(64, 100),
        steps=4000 if checkpoint else 40,
        protocol="fresh",
        tile=4,
        devices=jax.devices(),
        checkpoint=checkpoint or None,
    )
    if int(rank) == int(processes) - 1:
        np.savez(output, values=runs.values, taken=runs.steps_taken, **vars(runs.evidence))


if __name__ == "__main__":
    main(*sys.argv[1:])
