"""What to do now: the team's to-do list, the most important first."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from organizing_analytics.logbook.links import task_links
from organizing_analytics.reports.numbers import counted
from organizing_analytics.reports.parts import Part, plain, safe, sentence, together
from organizing_analytics.reports.section import section
from organizing_analytics.reports.sections.opening import unloaded_words
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.reports.visits import person
from organizing_analytics.reports.words import called, listed, noted, whole
from organizing_analytics.to_do.fitting import within_reach
from organizing_analytics.to_do.task import ACTIONS
from organizing_analytics.wording import plural, short_day

if TYPE_CHECKING:
    import pandas as pd

    from organizing_analytics.reports.team_week import Row, TeamWeek

HEADINGS = {
    "chase": "Call now: confirmed and not there",
    "record_attendance": "Write down who came",
    "follow_up": "Thank and follow up",
    "thank_you": "Thank, and ask for nothing",
    "confirm": "Confirm who is coming",
    "next_step": "Take the next step agreed on",
    "re_ask": 'Ask again: it was "not now"',
    "offer_other": 'Offer something else: it was "not that"',
    "recruit": "Find more people",
    "missed": "Ask how they are: they were missed",
    "reshift": "Set the next shift",
    "never_asked": "Ask for the first time in months",
    "recruitment_1to1": "Invite to a first one-to-one",
    "escalation": "Offer more responsibility, in a one-to-one",
    "maintenance": "Keep in touch, in a one-to-one",
    "try_again": "Try again",
    "recognize": "Recognize what they do",
    "win_back": "Win back",
}
#: What a person is on the list for beside the main thing, in a few words.
ALSO = {
    "thank_you": "thank them",
    "confirm": "confirm their shift",
    "next_step": "take the next step",
    "re_ask": "ask again",
    "offer_other": "offer something else",
    "missed": "ask how they are",
    "reshift": "set the next shift",
    "never_asked": "ask for something",
    "recruitment_1to1": "invite to a first one-to-one",
    "escalation": "offer more responsibility",
    "maintenance": "have a one-to-one",
    "try_again": "try again",
    "recognize": "recognize what they do",
    "win_back": "win back",
}


@section
def to_do(team: TeamWeek) -> Part:
    """Return a list for each organizer, each person once, and a count of the rest."""
    if team.is_unloaded:  # people may have been called, or have signed up, since
        return sentence(f"{unloaded_words(team)} A list of whom to call would be out of date.")
    most = team.store.settings.todo_most
    shown, left = within_reach(team.tasks, most)
    if shown.empty:
        return sentence("Nothing is waiting: everybody was thanked, asked and met.", kind="quiet")
    if not team.names:
        return together(_shifts_only(shown), _counts(team.tasks))
    shown = team.with_codes(shown)
    lists = [_list(team, tasks) for tasks in _by_organizer(shown)]
    rest = sum(left.values())
    more = sentence(f"{plural(rest, 'more thing')} would not fit into a week.", kind="quiet")
    numbers = tuple(
        counted("to_do", n, by="action", group=str(action))
        for action, n in team.tasks["action"].value_counts(sort=False).items()
    )
    html = "".join(part.html for part in lists)
    text = "\n".join(part.text for part in lists)
    facts: dict[str, Any] = {"to_do": f"To do now: {_in_counts(shown)}."}
    lines = _lines(team, shown)  # the weekly mail shows them, too
    facts |= {"lines": lines} if lines else {}
    return together(Part(html, text, facts, numbers), more if rest else None)


def _lines(team: TeamWeek, tasks: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the lines that can be answered, each person once: `name what links`."""
    lines = []
    for row in rows_of(tasks.drop_duplicates("person_id")):
        links = task_links(row, team.store.settings)
        if links:
            name = plain(person(row["name"], row["person_id"]))
            what = plain(whole(row["reason"]))
            lines.append({"name": name, "what": what, "links": links})
    return lines


def _by_organizer(tasks: pd.DataFrame) -> list[pd.DataFrame]:
    """Return each organizer's tasks by name, then those of people whom nobody looks after."""
    named = tasks.assign(name_of_list=tasks["organizer"].fillna(tasks["organizer_id"]))
    groups = named.groupby(["name_of_list", "organizer_id"], dropna=False, sort=True)
    return [group for _, group in groups]


def _list(team: TeamWeek, tasks: pd.DataFrame) -> Part:
    groups = [_group(team, action, rows) for action, rows in _by_person(tasks)]
    whose = tasks["name_of_list"].iloc[0]
    heading = f"{called(whose)}'s list" if isinstance(whose, str) else "Nobody's list yet"
    promises = int((tasks["overdue_days"] > 0).sum())
    overdue = f" {plural(promises, 'promise is', 'promises are')} overdue." if promises else ""
    count = f"{plural(len(tasks), 'thing')} to do.{overdue}"
    html = "".join(part.html for part in groups)
    text = "\n".join(part.text for part in groups)
    return Part(
        f'<h3 class="organizer">{safe(heading)}</h3><p class="quiet">{safe(count)}</p>'
        f'<div class="todo">{html}</div>',
        f"{plain(heading)}: {count}\n{text}",
    )


def _by_person(tasks: pd.DataFrame) -> list[tuple[str, list[Row]]]:
    """Return each person once, at their most important action, with the other actions."""
    people: dict[str, Row] = {}
    groups: dict[str, list[Row]] = {action: [] for action in ACTIONS}
    for row in rows_of(tasks):
        listed_person = people.get(row["person_id"]) if isinstance(row["person_id"], str) else None
        if listed_person is not None:
            listed_person["also"].append(row)
            continue
        entry = {**row, "also": []}
        groups[row["action"]].append(entry)
        if isinstance(row["person_id"], str):
            people[row["person_id"]] = entry
    return [(action, rows) for action, rows in groups.items() if rows]


def _group(team: TeamWeek, action: str, rows: list[Row]) -> Part:
    items = [_item(team, row) for row in rows]
    heading = HEADINGS[action]
    html = "".join(f"<li>{item.html}</li>" for item in items)
    text = "\n".join(f"- {item.text}" for item in items)
    return Part(f"<h3>{safe(heading)}</h3><ul>{html}</ul>", f"{heading}\n{text}")


def _item(team: TeamWeek, row: Row) -> Part:
    reason = whole(row["reason"])
    also = [ALSO[other["action"]] for other in row["also"] if other["action"] in ALSO]
    by = f"By {short_day(row['due_on'])}." if row["due_on"].date() > team.as_of else ""
    by = f"Overdue by {plural(row['overdue_days'], 'day')}." if row["overdue_days"] else by
    words = [by, _to_say(row), f"Also: {listed(also)}." if also else ""]
    # Words that are ready to say stand with the task that they belong to.
    words += [_to_say(other) for other in row["also"] if other["details"].startswith('"')][:1]
    words += [f"Noted: {noted(row['notes'])}."] if row["notes"] else []
    # What a shift lacks, and why, stands in the section on the next two weeks.
    words = [by] if row["action"] == "recruit" else words
    details = whole(" ".join(word for word in words if word))
    small = f" <small>{safe(details)}</small>" if plain(details) else ""
    if not isinstance(row["person_id"], str):
        return Part(f"{safe(reason)}.{small}", plain(f"{reason}. {details}"))
    name = person(row["name"], row["person_id"])
    html = f"<b>{safe(name)}</b>{_reach(team, row)}: {safe(reason)}.{small}{_answers(team, row)}"
    return Part(html, plain(f"{name}: {reason}. {details}"))


def _answers(team: TeamWeek, row: Row) -> str:
    """Return the line's answers, to open and tap."""
    links = task_links(row, team.store.settings)
    items = "".join(f'<a href="{escape(href)}">{safe(label)}</a>' for label, href in links)
    if not items:
        return ""
    return f'<details class="log" name="log"><summary>Log it</summary>{items}</details>'


def _to_say(row: Row) -> str:
    """Return the hard ask, a second time and another thing; else what else is known."""
    if not row["words"]:
        return str(row["details"])
    card = [f'"{row["words"]}"']
    card += [f'If not now: "{row["second"]}"'] if row["second"] else []
    card += [f'If not that: "{row["other"]}"'] if row["other"] else []
    return " ".join(card)


def _reach(team: TeamWeek, row: Row) -> str:
    """Return a link to call or to write to the person, by the setting `todo_contact`."""
    way = team.store.settings.todo_contact
    value = row.get(way)
    if way == "none" or not isinstance(value, str) or not value or row["is_marked"]:
        return ""
    if way == "email":
        return f' <a href="mailto:{quote(value, safe="@")}">{safe(value)}</a>'
    number = "".join(c for c in value if c.isdecimal() or c == "+")
    return f' <a href="tel:{escape(number)}">{safe(value)}</a>' if number else ""


def _shifts_only(tasks: pd.DataFrame) -> Part | None:
    """Return the tasks that are about no person, for a report that names nobody."""
    rows = [row for row in rows_of(tasks) if not isinstance(row["person_id"], str)]
    if not rows:
        return None
    items = "".join(f"<li>{safe(whole(row['reason']))}.</li>" for row in rows)
    text = "\n".join(f"- {plain(whole(row['reason']))}." for row in rows)
    return Part(f'<div class="todo"><ul>{items}</ul></div>', text)


def _counts(tasks: pd.DataFrame) -> Part | None:
    people = tasks[tasks["person_id"].notna()]
    counts = {a: int((people["action"] == a).sum()) for a in ACTIONS if a in set(people["action"])}
    if not counts:
        return None
    numbers = [counted("to_do", n, by="action", group=action) for action, n in counts.items()]
    part = sentence(f"With people: {_in_counts(people)}.", *numbers)
    return replace(part, facts={"to_do": f"To do now: {_in_counts(tasks)}."})


def _in_counts(tasks: pd.DataFrame) -> str:
    counts = tasks["action"].value_counts()
    headings = [f"{_small(HEADINGS[a])} ({counts[a]:,})" for a in ACTIONS if a in counts]
    return listed(headings)


def _small(heading: str) -> str:
    return heading[0].lower() + heading[1:]
