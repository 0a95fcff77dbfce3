"""What makes a function a measure: its declaration, and the options that all measures share.

    @measure(ASKS_OUTCOMES, GROUPS)
    def asks_outcomes(chosen: Selection) -> pd.DataFrame: …

is called as `asks_outcomes(store, by=…, since=…, …)`: the shared options become a `Selection`,
the function's own options stay its own. Signature and docstring come from the declaration.
"""

from __future__ import annotations

from functools import wraps
from importlib import import_module
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from organizing_analytics.answers import Answer
from organizing_analytics.catalog import BY_NAME
from organizing_analytics.catalog.declaration import Kind
from organizing_analytics.catalog.describing import docstring
from organizing_analytics.catalog.shared import SHRUNK, shared_options
from organizing_analytics.errors import OptionError, unknown
from organizing_analytics.measures.selection import Selection, select
from organizing_analytics.measures.summing_up import sentence
from organizing_analytics.shrinkage import add_shrunk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from organizing_analytics.catalog import Measure, Option
    from organizing_analytics.measures.groups import Group
    from organizing_analytics.store import Data

Own = ParamSpec("Own")

#: Measure, as the command line names it → how the engine computes its group columns.
GROUPS: dict[str, Mapping[str, Group]] = {}
#: Measure → the function that answers it.
_ANSWERS: dict[str, Callable[..., Answer]] = {}

_STORE = Parameter("store", Parameter.POSITIONAL_OR_KEYWORD, annotation="Data")


def measure(
    declared: Measure, groups: Mapping[str, Group] | None = None
) -> Callable[[Callable[Concatenate[Selection, Own], pd.DataFrame]], Callable[..., pd.DataFrame]]:
    """Make a measure of a function that answers a `Selection`.

    Parameters
    ----------
    declared : Measure
        Its declaration, from `organizing_analytics.catalog`.
    groups : mapping of str to Group, optional
        How the engine computes each declared group column.

    Returns
    -------
    callable
        Turns the function into one of an open store and keywords: its own, and those of
        `select`. A keyword that is neither is a TypeError.
    """
    engine_groups = dict(groups or {})
    _check_groups(declared, engine_groups)
    GROUPS[declared.name] = engine_groups

    def make(
        count: Callable[Concatenate[Selection, Own], pd.DataFrame],
    ) -> Callable[..., pd.DataFrame]:
        public = signature_of(declared)

        def reply(*arguments: Any, **options: Any) -> Answer:
            values = public.bind(*arguments, **options).arguments
            store: Data = values.pop("store")
            is_shrunk = values.pop("shrink", False)
            own = {o.name: values.pop(o.name) for o in declared.options if o.name in values}
            always = {name: engine_groups[name] for name in declared.always}
            chosen = select(store, declared.name, allowed=engine_groups, always=always, **values)
            frame = count(chosen, **own)  # type: ignore[call-arg]
            return _answer(declared, chosen, frame, is_shrunk=is_shrunk)

        @wraps(count)
        def ask(*arguments: Any, **options: Any) -> pd.DataFrame:
            return reply(*arguments, **options).as_frame()

        _ANSWERS[declared.name] = reply
        ask.__signature__ = public  # type: ignore[attr-defined]
        ask.__doc__ = docstring(declared, count.__doc__ or declared.question)
        return ask

    return make


def answer(measure: Callable[..., pd.DataFrame] | str, store: Data, **options: Any) -> Answer:
    """Ask a measure for its whole answer: the frame, and what it rests on.

    Parameters
    ----------
    measure : callable or str
        A measure, like `oa.show_up`, or its name on the command line, like "show-up".
    store : Data
        An open store.
    **options
        Those of the measure.

    Returns
    -------
    Answer
        Frame, measure, as-of date, snapshot, the columns' kinds and meanings, the sentence.

    Raises
    ------
    OptionError
        There is no such measure, or an option's value is not allowed.
    """
    name = measure if isinstance(measure, str) else name_of(measure)
    if name not in BY_NAME:
        raise OptionError(unknown("measure", name, BY_NAME, most=len(BY_NAME)))
    import_module(f"organizing_analytics.measures.{BY_NAME[name].module}")
    return _ANSWERS[name](store, **options)


def name_of(function: Callable[..., pd.DataFrame]) -> str:
    """Return the name that the command line has for a measure's function."""
    names = {declared.function: declared.name for declared in BY_NAME.values()}
    return names.get(function.__name__, function.__name__)


def signature_of(declared: Measure) -> Signature:
    """Return the signature of a measure's public function."""
    options = [*declared.options, *shared_options(declared)]
    return Signature([_STORE, *map(_parameter, options)], return_annotation="pd.DataFrame")


def _parameter(option: Option) -> Parameter:
    default = () if option.name == "by" else option.default
    kind = option.annotation or option.type.__name__
    return Parameter(option.name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _answer(
    declared: Measure, chosen: Selection, frame: pd.DataFrame, *, is_shrunk: bool
) -> Answer:
    columns = declared.columns
    details: dict[str, Any] = {}
    if is_shrunk:
        main = declared.column(declared.main)
        frame = add_shrunk(
            frame,
            successes=main.successes,
            n=main.n,
            confidence=chosen.confidence,
            design=chosen.designs[main.name],
        )
        columns, details = (*columns, *SHRUNK), {"strength": frame.attrs["strength"]}
    by_name = {group.name: group.column for group in declared.groups}
    return Answer(
        frame=frame,
        measure=declared.name,
        as_of=chosen.as_of.isoformat(),
        snapshot=chosen.data.snapshot,
        columns=(*(by_name[name] for name in chosen.groups), *columns),
        sentence="" if chosen.groups else sentence(declared, frame, chosen.confidence),
        details=details,
    )


def _check_groups(declared: Measure, groups: Mapping[str, Group]) -> None:
    """Refuse a measure whose engine groups are not the declared ones."""
    flags = {group.name: group.kind is Kind.FLAG for group in declared.groups}
    computed = {name: group.is_flag for name, group in groups.items()}
    if flags != computed:
        raise TypeError(f"{declared.name}: declared groups {flags}, computed groups {computed}.")
