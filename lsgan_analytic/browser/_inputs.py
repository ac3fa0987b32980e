"""Where the functions of a page are compared with JAX."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..game import Game
from ..parameters import parameter_names
from ._scenes import CheckedScene
from ._subject import fold, Played, Subject


class Inputs:
    """Where functions are compared: inside the box, other numbers near their own values; a fixed seed."""

    def __init__(self, scene: CheckedScene, subject: Subject, count: int):
        self.scene, self.subject, self.count = scene, subject, count
        self.random = np.random.default_rng(2021)
        self.names = parameter_names(scene.players)
        low, high = (
            np.asarray(subject.theta) + sign * (0.1 + 0.2 * np.abs(np.asarray(subject.theta)))
            for sign in (-1, 1)
        )
        for name, (least, most) in scene.box.items():
            low[self.names.index(name)], high[self.names.index(name)] = least, most
        self.low, self.high = low, high
        self._points = [
            (self.random.uniform(low, high), self._near(np.asarray(subject.numbers))) for _ in range(count)
        ]
        self.samples: list[tuple[np.ndarray, np.ndarray]] = []
        self.span = self._span()

    def _near(self, values: np.ndarray) -> np.ndarray:
        return values * self.random.uniform(0.8, 1.25, values.shape)

    def points(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return self._points

    def keys(self, second: Any) -> list[tuple]:
        words = self.random.integers(0, 2**32, (self.count, 2), dtype=np.uint32)
        return [(word, second(k)) for k, word in enumerate(words)]

    def steps(self, played: Played) -> list[tuple]:
        """Inputs of a step: states not of the start alone, some parameters held."""
        extra = np.asarray(played.vector).size - np.asarray(self.subject.theta).size
        rows = []
        for theta, numbers in self._points:
            moves = (self.random.random(theta.size) < 0.7).astype(float)
            moves[self.random.integers(theta.size)] = 1.0
            state = np.concatenate([theta, 0.1 * np.abs(self.random.normal(size=extra))])
            counters = played.counters + self.random.integers(0, 5, played.counters.shape).astype(np.int32)
            rows.append((state, counters, moves, numbers, self._near(np.asarray(played.numbers))))
        return rows

    def sample(self, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Points and how many of them count."""
        x, z = self.samples[k % len(self.samples)]
        return x, z, np.asarray(float(max(1, x.shape[0] // (1 + k % 3))))

    def _span(self) -> tuple[float, float]:
        """Where the densities are drawn: the data, and what is generated in the box."""
        game = self.scene.game
        if not isinstance(game, Game):
            return 0.0, 1.0
        key = np.asarray(jax.random.key_data(jax.random.key(0)))
        count = self.scene.samples
        for k in range(3):
            folded = np.asarray(fold(jnp.asarray(key), jnp.uint32(k)))
            pair = self.subject.draw(jnp.asarray(folded), self.subject.numbers, count)
            self.samples.append((np.asarray(pair[0]), np.asarray(pair[1])))
        if game.data.dim != 1:
            return 0.0, 1.0
        x, z = self.samples[0]
        at = [np.quantile(x, [0.0, 0.98])]
        for theta in (self.low, np.asarray(self.subject.theta), self.high):
            generated = np.asarray(self.subject.players_at(jnp.asarray(theta)).gen(jnp.asarray(z)))
            at.append(np.quantile(generated, [0.0, 0.98]))
        low, high = float(np.min(at)), float(np.max(at))
        margin = 0.05 * (high - low) or 1.0
        return low - margin, high + margin

    def prefix_broken(self) -> str | None:
        """Whether the first m of many draws are the draws of m, as the page takes them."""
        key, many = jax.random.key_data(jax.random.key(7)), self.scene.samples
        few = max(1, many // 7)
        long, short = (self.subject.draw(key, self.subject.numbers, count) for count in (many, few))
        same = all(bool(jnp.all(a[:few] == b)) for a, b in zip(long, short, strict=True))
        return None if same else "the law's samples of different sizes do not begin alike"
