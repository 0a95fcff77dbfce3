"""The list at the door: one HTML file for a laptop, with its own script and nothing else.

Type three letters, tap the name. Who is here is kept in the browser over a reload. The file that it
saves loads with `oa load FILE --source check_in --shift ID`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.errors import WHERE_SHIFTS_ARE, OptionError
from organizing_analytics.logbook.printed import page_head
from organizing_analytics.store import open_store
from organizing_analytics.store.keyed_ids import read_key
from organizing_analytics.time_zones import zone_rules
from organizing_analytics.to_do.listing import todo_of_all

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from organizing_analytics.store import Store

SCRIPT = Path(__file__).parent / "pages" / "door.js"
#: So far ahead a person's next shift is looked for.
NEXT_DAYS = 14
_SHIFT_WORDS = (
    "s.shift_id, coalesce(e.title, e.event_type, 'shift'), s.starts_at, coalesce(e.timezone, ?) "
    "FROM shifts s JOIN events e USING (event_id)"
)
_STYLE = """
:root { color-scheme: light dark } body { font: 1rem/1.4 sans-serif; margin: 0 auto;
  padding: 0.8rem; max-width: 44rem } h1 { font-size: 1.3rem; margin: 0 }
  #typed { font-size: 1.4rem; width: 100%;
  box-sizing: border-box; padding: 0.5rem } #rows { display: grid; gap: 0.3rem; margin: 0.5rem 0;
  grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)) }
button, input { font: inherit; padding: 0.6rem; overflow-wrap: anywhere } #rows button {
  text-align: left; min-height: 2.9rem } .here { opacity: 0.6 } #trouble { color: #a40e26;
  font-weight: bold } summary { cursor: pointer; padding: 0.6rem 0 }
"""


@dataclass(frozen=True)
class ExpectedPerson:
    """One person on the list at the door.

    Attributes
    ----------
    id : str
        By which the page keeps who is here, also when it is made again; no id of the store.
    name, email, phone : str
        As the store has them; empty where it has none. The phone is empty, too, where somebody must
        not be contacted; the e-mail tells the load who came.
    next : str
        The next shift to ask for; empty where there is none.
    """

    id: str
    name: str
    email: str
    phone: str
    next: str


def door_page(shift: str, *, store: str | os.PathLike[str] | None = None) -> str:
    """Return the page of a shift's list.

    Parameters
    ----------
    shift : str
        The shift's id.
    store : path, optional
        The store's folder.

    Raises
    ------
    OptionError
        There is no such shift, or it was deleted.
    StoreError
        There is no store.
    """
    with open_store(store) as data:
        title, starts_at, team, zone = _shift(data, shift)
        key = read_key(data.folder) or ""
        people = list(_people(data, shift, starts_at, team, key=key))
        local = starts_at.replace(tzinfo=zone_rules("UTC")).astimezone(zone_rules(zone))
        late = local + timedelta(minutes=data.settings.chase_minutes)
        mark, dates = door_mark(key, shift), data.settings.dates
    heading = f"{title}, {dates.day_and_time(local)}"
    entries = [asdict(person) for person in people]
    # Only a "<" could end the script element that holds the list.
    listed = json.dumps({"id": mark, "file": f"door-{mark}.csv", "people": entries})
    listed = listed.replace("<", "\\u003c").replace("&", "\\u0026")
    script = SCRIPT.read_text(encoding="utf-8")
    digest = b64encode(sha256(script.encode()).digest()).decode()
    head = page_head(heading, style=_STYLE, script_hash=f"sha256-{digest}")
    return f"""{head}<h1>{escape(heading)}</h1>
<noscript><p>This list needs a browser that runs its script: open it on a laptop.</p></noscript>
<p id="count" role="status"></p>
<p id="trouble" hidden>This browser keeps nothing: save the list before you close the page.</p>
<input id="typed" type="search" autocomplete="off" placeholder="Type three letters of the name" \
aria-label="Name" autofocus>
<div id="rows"></div>
<form id="walk-in"><b>Not on the list:</b> <input id="name" placeholder="Name" aria-label="Name" \
required> <input id="phone" type="tel" placeholder="Phone" aria-label="Phone"> \
<input id="email" type="email" placeholder="E-mail" aria-label="E-mail"> \
<button id="add">Add</button></form>
<details><summary>Not here yet: call them at {dates.time(late)}</summary>\
<ul id="missing"></ul></details>
<details><summary>Before they go: the next shift to ask for</summary><ul id="next"></ul></details>
<p><button id="save" type="button">Save the list</button> \
<button id="clear" type="button">Clear</button></p>
<script type="application/json" id="list">{listed}</script>
<script>{script}</script>
</body>
</html>
"""


def _shift(data: Store, shift: str) -> tuple[str, datetime, str | None, str]:
    rows = data.connection.execute(
        "SELECT coalesce(e.title, e.event_type, s.shift_id), s.starts_at, e.team_id, "
        "coalesce(e.timezone, ?), coalesce(s.deleted_at, e.deleted_at) IS NOT NULL "
        "FROM shifts s JOIN events e USING (event_id) WHERE s.shift_id = ?",
        [data.settings.timezone, shift],
    ).fetchall()
    if not rows:
        raise OptionError(f'There is no shift "{shift}" in the store. {WHERE_SHIFTS_ARE}')
    title, starts_at, team, zone, is_deleted = rows[0]
    if is_deleted:
        raise OptionError(
            f'The shift "{shift}" was deleted or called off. `oa plan upcoming` lists those ahead.'
        )
    return title, starts_at, team, zone


def door_mark(key: str, shift: str) -> str:
    """Return what stands for a shift in the name of the file that its page saves.

    Parameters
    ----------
    key : str
        The store's key.
    shift : str
        The shift's id.
    """
    return _mark(key, shift)


def _mark(key: str, text: str) -> str:
    return sha256(f"{key} door {text}".encode()).hexdigest()[:16]


def _people(
    data: Store, shift: str, starts_at: datetime, team: str | None, *, key: str
) -> Iterator[ExpectedPerson]:
    """Yield who is on the shift's list, by name."""
    rows = data.connection.execute(
        """
        SELECT DISTINCT p.person_id,
            coalesce(nullif(trim(concat_ws(' ', p.given_name, p.family_name)), ''), p.person_id)
                AS name,
            p.email, CASE WHEN p.do_not_contact THEN NULL ELSE p.phone END AS phone
        FROM signups s JOIN people p USING (person_id)
        WHERE s.shift_id = ? AND s.status <> 'cancelled' AND s.is_walk_in IS NOT TRUE
        ORDER BY name, p.person_id
        """,
        [shift],
    ).fetchall()
    upcoming = _next_shifts(data, starts_at, team)
    asks = _asks(data, [person for person, *_ in rows], starts_at)
    taken = set(
        data.connection.execute(
            "SELECT person_id, shift_id FROM signups WHERE status <> 'cancelled' "
            "AND shift_id IN (SELECT unnest(?::VARCHAR[]))",
            [[other for other, _ in upcoming]],
        ).fetchall()
    )
    for person, name, email, phone in rows:
        soonest = next((words for other, words in upcoming if (person, other) not in taken), "")
        following = asks.get(person, soonest)
        yield ExpectedPerson(_mark(key, person), name, email or "", phone or "", following)


def _asks(data: Store, people: Sequence[str], after: datetime) -> dict[str, str]:
    """Return the shift that the to-do list asks each of these people for, in words."""
    tasks = todo_of_all(data)
    tasks = tasks[
        tasks["person_id"].isin(people) & tasks["shift_id"].notna() & tasks["ask_for"].notna()
    ]
    shifts = data.connection.execute(
        f"SELECT {_SHIFT_WORDS} WHERE s.shift_id IN (SELECT unnest(?::VARCHAR[])) "
        "AND s.deleted_at IS NULL AND e.deleted_at IS NULL AND s.starts_at > ?",
        [data.settings.timezone, tasks["shift_id"].tolist(), after],
    ).fetchall()
    words = dict(_in_words(data, row) for row in shifts)
    pairs = zip(tasks["person_id"], tasks["shift_id"], strict=True)
    return {person: words[shift] for person, shift in reversed([*pairs]) if shift in words}


def _in_words(data: Store, shift: tuple[str, str, datetime, str]) -> tuple[str, str]:
    shift_id, title, starts_at, zone = shift
    local = starts_at.replace(tzinfo=zone_rules("UTC")).astimezone(zone_rules(zone))
    return shift_id, f"{title}, {data.settings.dates.day_and_time(local)}"


def _next_shifts(data: Store, after: datetime, team: str | None) -> list[tuple[str, str]]:
    """Return the team's next shifts, the soonest first, and what they are called."""
    rows = data.connection.execute(
        f"SELECT {_SHIFT_WORDS} "
        "WHERE e.team_id IS NOT DISTINCT FROM ? AND s.deleted_at IS NULL AND e.deleted_at IS NULL "
        "AND s.starts_at > ? "
        "AND s.starts_at < ? ORDER BY s.starts_at, s.shift_id",
        [data.settings.timezone, team, after, after + timedelta(days=NEXT_DAYS)],
    ).fetchall()
    return [_in_words(data, row) for row in rows]
