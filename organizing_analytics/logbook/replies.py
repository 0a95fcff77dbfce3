"""A reply to a line: which code, which word, when, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from organizing_analytics.errors import OptionError
from organizing_analytics.logbook.words import WORDS, read_word, spelled

if TYPE_CHECKING:
    import duckdb

    from organizing_analytics.logbook.lines import Line

#: A reply may be dated so far ahead of this machine's clock.
MAX_AHEAD = timedelta(days=1)
MAX_NOTE = 500


@dataclass(frozen=True)
class Reply:
    """What somebody answered to a line.

    Attributes
    ----------
    code : str
        The line's code, as `codes.read_code` returns it.
    word : str
        What was answered, in any spelling; see `words.WORDS`.
    at : datetime
        When it happened, in UTC without an offset.
    again_on : date or None
        When to ask again, or when the next step of a 1:1 is due.
    note : str
        What else was said.
    by : str or None
        The id of the person who answers; None: the organizer on whose list the line is.
    way : str
        How it came in: command, mail, form, workbook or python.
    """

    code: str
    word: str
    at: datetime
    again_on: date | None = None
    note: str = ""
    by: str | None = None
    way: str = "python"


def now() -> datetime:
    """Return this moment in UTC, to the second, without an offset."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def has_log(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether a snapshot has the table of replies: one of an older version has none."""
    query = "SELECT 1 FROM duckdb_tables() WHERE table_name = 'log_replies'"
    return bool(connection.execute(query).fetchall())


def checked(reply: Reply, line: Line, *, local_day: date, latest: datetime) -> Reply:
    """Return a reply with its word and date as the store keeps them.

    Parameters
    ----------
    reply, line
        The reply, and the line that its code names.
    local_day : date
        The date of the reply by the campaign's clock.
    latest : datetime
        The last moment, in UTC, that a reply may be dated with.

    Raises
    ------
    OptionError
        The word does not answer the line, a date does not fit, or the line has expired.
    """
    word = read_word(reply.word, line.kind)
    meaning = WORDS[line.kind][word]
    if reply.at > latest:
        raise OptionError(
            f"{line.code}: the answer is dated {reply.at:%Y-%m-%d %H:%M} UTC, which is still to "
            "come. Look at the clock of the machine or phone that it came from."
        )
    if line.expires_on is not None and local_day > line.expires_on:
        raise OptionError(
            f"{line.code}: answers to this line were taken until {line.expires_on}. Use the code "
            "on a newer list."
        )
    again_on = reply.again_on
    if again_on is not None and not meaning.may_say_when:
        dated = [spelled(name) for name, m in WORDS[line.kind].items() if m.may_say_when]
        allowed = f"only with {' and '.join(dated)}" if dated else "not with this line"
        raise OptionError(f"{line.code}: a date for the next time goes {allowed}.")
    if again_on is not None and again_on < local_day:
        raise OptionError(
            f"{line.code}: the next time, {again_on}, is before the answer itself ({local_day})."
        )
    if meaning.again_in is not None:
        again_on = local_day + timedelta(days=meaning.again_in)
    note = " ".join(reply.note.split())[:MAX_NOTE]
    return Reply(line.code, word, reply.at, again_on, note, reply.by, reply.way)
