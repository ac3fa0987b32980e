"""A predicted band against simulated runs."""

import dataclasses

import numpy as np
from jaxtyping import Float

from .ensemble import Ensemble
from .predict import Band


@dataclasses.dataclass(frozen=True)
class Comparison:
    """Prediction against simulation, over R runs, T saved points and k parameters.

    Where the band does not know its bias, the exact path stands for the predicted mean.

    Attributes:
        z: (T, k), (mean of runs - predicted mean with its bias) in standard errors of the former.
        log_std_ratio: (T, k), log(simulated sd / predicted sd); its own standard error is about
            ``log_std_error`` = 1/sqrt(2(R - 1)).
        coverage: (3,), the share of (run, point, parameter) inside mean +- 1, 2, 3 predicted sd.
        coverage_error: (3,), its standard error: runs are independent, the points of one run are not.
        mahalanobis: (R,), distance of each end point from the predicted mean in predicted sd.
        p_values: (T, k), of the Kolmogorov-Smirnov test that the runs follow the normal law of the predicted
            mean (with its bias) and sd, exact for R runs; NaN where these are not known.
        nonlinearity: (T, k), that of the band: where it is above 0.25 the prediction is only a guide.
        stopped: the number of runs that overflowed or left a domain (they are in all of the above).
        names: the parameters, in order.
    """

    z: Float[np.ndarray, "T k"]
    log_std_ratio: Float[np.ndarray, "T k"]
    log_std_error: float
    coverage: Float[np.ndarray, " 3"]
    coverage_error: Float[np.ndarray, " 3"]
    mahalanobis: Float[np.ndarray, " R"]
    p_values: Float[np.ndarray, "T k"]
    nonlinearity: Float[np.ndarray, "T k"]
    stopped: int
    names: tuple[str, ...]

    @property
    def p_familywise(self) -> float:
        """The smallest of ``p_values`` times their number, at most 1 (Bonferroni, whatever their dependence).

        Below alpha: some distribution is not the predicted one, at a level alpha for all tests together.
        """
        known = self.p_values[np.isfinite(self.p_values)]
        return float(min(1.0, known.size * known.min())) if known.size else float("nan")

    def __str__(self) -> str:
        """A readable summary."""
        inside = ", ".join(
            f"{share:.1%} +- {error:.1%} inside {k} sd"
            for k, share, error in zip((1, 2, 3), self.coverage, self.coverage_error, strict=True)
        )
        lines = [
            f"{self.mahalanobis.size} runs, {self.stopped} stopped early",
            inside,
        ]
        if np.isfinite(self.p_values).any():
            p = f"p = {self.p_familywise:.2g} for all together"
            lines.append(f"distributions against the predicted normal ones: {p}")
        for i, name in enumerate(self.names):
            lines.append(
                f"{name}: end mean off by {self.z[-1, i]:+.1f} standard errors (largest anywhere "
                f"{np.abs(self.z[:, i]).max():.1f}); end sd {np.exp(self.log_std_ratio[-1, i]):.2f} of "
                f"predicted (+- {self.log_std_error:.2f})"
            )
        for i, name in enumerate(self.names):
            worst = self.nonlinearity[:, i].max()  # NaN where it is not known
            if worst > 0.25:
                lines.append(f"{name}: linear theory breaks on the way, nonlinearity up to {worst:.2f}")
            elif np.isnan(worst):
                lines.append(f"{name}: the bias, of order 1/samples, is not known; compared without it")
        return "\n".join(lines)


def compare(band: Band, runs: Ensemble) -> Comparison:
    """How well ``predict`` predicted what ``simulate`` made.

    Args:
        band: a prediction that reaches at least as many steps as the runs, of the same parameters.
        runs: at least two.

    Raises:
        ValueError: other parameters, or more steps than the band has, or a single run.

    >>> import jax, lsgan_analytic as lsgan
    >>> game = lsgan.Game(lsgan.Exponential(rate=0.5), lsgan.Rayleigh(), lsgan.SquaredMinimax())
    >>> players = lsgan.Players(disc=lsgan.Erf(a=2.2, b=-3.0), gen=lsgan.Square(g=1.5, h=-2.0))
    >>> setting = dict(samples=1000, steps=20, free=("b", "h"))
    >>> rule = lsgan.Simultaneous(step=0.4)
    >>> runs = lsgan.simulate(game, rule, players, key=jax.random.key(0), runs=20, **setting)
    >>> comparison = lsgan.compare(lsgan.predict(game, rule, players, **setting), runs)
    >>> bool(abs(comparison.z).max() < 4), bool(comparison.p_familywise > 0.01)
    (True, True)
    """
    total = runs.values.shape[0]
    if band.names != runs.names:
        raise ValueError(f"band: expected the parameters of the runs, {runs.names}, got {band.names}")
    if int(runs.steps[-1]) >= band.mean.shape[0]:
        raise ValueError(f"band: expected at least {int(runs.steps[-1])} steps, got {band.mean.shape[0] - 1}")
    if total < 2:
        raise ValueError(f"runs: expected at least 2 runs to compare, got {total}")
    at = np.asarray(runs.steps[1:])  # at the start nothing varies
    mean, bias, spread = (np.asarray(part)[at] for part in (band.mean, band.bias, band.std))
    centre = mean + np.nan_to_num(bias)
    values = np.asarray(runs.values[:, 1:])
    off = (values - centre) / spread
    by_run = np.stack([np.mean(np.abs(off) <= k, axis=(1, 2)) for k in (1, 2, 3)])
    last = values[:, -1] - centre[-1]
    weights = np.linalg.pinv(np.asarray(band.covariance[at[-1]]), hermitian=True)
    return Comparison(
        z=off.mean(axis=0) * np.sqrt(total),
        log_std_ratio=np.log(values.std(axis=0, ddof=1) / spread),
        log_std_error=1 / np.sqrt(2 * (total - 1)),
        coverage=by_run.mean(axis=1),
        coverage_error=by_run.std(axis=1, ddof=1) / np.sqrt(total),
        p_values=np.where(np.isfinite(bias), _p_values(off), np.nan),
        mahalanobis=np.sqrt(np.einsum("ri,ij,rj->r", last, weights, last)),
        nonlinearity=np.asarray(band.nonlinearity)[at],
        stopped=int(np.sum(~np.asarray(runs.completed))),
        names=band.names,
    )


def _p_values(off: Float[np.ndarray, "R T k"]) -> Float[np.ndarray, "T k"]:
    """Of the hypothesis that ``off`` are standard normal numbers, by Kolmogorov and Smirnov."""
    from scipy.stats import kstwo, norm  # nothing else here needs it, and it imports slowly

    total = off.shape[0]
    below = norm.cdf(np.sort(off, axis=0))
    rank = np.arange(total).reshape(-1, 1, 1)
    largest = np.maximum(below - rank / total, (rank + 1) / total - below).max(axis=0)
    return kstwo.sf(largest, total)
