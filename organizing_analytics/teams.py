"""Which teams there are, and which of them have anything to report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from organizing_analytics.errors import OptionError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from organizing_analytics.store import Data

MAX_NAMED = 12


def team_names(store: Data) -> dict[str, str]:
    """Return every team's id and name, by name.

    A team that nobody listed, but that an event, an ask or a 1:1 names, is one too; where there
    is no name, the id stands for it.
    """
    listed = store.table("teams").select("team_id", "name")
    named = store.execute(listed).dropna(subset=["team_id"])
    names = dict.fromkeys(active_teams(store))
    names |= dict(zip(named["team_id"], named["name"], strict=True))
    shown_names = {
        team: name if isinstance(name, str) and name else team for team, name in names.items()
    }
    return dict(sorted(shown_names.items(), key=lambda item: (item[1].casefold(), item[0])))


def active_teams(store: Data) -> set[str]:
    """Return the ids of teams that have an event, an ask or a 1:1."""
    return set(store.execute(_active(store))["team_id"])


def is_active(store: Data, team_id: str) -> bool:
    """Return whether a team has an event, an ask or a 1:1."""
    active = _active(store)
    return bool(len(store.execute(active.filter(active.team_id == team_id))))


def _active(store: Data) -> ir.Table:
    events = store.table("events")
    live = events.filter(events.deleted_at.isnull())
    rows = [live, store.table("asks"), store.table("meetings")]
    ids = ibis.union(*(table.select("team_id") for table in rows), distinct=True)
    return ids.filter(ids.team_id.notnull())


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
