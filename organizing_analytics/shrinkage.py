"""Rates of small groups, pulled towards what all groups have in common.

Of 3 people 3 came: nobody believes that this team has a show-up of 100 %. Partial pooling says
what to believe instead: the groups' true rates are taken to vary around a common mean, and each
group is pulled towards it, the more so the less it has counted and the more alike the groups are.

    y_i ~ Binomial(n_i, p_i)
    p_i ~ Beta(mean * strength, (1 - mean) * strength)  for most groups
    p_i ~ uniform on 0 to 1                             for the odd one, in ODD of the cases

The second line keeps one odd group from being pulled among the others: James and Stein's estimator
does well on the whole and badly for just that group, and Efron and Morris (1972) limit how far it
may move anybody. Here a tail does that: the less a group's counts could have come from the others'
Beta, the more its own record speaks alone, and the less it widens what is believed of the others.

How alike the groups are (strength, in people) is learned from them, and often they say little: on
Efron and Morris's batting averages the likelihood is all but flat, and its maximum lies at a
strength of 793. So the strength has a prior. For a group of the median size n0 the weight of the
common mean is B = strength / (strength + n0); before counting, every B from 0 to 1 is as likely as
any other (the uniform shrinkage prior), and so is every mean. Nothing is plugged in: estimates and
intervals are averaged over a grid of means and strengths, each with its posterior weight, so that
not knowing them makes the intervals wider.

Where it fails: several groups that differ in kind (phone banks among canvasses) are pulled towards
a mean that is not theirs; with two or three groups the prior speaks louder than they do. Counts are
taken to be of independent rows: where rows are clustered, give the effective counts
(`organizing_analytics.clustering.effective_counts`).

Sources
-------
M. J. Daniels (1999), A prior for the variance in hierarchical models, Canadian Journal of
Statistics 27, 567-578 (the uniform shrinkage prior).
C. L. Christiansen and C. N. Morris (1997), Hierarchical Poisson regression modeling, Journal of
the American Statistical Association 92, 618-632 (the same prior).
B. Efron and C. Morris (1972), Limiting the risk of Bayes and empirical Bayes estimators, part II,
Journal of the American Statistical Association 67, 130-139 (the odd one out).
B. Efron and C. Morris (1975), Data analysis using Stein's estimator and its generalizations,
Journal of the American Statistical Association 70, 311-319 (the batting averages).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from organizing_analytics.clustering import effective_counts
from organizing_analytics.estimates import check_confidence, share, summed, wilson

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from organizing_analytics.clustering import Design

    Floats = NDArray[np.float64]

#: The share of groups that are like no other, before anything is counted.
ODD = 0.1
#: How finely weights B between 0 and 1 are looked at, first for where they matter, then there.
_FIRST_LOOK, _STRENGTHS = 100, 24
#: What is less likely than the likeliest by this factor (a logarithm) adds nothing that shows.
_NEGLIGIBLE = 12.0
#: The mean's posterior at one strength is close to normal: steps of one deviation, to 8:
#: few people leave it heavy tails.
_STEPS = np.arange(-8.0, 9.0)
#: Points of the grid with less than this share of the weight of the heaviest are left out.
_LIGHT = 1e-5
#: An interval's bounds are right to one in four million.
_HALVINGS = 22
_NEWTON, _CLOSE = 50, 1e-6
#: The largest exponent that is worth taking.
_LARGE = 700.0
#: Groups are worked on in parts, so that many of them need little memory.
_PART = 500


class Shrunk(NamedTuple):
    """What is to be believed of each group.

    Attributes
    ----------
    estimate, low, high : ndarray of float64
        Partially pooled rate and interval, 0 to 1, one for each group.
    strength : float
        How many people the common mean weighs as much as: the posterior median of a + b. NaN
        where nothing was pooled.
    """

    estimate: Floats
    low: Floats
    high: Floats
    strength: float


class _Grid(NamedTuple):
    """Means and strengths, as the a and b of their Beta, with posterior weights that sum to 1."""

    a: Floats
    b: Floats
    weight: Floats


def shrink(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> Shrunk:
    """Return each group's rate, partially pooled with the other groups'.

    Parameters
    ----------
    successes, n : array_like of counts, shape (groups,)
        0 <= successes <= n. A group with n = 0 gets what is to be expected of a new group. A
        group whose count is not known (NaN) gets no number.
    confidence : float
        Of the intervals, between 0 and 1.

    Raises
    ------
    OptionError
        The confidence is out of range, or there are more successes than n.

    Notes
    -----
    With fewer than two groups that counted anything there is nothing to pool with: the raw rate
    and Wilson's interval come back.

    Examples
    --------
    Four teams. 3 of 3 is not believed to be 100 %; what 100 people say stays nearly as it was.

    >>> shrunk = shrink([3, 60, 70, 45], [3, 100, 100, 90])
    >>> shrunk.estimate.round(2).tolist()
    [0.66, 0.6, 0.67, 0.54]
    """
    count, total = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    low, high = wilson(count, total, check_confidence(confidence))
    is_counted = ~np.isnan(count + total)
    counted = is_counted & (total > 0)
    if counted.sum() < 2:  # noqa: PLR2004
        return Shrunk(share(count, total), low, high, float("nan"))
    grid = _posterior(count[counted], total[counted])
    # Many groups of the same counts are one piece of work.
    counts = np.stack([count[is_counted], total[is_counted]])
    pairs, place = np.unique(counts, axis=1, return_inverse=True)
    parts = [
        _believed(pairs[:, start : start + _PART], grid, confidence)
        for start in range(0, pairs.shape[1], _PART)
    ]
    estimate, low, high = np.full((3, *count.shape), np.nan)
    for out, pooled in zip(
        (estimate, low, high), np.concatenate(parts, axis=1)[:, place.ravel()], strict=True
    ):
        out[is_counted] = pooled
    return Shrunk(estimate, low, high, _median(grid.a + grid.b, grid.weight))


def add_shrunk(
    frame: pd.DataFrame,
    *,
    successes: str | tuple[str, ...],
    n: str | tuple[str, ...],
    confidence: float = 0.95,
    design: Design | None = None,
) -> pd.DataFrame:
    """Return a frame of groups with `shrunk shrunk_low shrunk_high`; `attrs` say the strength.

    Parameters
    ----------
    frame : DataFrame
        One row per group; holds the counts.
    successes, n : str or tuple of str
        The column that holds the count; several are added up.
    confidence : float
        Of the intervals.
    design : Design, optional
        How far each group's rows are from independent: counts then weigh as much as they are worth.
    """
    counts = summed(frame, successes), summed(frame, n)
    if design is not None:
        counts = effective_counts(*counts, design, confidence)
    pooled = shrink(*counts, confidence)
    added = frame.assign(shrunk=pooled.estimate, shrunk_low=pooled.low, shrunk_high=pooled.high)
    strength = None if np.isnan(pooled.strength) else round(pooled.strength, 1)
    added.attrs = {**frame.attrs, "strength": strength}
    return added


def draw_rates(
    successes: ArrayLike, n: ArrayLike, group: int, *, size: int, generator: np.random.Generator
) -> Floats:
    """Return draws of one group's rate, from the posterior that `shrink` tells the mean of.

    Parameters
    ----------
    successes, n : array_like of counts, shape (groups,)
        0 <= successes <= n, all known. At least two groups have counted something.
    group : int
        The place of the group in both.
    size : int
        How many draws.
    generator : numpy.random.Generator
        Where the dice come from.

    Returns
    -------
    ndarray of float64, shape (size,)
        Rates, 0 to 1.
    """
    count, total = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    grid = _posterior(count[total > 0], total[total > 0])
    pair = np.array([[count[group]], [total[group]]])
    place = generator.choice(len(grid.weight), size=size, p=grid.weight)
    is_odd = generator.random(size) > _typical_share(pair, grid.a, grid.b)[0, place]
    a, b = np.where(is_odd, 1, grid.a[place]), np.where(is_odd, 1, grid.b[place])
    drawn: Floats = generator.beta(count[group] + a, total[group] - count[group] + b)
    return drawn


def _believed(pairs: Floats, grid: _Grid, confidence: float) -> Floats:
    """Return estimate, low and high of each pair of counts: shape (3, pairs).

    A group's posterior is a mixture of Betas: one for each point of the grid, in as far as the
    group is one of the usual ones, and one of its own counts alone, in as far as it is odd.
    """
    count, total = pairs[:, :, None]
    a = np.hstack([count + grid.a, count + 1])
    b = np.hstack([total - count + grid.b, total - count + 1])
    usual = grid.weight * _typical_share(pairs, grid.a, grid.b)
    weight = np.hstack([usual, 1 - usual.sum(axis=1, keepdims=True)])
    tail = (1 - confidence) / 2
    bounds = [_quantile(a, b, weight, p) for p in (tail, 1 - tail)]
    return np.stack([np.sum(a / (a + b) * weight, axis=1), *bounds])


def _typical_share(pairs: Floats, a: Floats, b: Floats) -> Floats:
    """Return how likely each group is one of the usual ones: shape (pairs, *a.shape)."""
    usual, odd = _log_likelihoods(pairs, a, b)
    share_of_usual: Floats = 1 / (1 + np.exp(np.minimum(odd - usual, _LARGE)))
    return share_of_usual


def _log_likelihoods(pairs: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Return the log likelihood of each pair as a usual and as an odd group, with its prior."""
    from scipy.special import betaln  # noqa: PLC0415

    count, total = (part.reshape(-1, *[1] * a.ndim) for part in pairs)
    usual = np.log(1 - ODD) + betaln(count + a, total - count + b) - betaln(a, b)
    return usual, np.log(ODD) + betaln(count + 1, total - count + 1)


def _quantile(a: Floats, b: Floats, weight: Floats, p: float) -> Floats:
    """Return where each row's mixture of Betas reaches `p`, by halving 0 to 1."""
    from scipy.special import betainc  # noqa: PLC0415  # only for those who pool

    low, high = np.zeros((2, len(a)))
    high += 1
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_below = np.sum(betainc(a, b, middle[:, None]) * weight, axis=1) < p
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return (low + high) / 2


def _posterior(count: Floats, total: Floats) -> _Grid:
    pairs, counted = np.unique(np.stack([count, total]), axis=1, return_counts=True)
    times = counted.astype(np.float64)
    typical = float(np.median(total))
    looked = (np.arange(_FIRST_LOOK) + 0.5) / _FIRST_LOOK
    _, _, log_weight = _means(pairs, times, typical * looked / (1 - looked))
    matters = looked[log_weight > log_weight.max() - _NEGLIGIBLE]
    half = 0.5 / _FIRST_LOOK
    edges = np.linspace(matters[0] - half, matters[-1] + half, _STRENGTHS + 1)
    pull = (edges[1:] + edges[:-1]) / 2
    strength = typical * pull / (1 - pull)
    mode, deviation, _ = _means(pairs, times, strength)
    logit = mode[:, None] + deviation[:, None] * _STEPS
    mean = 1 / (1 + np.exp(-logit))
    a, b = mean * strength[:, None], (1 - mean) * strength[:, None]
    log_weight = _log_posterior(pairs, times, a, b) + np.log(deviation)[:, None]
    weight = np.exp(log_weight - log_weight.max())
    heavy = weight > _LIGHT
    return _Grid(a[heavy], b[heavy], weight[heavy] / weight[heavy].sum())


def _log_posterior(pairs: Floats, times: Floats, a: Floats, b: Floats) -> Floats:
    """Return the log of likelihood times prior, as a density of the mean's logit."""
    log_likelihood = np.zeros_like(a)
    for pair, n_times in zip(pairs.T, times, strict=True):
        usual, odd = _log_likelihoods(pair[:, None], a, b)
        log_likelihood += n_times * np.logaddexp(usual, odd)[0]
    # Flat in the mean; the last two terms turn it into a density of the logit.
    density: Floats = log_likelihood + np.log(a / (a + b)) + np.log(b / (a + b))
    return density


def _means(pairs: Floats, times: Floats, strength: Floats) -> tuple[Floats, Floats, Floats]:
    """Return, at each strength, the mean's posterior: mode and deviation of its logit, log weight.

    Newton's steps, kept short, find its top; in each the groups count by how usual they are at the
    step before, as the EM algorithm does.
    """
    came, all_n = pairs @ times
    logit = np.full_like(strength, np.log((came + 1) / (all_n - came + 1)))
    for _ in range(_NEWTON):
        slope, curve = _slope(pairs, times, logit, strength)
        logit += np.clip(slope / curve, -1, 1)
        if np.abs(slope / curve).max() < _CLOSE:
            break
    deviation = 1 / np.sqrt(_slope(pairs, times, logit, strength)[1])
    mean = 1 / (1 + np.exp(-logit))
    at_top = _log_posterior(pairs, times, mean * strength, (1 - mean) * strength)
    return logit, deviation, at_top + np.log(deviation)


def _slope(pairs: Floats, times: Floats, logit: Floats, strength: Floats) -> tuple[Floats, Floats]:
    """Return how the log posterior rises with the mean's logit, and how fast that rise lessens."""
    from scipy.special import digamma, polygamma  # noqa: PLC0415

    count, total = pairs[:, :, None]
    mean = 1 / (1 + np.exp(-logit))
    a, b = mean * strength, (1 - mean) * strength
    missed = total - count
    usual = times[:, None] * _typical_share(pairs, a, b)
    first = np.sum(
        usual * (digamma(count + a) - digamma(a) - digamma(missed + b) + digamma(b)), axis=0
    )
    second = np.sum(
        usual
        * (polygamma(1, count + a) - polygamma(1, a) + polygamma(1, missed + b) - polygamma(1, b)),
        axis=0,
    )
    spread = mean * (1 - mean)
    rise = strength * first * spread + 1 - 2 * mean
    curve = (
        2 * spread - strength * first * spread * (1 - 2 * mean) - strength**2 * second * spread**2
    )
    # Far from the top it may bend the other way: then a short step will do.
    return rise, np.maximum(curve, spread)


def _median(values: Floats, weight: Floats) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weight[order]), 0.5)])
