"""Which teams there are, and which of them have anything to report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError, nearest
from organizing_analytics.expressions import ibis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from organizing_analytics.store import Data

MAX_NAMED = 12
#: Stands for what belongs to no team, where a team's id is asked for.
NO_TEAM = "no-team"
NO_TEAM_NAME = "No team"


def team_names(store: Data) -> dict[str, str]:
    """Return every team's id and name, by name.

    A team that nobody listed, but that an event, an ask or a 1:1 names, is one too; where there
    is no name, the id stands for it. What belongs to no team comes last, as `NO_TEAM`.
    """
    listed = store.recorded_table("teams").select("team_id", "name")
    named = store.execute(listed).dropna(subset=["team_id"])
    names = dict.fromkeys(active_teams(store))
    names |= dict(zip(named["team_id"], named["name"], strict=True))
    shown_names = {
        team: name if isinstance(name, str) and name else team for team, name in names.items()
    }
    shown_names.pop(NO_TEAM, None)
    ordered = dict(sorted(shown_names.items(), key=lambda item: (item[1].casefold(), item[0])))
    return {**ordered, **({NO_TEAM: NO_TEAM_NAME} if NO_TEAM in names else {})}


def active_teams(store: Data) -> set[str]:
    """Return the ids of teams that have an event, an ask or a 1:1; `NO_TEAM` if any has no team."""
    teams = store.execute(_active(store))["team_id"]
    return {team if isinstance(team, str) else NO_TEAM for team in teams}


def is_active(store: Data, team_id: str) -> bool:
    """Return whether a team has an event, an ask or a 1:1."""
    active = _active(store)
    return bool(len(store.execute(active.filter(is_of_team(active.team_id, team_id)))))


def is_of_team(team_ids: ir.Value, team: str) -> ir.BooleanValue:
    """Return the condition that a row is the team's; of `NO_TEAM`, that it has none."""
    own = team_ids == team
    return (team_ids.isnull() | own) if team == NO_TEAM else own


def rows_of_team(frame: pd.DataFrame, team: str, *, column: str = "team_id") -> pd.DataFrame:
    """Return the team's rows of a frame; of `NO_TEAM`, those without a team."""
    own = frame[column].isna() if team == NO_TEAM else frame[column] == team
    return frame[own]


def _active(store: Data) -> ir.Table:
    events = store.recorded_table("events")
    live = events.filter(events.deleted_at.isnull())
    rows = [live, store.recorded_table("asks"), store.recorded_table("meetings")]
    return ibis.union(*(table.select("team_id") for table in rows), distinct=True)


def chosen_teams(names: Mapping[str, str], wanted: Sequence[str]) -> list[str]:
    """Return the ids of the teams that are asked for; all of them when none is named.

    Raises
    ------
    OptionError
        There is no such team; the ids and names that look most like it are offered.

    Examples
    --------
    >>> chosen_teams({"T1": "North", "T2": "South"}, ["T2", "T2"])
    ['T2']
    """
    for team in wanted:
        if team not in names:
            raise OptionError(_unknown_team(team, names))
    return list(dict.fromkeys(wanted)) if wanted else list(names)


def check_team(store: Data, team: str) -> None:
    """Refuse a team that is none.

    Raises
    ------
    OptionError
        There is no such team; the nearest are offered.
    """
    chosen_teams(team_names(store), [team])


def _unknown_team(team: str, names: Mapping[str, str]) -> str:
    if not names:
        return f'There is no team "{team}": the store has no teams. Load some first.'
    called = {name.casefold(): team_id for team_id, name in names.items()}
    close = [*(called[name] for name in nearest(team.casefold(), called)), *nearest(team, names)]
    hint = [_shown(team_id, names) for team_id in dict.fromkeys(close)][:3]
    shown = ", ".join(_shown(team_id, names) for team_id in list(names)[:MAX_NAMED])
    more = f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else ""
    mean = f" Did you mean {' or '.join(hint)}?" if hint else ""
    return f'There is no team with the id "{team}".{mean} There are: {shown}{more}.'


def _shown(team_id: str, names: Mapping[str, str]) -> str:
    return team_id if names[team_id] == team_id else f"{team_id} ({names[team_id]})"
