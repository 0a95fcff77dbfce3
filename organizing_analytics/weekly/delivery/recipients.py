"""Who gets which team's report: its lead, unless the settings say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.store import open_store
from organizing_analytics.weekly.delivery.settings import is_address, plain_domain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from organizing_analytics.weekly.delivery.settings import Mail

LEADS = """SELECT t.team_id, p.email, coalesce(p.do_not_contact, false), p.person_id IS NOT NULL
    FROM teams t LEFT JOIN people p ON p.person_id = t.lead_id"""


def recipients(
    store: Path, teams: Iterable[str], mail: Mail
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return whom each address is to get reports of, and the teams that nobody is written for.

    Returns
    -------
    (dict of str to list of str, dict of str to str)
        Address → teams: one message for each address, whatever the number of its teams. Team →
        why there is no address.
    """
    with open_store(store) as data:
        rows = data.connection.execute(LEADS).fetchall()
    leads = {team: (email, is_silent, is_there) for team, email, is_silent, is_there in rows}
    teams_by_address: dict[str, list[str]] = {}
    spellings: dict[str, str] = {}
    without = {}
    for team in teams:
        addresses, why = _of_team(team, leads.get(team, (None, False, False)), mail)
        for address in [*addresses, *mail.also.get(team, ())]:
            spelling = spellings.setdefault(address.casefold(), plain_domain(address))
            if team not in teams_by_address.setdefault(spelling, []):
                teams_by_address[spelling].append(team)
        if why and team not in mail.also:
            without[team] = why
    return teams_by_address, without


def _of_team(
    team: str, lead: tuple[str | None, bool, bool], mail: Mail
) -> tuple[tuple[str, ...], str]:
    if team in mail.to:
        return mail.to[team], "" if mail.to[team] else "The settings send it to nobody."
    email, is_silent, is_there = lead
    address = (email or "").strip()
    if not is_there:
        return (), "The team has no lead in the store."
    if is_silent:
        return (), "The lead asked not to be contacted; [mail.to] may name another address."
    if not address:
        return (), "The lead has no e-mail in the store."
    if not is_address(address):
        return (), "The lead's e-mail in the store is no address."
    return (address,), ""
