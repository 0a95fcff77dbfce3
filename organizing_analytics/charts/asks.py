"""What people said when they were asked, and what became of the noes."""

from __future__ import annotations

import pandas as pd

from organizing_analytics.charts.bars import lying_bars
from organizing_analytics.charts.dots import lying_dots, share_words
from organizing_analytics.charts.theme import Chart, Note
from organizing_analytics.model import NO_TYPES, OUTCOMES

#: Outcome → how a person says it.
OUTCOME_WORDS = {
    "yes": "yes",
    "not_now": "not now",
    "not_that": "not that",
    "not_ever": "not ever",
    "no": "no, kind not noted",
    "maybe": "maybe",
    "no_answer": "no answer",
}
ANSWER_SIDES = {"yes": "yes", **dict.fromkeys(NO_TYPES, "no"), "maybe": "open", "no_answer": "open"}
HARD_WORDS = {"hard": "hard ask", "other": "other ask", "unknown": "not noted"}
#: What the guide calls for after each kind of no.
RIGHT_MOVES = "right: another time; another thing; no ask"


def asks_outcomes(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how often each answer was given.

    Parameters
    ----------
    frame : DataFrame
        `asks_outcomes()` without groups: its first row is drawn.
    title : str, optional
        What the chart says; by default how many of those who answered said yes.

    Returns
    -------
    Chart
        Bars with their counts, answers that nobody gave left out; a note without any ask.
    """
    if frame.empty or not frame["asks"].iloc[0]:
        return Note("No asks to draw: nobody was asked in this time.")
    row = frame.to_dict("records")[0]
    answers = [outcome for outcome in OUTCOMES if row[outcome]]
    bars = pd.DataFrame(
        {
            "label": [OUTCOME_WORDS[outcome] for outcome in answers],
            "side": [ANSWER_SIDES[outcome] for outcome in answers],
            "count": [int(row[outcome]) for outcome in answers],
        }
    )
    return lying_bars(
        bars,
        title=title or f"{row['yes']:,} of the {row['answered']:,} who answered said yes",
        count_title="asks",
        n_title="Asks by answer",
    )


def hard_asks(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how often a hard ask got a yes, and how often any other ask did.

    Parameters
    ----------
    frame : DataFrame
        `asks_outcomes(by="hard")`.
    title : str, optional
        What the chart says; by default both shares.

    Returns
    -------
    Chart
        A note when nobody answered.
    """
    asked = frame[frame["answered"] > 0]
    if asked.empty:
        return Note("No hard asks to draw: nobody has answered an ask yet.")
    kinds = asked["hard"].map({True: "hard", False: "other"}).fillna("unknown")
    asked = asked.assign(
        kind=kinds,
        label=kinds.map(HARD_WORDS),
        part=asked["yes"],
        n=asked["answered"],
        rate=asked["yes_rate"],
    )
    asked = asked.sort_values("kind", key=lambda names: names.map(list(HARD_WORDS).index))
    return lying_dots(
        asked,
        title=title or _hard_against_others(asked),
        rate_title="share of those who answered who said yes",
        n_title="Share who said yes, of those who answered",
    )


def _hard_against_others(asked: pd.DataFrame) -> str:
    shares = {row["kind"]: share_words(row) for row in asked.to_dict("records")}
    kind_words = [
        f"{shares[kind]} to {words}"
        for kind, words in (("hard", "hard asks"), ("other", "other asks"))
        if kind in shares
    ]
    if kind_words:
        return f"Yes: {', '.join(kind_words)}"
    return "Nobody noted whether the asks were hard"


def after_no(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how many noes of each kind became a yes.

    Parameters
    ----------
    frame : DataFrame
        `asks_after_no()` without groups.
    title : str, optional
        What the chart says; by default how many of all noes became a yes.

    Returns
    -------
    Chart
        A note when no no is old enough.
    """
    if frame.empty:
        return Note("No noes to draw yet: none is old enough to know what became of it.")
    noes = frame.assign(
        label=[OUTCOME_WORDS[kind] for kind in frame["no_type"]],
        part=frame["converted"],
        n=frame["noes"],
    )
    return lying_dots(
        noes,
        title=title or f"{noes['part'].sum():,} of {noes['n'].sum():,} noes became a yes",
        group_title="kind of no",
        rate_title="share that became a yes",
        n_title="Share that became a yes",
    )


def right_moves(frame: pd.DataFrame, *, title: str | None = None) -> Chart:
    """Draw how many noes of each kind were followed by the move that the kind calls for.

    Parameters
    ----------
    frame : DataFrame
        `asks_after_no()` without groups. A no whose kind nobody noted calls for nothing and is
        left out.
    title : str, optional
        What the chart says; by default how many of all noes were.

    Returns
    -------
    Chart
        A note when no no of a known kind is old enough.
    """
    typed = frame.dropna(subset=["right_move"])
    if typed.empty:
        return Note("No next moves to draw yet: no no of a known kind is old enough.")
    typed = typed.assign(
        rate=typed["right_move_rate"],
        low=typed["right_move_rate_low"],
        high=typed["right_move_rate_high"],
        label=[OUTCOME_WORDS[kind] for kind in typed["no_type"]],
        part=typed["right_move"],
        n=typed["noes"],
    )
    right, noes = typed["part"].sum(), typed["n"].sum()
    return lying_dots(
        typed,
        title=title or f"The right next move followed {right:,} of {noes:,} noes",
        group_title="kind of no",
        rate_title="share followed by the right move",
        n_title="Share followed by the right move",
        hint=RIGHT_MOVES,
    )
