"""What makes a function a measure: the options that all of them share, checked in one place.

    @measure("asks outcomes", groups=GROUPS)
    def asks_outcomes(chosen: Selection) -> pd.DataFrame: …

is called as `asks_outcomes(store, by=…, since=…, …)`: the shared options become a `Selection`,
the function's own options stay its own.
"""

from __future__ import annotations

from functools import wraps
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from organizing_analytics.measures.selection import Selection, select
from organizing_analytics.shrinkage import add_shrunk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from organizing_analytics.measures.groups import Group
    from organizing_analytics.store import Data

Own = ParamSpec("Own")

#: Measure, as the command line names it → the group columns that it knows.
GROUPS: dict[str, Mapping[str, Group]] = {}

_STORE = Parameter("store", Parameter.POSITIONAL_OR_KEYWORD, annotation="Data")
_SHARED = ("by", "since", "until", "as_of", "team", "with_subteams", "confidence")


def measure(
    name: str,
    *,
    groups: Mapping[str, Group] | None = None,
    always: Mapping[str, Group] | None = None,
    is_state: bool = False,
    shrinks: tuple[str, str | tuple[str, ...]] | None = None,
) -> Callable[[Callable[Concatenate[Selection, Own], pd.DataFrame]], Callable[..., pd.DataFrame]]:
    """Make a measure of a function that answers a `Selection`.

    Parameters
    ----------
    name : str
        Its name on the command line.
    groups : mapping of str to Group, optional
        The group columns that `by` may name; without any there is no `by`.
    always : mapping of str to Group, optional
        Group columns that come first whether asked for or not.
    is_state : bool
        The measure tells how things stand at `as_of`: it has no window.
    shrinks : (str, str or tuple of str), optional
        The counts of the main rate, successes and n. With them the measure takes `shrink=True`,
        which adds `shrunk shrunk_low shrunk_high`: see `organizing_analytics.shrinkage`.

    Returns
    -------
    callable
        Turns the function into one of an open store and keywords: its own, and those of
        `select`. A keyword that is neither is a TypeError.
    """
    GROUPS[name] = {**(always or {}), **(groups or {})}

    def make(
        answer: Callable[Concatenate[Selection, Own], pd.DataFrame],
    ) -> Callable[..., pd.DataFrame]:
        own = list(signature(answer).parameters.values())[1:]
        public = Signature([_STORE, *own, *_shared(grouped=groups is not None, is_state=is_state)])
        if shrinks:
            public = _with_shrink(public)

        @wraps(answer)
        def ask(*arguments: Any, **options: Any) -> pd.DataFrame:
            given = public.bind(*arguments, **options).arguments
            store: Data = given.pop("store")
            is_shrunk = given.pop("shrink", False) and shrinks
            mine = {p.name: given.pop(p.name) for p in own if p.name in given}
            chosen = select(store, name, allowed=groups, always=always, **given)
            frame = answer(chosen, **mine)  # type: ignore[call-arg]
            if is_shrunk:
                return add_shrunk(
                    frame, successes=is_shrunk[0], n=is_shrunk[1], confidence=chosen.confidence
                )
            return frame

        ask.__signature__ = public  # type: ignore[attr-defined]
        return ask

    return make


def _shared(*, grouped: bool, is_state: bool) -> list[Parameter]:
    every = signature(select).parameters
    absent = {"by"} if not grouped else set()
    absent |= {"since", "until"} if is_state else set()
    return [every[name] for name in _SHARED if name not in absent]


def _with_shrink(public: Signature) -> Signature:
    shrink = Parameter("shrink", Parameter.KEYWORD_ONLY, default=False, annotation="bool")
    return public.replace(parameters=[*public.parameters.values(), shrink])
