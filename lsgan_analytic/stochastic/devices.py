"""Runs spread over devices and processes, with the same bits whatever their number.

Runs are computed in tiles of a fixed number of runs: the shape a device works on, and with it the order of
every reduction, does not depend on how many devices there are. Tiles are dealt to the devices of a mesh
with the one axis ``runs``.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec
from jax.typing import ArrayLike

AXIS = "runs"
Devices = jax.Device | Sequence[jax.Device] | Mesh | None


def mesh_of(devices: Devices) -> Mesh:
    """A mesh with the one axis ``runs``: of the given devices, or of the first local one for None."""
    if isinstance(devices, Mesh):
        if devices.axis_names != (AXIS,):
            raise ValueError(f"devices: expected a mesh with the axis {AXIS!r}, got {devices.axis_names}")
        return devices
    chosen = jax.local_devices()[:1] if devices is None else devices
    chosen = [chosen] if isinstance(chosen, jax.Device) else chosen
    if not isinstance(chosen, Iterable) or not (chosen := list(chosen)) or not _are_devices(chosen):
        raise ValueError(f"devices: expected JAX devices, e.g. jax.devices(), got {devices!r}")
    if len(set(chosen)) < len(chosen):
        raise ValueError(f"devices: expected distinct JAX devices, got {devices!r}")
    return jax.make_mesh((len(chosen),), (AXIS,), axis_types=(AxisType.Auto,), devices=chosen)


def _are_devices(values: Sequence[Any]) -> bool:
    return all(isinstance(one, jax.Device) for one in values)


def padded(runs: int, tile: int, mesh: Mesh) -> int:
    """The number of runs computed: whole tiles, the same number on every device."""
    unit = tile * mesh.size
    return -(-runs // unit) * unit


def spread(values: Any, mesh: Mesh) -> Any:
    """Arrays with a leading axis of runs, dealt to the devices (each process keeps its own part)."""
    return _place(values, NamedSharding(mesh, PartitionSpec(AXIS)))


def replicated(values: Any, mesh: Mesh) -> Any:
    """Arrays that every device holds whole."""
    return _place(values, NamedSharding(mesh, PartitionSpec()))


def _place(values: Any, sharding: NamedSharding) -> Any:
    def one(value: ArrayLike) -> Array:
        whole = np.asarray(value)
        return jax.make_array_from_callback(whole.shape, sharding, lambda index: whole[index])

    return jax.tree.map(one, values)


def gathered(values: Any) -> Any:
    """The same arrays on the host, whole, in every process."""
    from jax.experimental import multihost_utils

    def one(value: Array) -> np.ndarray:
        if value.is_fully_addressable:
            return np.asarray(value)
        return np.asarray(multihost_utils.process_allgather(value, tiled=True))

    return jax.tree.map(one, values)


def over_runs(function: Callable, mesh: Mesh, tile: int) -> Callable:
    """``function(common, own)`` of one run, as a function of all: ``own`` leads with the axis of runs.

    ``common`` is what all runs share. Inside, ``function`` is vectorised over a tile and looped over tiles.
    """

    def local(common: Any, own: Any) -> Any:
        count = jax.tree.leaves(own)[0].shape[0]
        tiles = jax.tree.map(lambda x: x.reshape(count // tile, tile, *x.shape[1:]), own)
        results = jax.lax.map(lambda part: jax.vmap(lambda one: function(common, one))(part), tiles)
        return jax.tree.map(lambda x: jnp.reshape(x, (count, *x.shape[2:])), results)

    shared, split = PartitionSpec(), PartitionSpec(AXIS)
    # check_vma=False: with it, a gradient in parameters made inside would be summed over the devices
    return jax.shard_map(local, mesh=mesh, in_specs=(shared, split), out_specs=split, check_vma=False)
