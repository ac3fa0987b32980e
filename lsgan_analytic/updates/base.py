"""What an update rule is."""

import abc
from typing import Any

import equinox as eqx

from .._types import Players
from ..game import HasObjectives


class AbstractRule(eqx.Module):
    """One step of training. The same rule plays exact and sampled games."""

    @abc.abstractmethod
    def init(self, players: Players) -> Any:
        """The state of the rule before the first step (a pytree)."""

    @abc.abstractmethod
    def step(self, game: HasObjectives, players: Players, state: Any) -> tuple[Players, Any]:
        """The players and the state after one step."""
