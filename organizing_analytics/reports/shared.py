"""What all teams' reports share is asked once for a run, and each takes its part.

Before the first notebook of a run, a process goes through the cells for one team (`gather`).
Whatever they ask of a measure that can be grouped by team, it asks for all teams at once: a team's
answer is by definition the rows of that group (`Selection.tally`). The kernels are forked with the
answers at hand. Whatever was not foreseen, and everything in a notebook that is run by hand, is
asked then and there; the answer is the same.

**To share a new answer**, ask it by `TeamWeek.ask`, or by `once` when it is about all teams.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from inspect import signature
from typing import TYPE_CHECKING, Any, TypeVar

import nbformat

from organizing_analytics.errors import OptionError
from organizing_analytics.expressions import _
from organizing_analytics.measures import meetings_overdue, retention_losing
from organizing_analytics.planning import plan_upcoming
from organizing_analytics.reports.by_team import TEAM, losing_by_team, overdue_by_team
from organizing_analytics.store import open_store
from organizing_analytics.teams import NO_TEAM, rows_of_team

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import pandas as pd

    from organizing_analytics.store import Data

    Answer = TypeVar("Answer")

#: Measures that are not grouped by team → the same for all teams, with a column `team`.
FOR_ALL: dict[Callable[..., pd.DataFrame], Callable[..., pd.DataFrame]] = {
    plan_upcoming: plan_upcoming,
    meetings_overdue: overdue_by_team,
    retention_losing: losing_by_team,
}
#: With these a team's answer is not the rows of its group: it looks at the other teams, or below.
NOT_SPLIT = ("shrink", "with_subteams")


@dataclass
class Answers:
    """Answers by what was asked; `gathers` while they are collected."""

    by_key: dict[str, Any] = field(default_factory=dict)
    gathers: bool = False


#: Of this process: empty but in the kernels of a run.
ANSWERS = Answers()


def once(store: Data, compute: Callable[..., Answer], **options: Any) -> Answer:
    """Return what a function says of a whole store; the same for all teams, so asked once a run.

    Parameters
    ----------
    store : Data
        An open store.
    compute : callable
        Takes the store and the options; its answer must not be changed in place.
    """
    key = _key(store, compute, options)
    if key in ANSWERS.by_key:
        cached: Answer = ANSWERS.by_key[key]
        return cached
    answer = compute(store, **options)
    if ANSWERS.gathers:
        ANSWERS.by_key[key] = answer
    return answer


def of_team(
    store: Data, measure: Callable[..., pd.DataFrame], *, team: str, **options: Any
) -> pd.DataFrame:
    """Return a measure's answer for one team, taken from that for all teams if there is one.

    Parameters
    ----------
    store : Data
        An open store.
    measure : callable
        Takes the store, `team` and the options.
    team : str
        A team that there is.
    """
    everyone = _of_all_teams(store, measure, options)
    if everyone is None:
        return measure(store, team=team, **options)
    own = rows_of_team(everyone, team, column=TEAM).reset_index(drop=True)
    own = own if measure is plan_upcoming else own.drop(columns=TEAM)
    own.attrs = dict(everyone.attrs)
    return own


def _of_all_teams(
    store: Data, measure: Callable[..., pd.DataFrame], options: Mapping[str, Any]
) -> pd.DataFrame | None:
    question = for_all(measure, options)
    if question is None:
        return None
    ask, asked = question
    if not ANSWERS.gathers and _key(store, ask, asked) not in ANSWERS.by_key:
        return None
    try:
        return once(store, ask, **asked)
    except OptionError:  # it cannot be grouped by team
        return None


def for_all(
    measure: Callable[..., pd.DataFrame], options: Mapping[str, Any]
) -> tuple[Callable[..., pd.DataFrame], dict[str, Any]] | None:
    """Return what to ask, and how, to have a measure's answers for all teams; None if nothing."""
    if any(options.get(name) for name in NOT_SPLIT):
        return None
    if measure in FOR_ALL:
        return FOR_ALL[measure], dict(options)
    by = options.get("by", ())
    names = by.split(",") if isinstance(by, str) else list(by)
    if "by" not in signature(measure).parameters or TEAM in names:
        return None
    return measure, {**options, "by": [TEAM, *filter(None, names)]}


def _key(store: Data, compute: Callable[..., Any], options: Mapping[str, Any]) -> str:
    folder = getattr(store, "folder", id(store))
    asked = sorted((name, value) for name, value in options.items())
    name = f"{compute.__module__}.{compute.__qualname__}"
    return f"{folder} {store.snapshot} {name} {asked!r}"


def gather(template: Path, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Go through a notebook's cells for one team and return the answers that all can use.

    A cell that fails here fails in the notebooks too, and is said there.

    Parameters
    ----------
    template : Path
        A notebook with a cell tagged "parameters".
    parameters : mapping
        Those that all teams have in common; `store` is one.
    """
    ANSWERS.gathers = True
    values: dict[str, Any] = {}
    parameters_of_team = {**parameters, "team_id": _busiest_team(parameters["store"])}
    notebook = nbformat.read(template, as_version=4)  # type: ignore[no-untyped-call]
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        try:
            exec(compile(cell.source, str(template), "exec"), values)  # noqa: S102  # our notebook
        except Exception:  # noqa: BLE001, S112  # see above
            continue
        if "parameters" in cell.metadata.get("tags", []):
            values |= parameters_of_team
    return ANSWERS.by_key


def _busiest_team(folder: str) -> str | None:
    with open_store(folder) as store:
        events = store.recorded_table("events").filter(_.team_id.notnull())
        counts = events.group_by("team_id").aggregate(n=_.count())
        busiest = store.execute(counts.order_by(counts.n.desc(), "team_id").limit(1))
    return NO_TEAM if busiest.empty else str(busiest["team_id"].iloc[0])
