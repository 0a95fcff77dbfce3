"""Writes the made-up campaign: one CSV a table, the true rates, and a README."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import FileError
from organizing_analytics.model import TABLES
from organizing_analytics.sample.campaign import make_campaign
from organizing_analytics.sample.clock import day_date
from organizing_analytics.sample.setting import Setting
from organizing_analytics.sample.statement import statement
from organizing_analytics.sample.tables import campaign_tables
from organizing_analytics.sample.teams import CAMPAIGN_ZONE
from organizing_analytics.sample.truth import Truth
from organizing_analytics.time_zones import zone_rules

if TYPE_CHECKING:
    from organizing_analytics.sample.tables import Cell, Row

TRUTH_FILE = "truth.json"
README_FILE = "README.txt"
_README = """A made-up campaign
==================
No one in these files exists. {people} people, {weeks} weeks, {first_day} to {last_day}, and
upcoming shifts for two weeks after that; seed {seed}.

One CSV a table, in the form of the templates. Load them with

    oa load . --timezone {zone}

(the leads and the dates of the true rates are by that zone) and ask as of {last_day}.

truth.json states the true rates from which the campaign was drawn. A measure's interval covers
its true rate in about 95 of 100 campaigns of different seeds.
"""


@dataclass(frozen=True)
class SampleSummary:
    """What was written.

    Attributes
    ----------
    folder : Path
        Where.
    seed : int
        The seed that makes the same campaign again.
    first_day, last_day : date
        The campaign's days.
    timezone : str
        The campaign's time zone, to be given to the first load.
    rows : dict of str to int
        Rows by table, in the order of the templates.
    truth : Truth
        The true rates.
    """

    folder: Path
    seed: int
    first_day: date
    last_day: date
    timezone: str
    rows: dict[str, int]
    truth: Truth

    def as_dict(self) -> dict[str, Any]:
        """Return what was written, for JSON; the true rates are in the folder's truth.json."""
        return {
            "folder": str(self.folder),
            "seed": self.seed,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat(),
            "timezone": self.timezone,
            "rows": self.rows,
            "truth": str(self.folder / TRUTH_FILE),
        }

    def __str__(self) -> str:
        return (
            f"Wrote a made-up campaign to {self.folder}: {self.rows['people']:,} people, "
            f"{self.rows['signups']:,} sign-ups, {self.rows['asks']:,} asks and "
            f"{self.rows['meetings']:,} one-to-ones from {self.first_day} to {self.last_day}. "
            f"Its true rates are in {TRUTH_FILE}. "
            f"Load it with: oa load {self.folder} --timezone {self.timezone}"
        )


def make_sample(
    *,
    seed: int = 1,
    people: int = 3000,
    weeks: int = 30,
    last_day: date | None = None,
    truth: Truth | None = None,
    lifelike: bool = False,
) -> dict[str, list[Row]]:
    """Return a made-up campaign as rows.

    Parameters
    ----------
    seed : int
        0 or more. The same seed and last day give the same campaign.
    people, weeks : int
        How many, 1 or more.
    last_day : date, optional
        The last day of which anything is known; by default yesterday, by the campaign's clock.
    truth : Truth, optional
        The true rates; by default those of `Truth()`.
    lifelike : bool
        As hard to forecast as life: some teams close full lists, events are put up late, people
        pause for months, there is a holiday. Without it the same seed gives what it always gave.

    Returns
    -------
    dict of str to list of dict
        The rows of every table of the model, by table name; moments are ISO 8601 text.

    Raises
    ------
    OptionError
        A number is too small.

    Examples
    --------
    >>> from datetime import date
    >>> tables = make_sample(people=30, weeks=2, last_day=date(2026, 11, 22))
    >>> len(tables["people"]), tables["people"][0]["role"], len(tables["teams"])
    (30, 'organizer', 9)
    """
    setting = _setting(seed=seed, weeks=weeks, last_day=last_day, truth=truth, lifelike=lifelike)
    return campaign_tables(make_campaign(setting, people))


def write_sample(
    folder: str | Path,
    *,
    seed: int = 1,
    people: int = 3000,
    weeks: int = 30,
    last_day: date | None = None,
    truth: Truth | None = None,
    lifelike: bool = False,
) -> SampleSummary:
    """Write a made-up campaign as a folder of templates, with its true rates.

    Files of the same names are replaced. The same seed and last day give the same bytes.

    Parameters
    ----------
    folder : str or Path
        Where; made when it is not there.
    seed, people, weeks, last_day, truth, lifelike
        As in `make_sample`.

    Returns
    -------
    SampleSummary
        What was written; a sentence when printed.

    Raises
    ------
    OptionError
        A number is too small.
    FileError
        The folder cannot be written to.
    """
    setting = _setting(seed=seed, weeks=weeks, last_day=last_day, truth=truth, lifelike=lifelike)
    tables = campaign_tables(make_campaign(setting, people))
    _write_files(Path(folder), tables, statement(setting, people=people))
    return SampleSummary(
        folder=Path(folder),
        seed=seed,
        first_day=day_date(setting.first_day),
        last_day=day_date(setting.last_day),
        timezone=CAMPAIGN_ZONE,
        rows={table.name: len(tables[table.name]) for table in TABLES},
        truth=setting.truth,
    )


def _setting(
    *, seed: int, weeks: int, last_day: date | None, truth: Truth | None, lifelike: bool
) -> Setting:
    if last_day is None:
        last_day = datetime.now(zone_rules(CAMPAIGN_ZONE)).date() - timedelta(days=1)
    rates = truth or Truth()
    return Setting.of(seed=seed, weeks=weeks, last_day=last_day, truth=rates, lifelike=lifelike)


def _write_files(folder: Path, tables: dict[str, list[Row]], stated: dict[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in TABLES:
            _write_csv(folder / f"{table.name}.csv", table.column_names, tables[table.name])
        for name, text in (
            (TRUTH_FILE, json.dumps(stated, indent=2, ensure_ascii=False) + "\n"),
            (README_FILE, _README.format(**stated, zone=CAMPAIGN_ZONE)),
        ):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise FileError(f"{folder}: cannot be written to ({error.strerror}).") from error


def _write_csv(path: Path, columns: tuple[str, ...], rows: list[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(row.get(column)) for column in columns] for row in rows)


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
