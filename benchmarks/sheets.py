"""A sign-up sheet as people keep it, against the same rows in plain forms, in CPU seconds.

python benchmarks/sheets.py 100_000
"""

from __future__ import annotations

import csv
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from table import Row, keep

import organizing_analytics as oa

PART, ZONE = "Loading", "America/Chicago"
#: A clock time of the campaign's own zone.
FIRST_START = datetime(2026, 9, 5, 10)  # noqa: DTZ001
N_SHIFTS, SIGNUPS_A_PERSON, HOURS = 200, 4, 3
#: CPU seconds of a sheet with free dates, to those of the same rows in our templates.
MAX_RATIO = 3.0

Cells = Sequence[object]


def start_of(shift: int) -> datetime:
    """Return the start of a shift: two a day, in the morning and at five."""
    return FIRST_START + timedelta(days=shift // 2, hours=7 * (shift % 2))


def signups(n_rows: int) -> Iterable[tuple[int, int, int]]:
    """Yield the number, the person and the shift of each sign-up; no person has a shift twice."""
    for number in range(n_rows):
        person = number // SIGNUPS_A_PERSON
        yield number, person, (person * 7 + number % SIGNUPS_A_PERSON * 31) % N_SHIFTS


def write(path: Path, rows: Iterable[Cells]) -> None:
    """Write a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def clock(moment: datetime) -> str:
    """Return a clock time as people write it: 10am."""
    return f"{moment:%I%p}".lstrip("0").lower()


def make_sheet(folder: Path, n_rows: int) -> None:
    """Write a sheet with a title, a blank row, dates without a year and ranges of hours."""
    rows: list[Cells] = [
        ("Volunteers for Rivera - all shifts",),
        (),
        ("Name", "Email", "Phone", "Event", "Date", "Time", "Came?"),
    ]
    for number, person, shift in signups(n_rows):
        start = start_of(shift)
        day = f"{start:%a} {start.month}/{start.day}"
        hours = f"{clock(start)}-{clock(start + timedelta(hours=HOURS))}"
        rows.append((*person_cells(person), "Canvass", day, hours, "yes" if number % 3 else "no"))
    write(folder / "sheet.csv", rows)


def make_plain(folder: Path, n_rows: int) -> None:
    """Write the same sheet with its header first and full dates and times."""
    rows: list[Cells] = [("Name", "Email", "Phone", "Event", "Date", "Start", "End", "Came?")]
    for number, person, shift in signups(n_rows):
        start = start_of(shift)
        end = start + timedelta(hours=HOURS)
        cells = (f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}")
        came = "yes" if number % 3 else "no"
        rows.append((*person_cells(person), "Canvass", *cells, came))
    write(folder / "plain.csv", rows)


def make_templates(folder: Path, n_rows: int) -> None:
    """Write the same as our templates: a file a table."""
    people = range(-(-n_rows // SIGNUPS_A_PERSON))
    write(
        folder / "people.csv",
        [("person_id", "given_name", "email", "phone"), *((p, *person_cells(p)) for p in people)],
    )
    write(
        folder / "events.csv",
        [("event_id", "title", "event_type"), ("e", "Canvass", "canvass")],
    )
    starts = [(shift, "e", start_of(shift)) for shift in range(N_SHIFTS)]
    write(
        folder / "shifts.csv",
        [
            ("shift_id", "event_id", "starts_at", "ends_at"),
            *((s, e, start, start + timedelta(hours=HOURS)) for s, e, start in starts),
        ],
    )
    write(
        folder / "signups.csv",
        [
            ("signup_id", "shift_id", "person_id", "status", "attended"),
            *(
                (number, shift, person, "registered", "yes" if number % 3 else "no")
                for number, person, shift in signups(n_rows)
            ),
        ],
    )


def person_cells(person: int) -> Cells:
    """Return the name, e-mail and phone of a person."""
    phone = f"312-{200 + person // 10_000}-{person % 10_000:04}"
    return f"Vol Unteer{person}", f"v{person}@example.org", phone


MAKERS = {"sheet": make_sheet, "plain": make_plain, "templates": make_templates}


def cpu_seconds(folder: Path, store: Path) -> float:
    """Load a folder in a process of its own and return the load's CPU seconds."""
    child = subprocess.run(
        [sys.executable, __file__, "--load", str(folder), str(store)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return float(child.stdout)


def load_and_tell(folder: Path, store: Path) -> None:
    """Load, and print the CPU seconds that it took: the child of `cpu_seconds`."""
    load = oa.load_files  # imports it
    before = resource.getrusage(resource.RUSAGE_SELF)
    result = load(folder, store=store, timezone=ZONE, year=2026)
    after = resource.getrusage(resource.RUSAGE_SELF)
    if result.rejects:
        raise SystemExit(str(result.rejects[0]))
    print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def main(n_rows: int, runs: int = 5) -> None:
    """Measure the forms in turn, and keep the medians."""
    seconds: dict[str, list[float]] = {form: [] for form in MAKERS}
    with tempfile.TemporaryDirectory() as spare:
        for form, make in MAKERS.items():
            (Path(spare) / form).mkdir()
            make(Path(spare) / form, n_rows)
        for run in range(runs):
            for form, times in seconds.items():
                times.append(cpu_seconds(Path(spare) / form, Path(spare) / f"{form}-{run}"))
    medians = {form: statistics.median(times) for form, times in seconds.items()}
    size, what = f"{n_rows:,} rows", "a sheet with title rows and free dates, CPU time"
    keep(
        [
            Row(PART, what, size, medians["sheet"], "the same rows in our templates",
                medians["templates"], MAX_RATIO, runs=runs),
            Row(PART, what, size, medians["sheet"], "the same sheet in plain form",
                medians["plain"], MAX_RATIO, runs=runs),
        ]
    )  # fmt: skip


if __name__ == "__main__":
    if sys.argv[1] == "--load":
        load_and_tell(*map(Path, sys.argv[2:]))
    else:
        main(*(int(argument) for argument in sys.argv[1:]))
