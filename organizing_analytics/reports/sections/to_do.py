"""My people: a list for each organizer, promises first; the rest counted, with a link to all."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from organizing_analytics.logbook.links import task_links
from organizing_analytics.reports.numbers import counted
from organizing_analytics.reports.parts import Part, fold, plain, safe, sentence, table, together
from organizing_analytics.reports.person_line import PersonLine, people_list, taps_of
from organizing_analytics.reports.section import section
from organizing_analytics.reports.sections.opening import unloaded_words
from organizing_analytics.reports.team_week import rows_of
from organizing_analytics.reports.visits import person
from organizing_analytics.reports.words import called, listed, noted, whole
from organizing_analytics.teams import NO_TEAM
from organizing_analytics.to_do.fitting import within_reach
from organizing_analytics.to_do.task import ACTIONS
from organizing_analytics.wording import plural, uncapitalized

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from organizing_analytics.reports.parts import Cell
    from organizing_analytics.reports.team_week import Row, TeamWeek

HEADINGS = {
    "chase": "Call now",
    "record_attendance": "Write down who came",
    "follow_up": "Thank",
    "thank_you": "Thank, and ask for nothing",
    "confirm": "Confirm",
    "next_step": "Next step",
    "re_ask": "Ask again",
    "offer_other": "Offer something else",
    "recruit": "Find more people",
    "missed": "Ask how they are",
    "reshift": "Set the next shift",
    "never_asked": "First ask in months",
    "recruitment_1to1": "First one-to-one",
    "escalation": "Offer more responsibility",
    "maintenance": "One-to-one due",
    "try_again": "Try again",
    "recognize": "Recognize",
    "win_back": "Win back",
}
#: So many lines of a list stand open.
MAX_OPEN = 12
#: So many lists without a promise are folded into one line.
MIN_CALM = 4
#: And so many are printed, beside every promise.
MAX_ON_PAPER = 6
#: So many lines of a page, and this part of the others, have links to answer them; the rest have
#: their codes. A line weighs three quarters of a kilobyte, its links as much again: so a page with
#: links weighs a third more at most.
ALWAYS_LINKED, ALSO_LINKED = 25, 0.25
#: Other people's notes and our words before a text that is ready to say.
SAY, NOT_NOW, NOT_THAT, NOTED, MORE = "Say", "Not now", "Not that", "Noted", "Know"


@section
def to_do(team: TeamWeek) -> Part:
    """Return a list for each organizer, each person once, and a count of the rest."""
    if team.is_unloaded:  # people may have been called, or have signed up, since
        return sentence(f"{unloaded_words(team)} A list of whom to call would be out of date.")
    shown, _ = within_reach(team.tasks, team.store.settings.todo_most)
    if shown.empty:
        return sentence("Nothing is waiting: everybody was thanked, asked and met.", kind="quiet")
    if not team.names:
        return together(_shifts_only(shown), _counts(team.tasks))
    every = lists_of(team.tasks)
    shown = team.with_codes(shown)
    own = lists_of(shown)
    at_top = _lines_at_top([tasks["person_id"].nunique() for tasks in own.values()])
    open_key = list(own)[_first(team, own)]
    lists = {  # the list that stands open comes first
        key: _folded(team, key, own[key], every[key], is_open=key == open_key, at_top=at_top)
        for key in sorted(own, key=lambda key: key != open_key)
    }
    facts: dict[str, Any] = {
        "to_do": f"To do now: {_in_counts(shown)}.",
        "promises": _promises(team.tasks),
        "promised": _promised(team),
    }
    lines = _answerable(team, shown)  # the weekly mail shows them, too
    facts |= {"lines": lines} if lines else {}
    return together(
        sentence(_in_all(team.tasks), kind="quiet"),
        *_calm_ones_folded(lists, every, open_key),
        Part('<div class="screen">'),
        fold("All things to do by kind", _by_kind(team.tasks)),
        Part("</div>"),
        _to_everyone(team),
        Part("", facts=facts),
    )


def _calm_ones_folded(
    lists: Mapping[str, Part], every: Mapping[str, pd.DataFrame], open_key: str
) -> list[Part]:
    """Return the lists, those without a promise in one fold where there are many."""
    calm = [key for key in lists if key != open_key and not every[key]["is_promise"].any()]
    if len(calm) < MIN_CALM:
        return list(lists.values())
    inner = together(*(lists[key] for key in calm))
    summary = f"{len(calm):,} more lists without a promise this week"
    folded = Part(
        f'<details class="more"><summary>{summary}</summary>{inner.html}</details>',
        f"{summary}\n{inner.text}",
        numbers=inner.numbers,
    )
    return [*(lists[key] for key in lists if key not in calm), folded]


def _answerable(team: TeamWeek, tasks: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the lines that can be answered, each person once: `name what links`."""
    lines = []
    for row in rows_of(tasks.drop_duplicates("person_id")):
        links = task_links(row, team.store.settings)
        if links:
            name = plain(person(row["name"], row["person_id"]))
            lines.append({"name": name, "what": plain(whole(row["reason"])), "links": links})
    return lines


def _promised(team: TeamWeek) -> dict[str, Any]:
    """Return the first people to whom something was promised, and how many more there are."""
    lines = lines_of(team, team.tasks[team.tasks["is_promise"]])
    return {
        "people": [line.facts for line in lines[:MAX_OPEN]],
        "more": len(lines[MAX_OPEN:]),
    }


def _to_everyone(team: TeamWeek) -> Part:
    n = team.tasks["person_id"].nunique()
    words = f"The full list: {plural(n, 'person', 'people')}"
    link = f'<a href="{team.everyone_page}">{safe(words)}</a>'
    return Part(f'<p class="screen">{link}</p>', f"{words}, in {team.everyone_page}")


def lists_of(tasks: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return each organizer's tasks by the organizer's id: who has most promises first.

    Those of people whom nobody looks after come last, under an empty id.
    """
    groups = {str(key): group for key, group in tasks.groupby(tasks["organizer_id"].fillna(""))}
    order = sorted(
        groups,
        key=lambda key: (
            key == "",
            -int((groups[key]["overdue_days"] > 0).sum()),
            -int(groups[key]["is_promise"].sum()),
            str(groups[key]["organizer"].iloc[0]),
            key,
        ),
    )
    return {key: groups[key] for key in order}


def _first(team: TeamWeek, lists: dict[str, pd.DataFrame]) -> int:
    """Return the place of the list that stands open: the lead's, else the first."""
    keys = list(lists)
    lead = lead_of(team)
    return keys.index(lead) if lead in keys else 0


def lead_of(team: TeamWeek) -> str:
    """Return who leads the team; empty where nobody is named."""
    if team.team_id == NO_TEAM:
        return ""
    teams = team.store.recorded_table("teams")
    frame = team.store.execute(teams.filter(teams.team_id == team.team_id).select("lead_id"))
    lead = frame["lead_id"].iloc[0] if len(frame) else None
    return lead if isinstance(lead, str) else ""


def list_name(tasks: pd.DataFrame) -> str:
    """Return whose list it is."""
    row = rows_of(tasks.head(1))[0]
    if not isinstance(row["organizer_id"], str):
        return "Nobody's list yet"
    name = row["organizer"]
    return called(name if isinstance(name, str) and name else row["organizer_id"])


def _folded(
    team: TeamWeek,
    key: str,
    tasks: pd.DataFrame,
    every: pd.DataFrame,
    *,
    is_open: bool,
    at_top: int,
) -> Part:
    name = list_name(tasks)
    urgent, counts = _promises(every), plural(every["person_id"].nunique(), "person", "people")
    hot = _promises_html(every)
    people = _first_lines(_linked(lines_of(team, tasks), at_top))
    rest = _rest(team, tasks, every, place=list(lists_of(team.tasks)).index(key))
    opened = " open" if is_open else ""
    html = (
        f'<details class="organizer"{opened}><summary><b>{safe(name)}</b>'
        f'<span class="fact">{hot}{safe(counts)}</span></summary>'
        f"{people.html}{rest.html if rest else ''}</details>"
    )
    text = f"{plain(name)} ({', '.join(filter(None, (urgent, counts)))})\n{people.text}"
    return Part(html, f"{text}\n{rest.text if rest else ''}".rstrip())


def _lines_at_top(lengths: list[int]) -> int:
    """Return how many lines at the top of each list have links, given how many lines it has."""
    allowed = ALWAYS_LINKED + ALSO_LINKED * sum(lengths)
    at_top = 1
    while at_top < max(lengths) and sum(min(n, at_top + 1) for n in lengths) <= allowed:
        at_top += 1
    return at_top


def _linked(lines: list[PersonLine], at_top: int) -> list[PersonLine]:
    """Return lines of which only the first ones have links."""
    return [*lines[:at_top], *(replace(line, answers="") for line in lines[at_top:])]


def _first_lines(lines: list[PersonLine]) -> Part:
    """Return a list of which no more stands open than a person can take in; the rest is folded."""
    first, more = lines[:MAX_OPEN], lines[MAX_OPEN:]
    unprinted = sum(not line.is_promise for line in lines[MAX_ON_PAPER:])
    shown = people_list(first, on_paper=MAX_ON_PAPER)
    rest = people_list(more, on_paper=0)
    folded = (
        f'<details class="more"><summary>{len(more):,} more of this list</summary>{rest.html}'
        "</details>"
        if more
        else ""
    )
    paper = f"{plural(unprinted, 'more line stands', 'more lines stand')} on the page."
    on_paper = f'<p class="quiet paper">{paper}</p>' if unprinted else ""
    return Part(shown.html + folded + on_paper, f"{shown.text}\n{rest.text}".rstrip())


def _rest(team: TeamWeek, tasks: pd.DataFrame, every: pd.DataFrame, *, place: int) -> Part | None:
    left = every["action"].value_counts().sub(tasks["action"].value_counts(), fill_value=0)
    counts = {a: int(left[a]) for a in ACTIONS if left.get(a, 0) > 0}
    if not counts:
        return None
    kinds = listed([f"{uncapitalized(HEADINGS[a])} ({n:,})" for a, n in counts.items()])
    words = f"{plural(sum(counts.values()), 'more thing')} to do: {kinds}."
    link = f'<a href="{team.everyone_page}#list-{place}">All of this list</a>'
    html = f'<p class="quiet">{safe(words)} <span class="screen">{link}</span></p>'
    return Part(html, plain(words))


def _promises(tasks: pd.DataFrame) -> str:
    """Return how many promises are overdue and how many more there are; empty for none."""
    late = int((tasks["overdue_days"] > 0).sum())
    due = int(tasks["is_promise"].sum()) - late
    words = [f"{plural(late, 'promise')} overdue"] if late else []
    return " · ".join([*words, *([f"{plural(due, 'promise')} due this week"] if due else [])])


def _promises_html(tasks: pd.DataFrame) -> str:
    """Return the promises as safe HTML: only what is overdue stands out."""
    late, _, due = _promises(tasks).partition(" · ")
    if "overdue" not in late:
        return f"{safe(late)} · " if late else ""
    return f'<span class="hot">{safe(late)}</span> · {f"{safe(due)} · " if due else ""}'


def _in_all(tasks: pd.DataFrame) -> str:
    people = plural(tasks["person_id"].nunique(), "person", "people")
    promises = _promises(tasks).replace(" · ", ", ")
    return f"{people}, {plural(len(tasks), 'thing')} to do{f': {promises}' if promises else ''}."


def _by_kind(tasks: pd.DataFrame) -> Part:
    counts = tasks["action"].value_counts()
    rows: list[list[Cell]] = [
        [HEADINGS[a], counted("to_do", int(counts[a]), by="action", group=a)]
        for a in ACTIONS
        if a in counts
    ]
    return table(["", "Things to do"], rows)


def lines_of(team: TeamWeek, tasks: pd.DataFrame) -> list[PersonLine]:
    """Return a line for each person, and for each shift: what is overdue first, newest first."""
    people: dict[str, Row] = {}
    entries: list[Row] = []
    for row in rows_of(_in_order(tasks)):
        main = people.get(row["person_id"]) if isinstance(row["person_id"], str) else None
        if main is not None:
            main["also"].append(row)
            continue
        entry = {**row, "also": []}
        entries.append(entry)
        if isinstance(row["person_id"], str):
            people[row["person_id"]] = entry
    return [_line(team, row) for row in entries]


def without_team(text: object, team: str) -> str:
    """Return text whose events have lost the team's name: it is the team's own page.

    Examples
    --------
    >>> without_team("Said yes to Riverside: canvass on Sat, Nov 21", "Riverside")
    'Said yes to canvass on Sat, Nov 21'
    """
    return re.sub(rf"(?<!\w){re.escape(team)}: ", "", str(text)) if team else str(text)


def _in_order(tasks: pd.DataFrame) -> pd.DataFrame:
    """Return promises first, the newest overdue before what is due later; then by importance."""
    order = {action: place for place, action in enumerate(ACTIONS)}
    late = tasks["overdue_days"].where(tasks["overdue_days"] > 0, 10_000)
    return tasks.assign(
        first=~tasks["is_promise"],
        late=late.where(tasks["is_promise"], 0),
        place=tasks["action"].map(order),
    ).sort_values(["first", "late", "due_on", "place"], kind="stable")


def _line(team: TeamWeek, row: Row) -> PersonLine:
    also = [uncapitalized(HEADINGS[other["action"]]) for other in row["also"]]
    also = list(dict.fromkeys(also))
    more = f". Also: {listed(also)}" if also else ""
    fact = f"{HEADINGS[row['action']]}: {whole(without_team(row['reason'], team.name))}{more}"
    words = [(what, without_team(text, team.name)) for what, text in _words(row)]
    # Words that are ready to say stand with the person, whatever is the first reason to call.
    if not any(what == SAY for what, _ in words):
        words += next((w for w in map(_words, row["also"]) if w and w[0][0] == SAY), [])
    if not isinstance(row["person_id"], str):
        return PersonLine(
            "",
            fact,
            due=_due(team, row),
            is_late=_is_late(team, row),
            is_promise=bool(row["is_promise"]),
        )
    return PersonLine(
        person(row["name"], row["person_id"]),
        fact,
        due=_due(team, row),
        is_promise=bool(row["is_promise"]),
        is_late=_is_late(team, row),
        taps=taps_of(row, team.store.settings.todo_contact),
        words=tuple(words),
        answers=answer_taps(row, team),
        code=str(row.get("code") or ""),
    )


def answer_taps(row: Row, team: TeamWeek) -> str:
    """Return the line's answers to tap, as safe HTML; empty where there are none."""
    links = task_links(row, team.store.settings)
    items = "".join(f'<a href="{escape(href)}">{safe(label)}</a>' for label, href in links)
    return f'<div class="log">{items}</div>' if items else ""


def _is_late(team: TeamWeek, row: Row) -> bool:
    return bool(row["is_promise"]) and row["due_on"].date() <= team.today


def _due(team: TeamWeek, row: Row) -> str:
    if row["overdue_days"]:
        return f"Overdue by {plural(row['overdue_days'], 'day')}"
    due = row["due_on"].date()
    if not row["is_promise"]:
        return ""
    return "Due today" if due <= team.today else f"By {team.dates.day(due)}"


def _words(row: Row) -> list[tuple[str, str]]:
    """Return the hard ask, a second time and another thing; else what else is known."""
    notes = [(NOTED, noted(row["notes"]))] if row["notes"] else []
    if row["action"] == "recruit":
        return [(SAY, whole(row["words"]))] if row["words"] else []
    if row["words"]:
        card = [(SAY, whole(row["words"]))]
        card += [(NOT_NOW, whole(row["second"]))] if row["second"] else []
        card += [(NOT_THAT, whole(row["other"]))] if row["other"] else []
        return [*card, *notes]
    details = str(row["details"] or "")
    is_said = details.startswith('"')
    what, text = (SAY, details.strip('"')) if is_said else (MORE, details)
    return [*([(what, whole(text))] if text else []), *notes]


def _shifts_only(tasks: pd.DataFrame) -> Part | None:
    """Return the tasks that are about no person, for a report that names nobody."""
    rows = [row for row in rows_of(tasks) if not isinstance(row["person_id"], str)]
    return (
        people_list([PersonLine("", f"{whole(row['reason'])}.") for row in rows]) if rows else None
    )


def _counts(tasks: pd.DataFrame) -> Part | None:
    people = tasks[tasks["person_id"].notna()]
    counts = {a: int((people["action"] == a).sum()) for a in ACTIONS if a in set(people["action"])}
    if not counts:
        return None
    numbers = [counted("to_do", n, by="action", group=action) for action, n in counts.items()]
    part = sentence(f"With people: {_in_counts(people)}.", *numbers)
    facts = {"to_do": f"To do now: {_in_counts(tasks)}.", "promises": _promises(tasks)}
    return replace(part, facts=facts)


def _in_counts(tasks: pd.DataFrame) -> str:
    counts = tasks["action"].value_counts()
    headings = [f"{uncapitalized(HEADINGS[a])} ({counts[a]:,})" for a in ACTIONS if a in counts]
    return listed(headings)
