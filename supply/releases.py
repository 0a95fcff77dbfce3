"""When each dependency was last released; `make releases` asks the registry and writes the table.

The registry is asked by uv, its ordinary client, one package at a time: told to take nothing newer
than 1990, it answers which version is the latest and when it was published. The tests read only
the table (supply/releases.json), so they need no network.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "supply" / "releases.json"
CONSTRAINTS = ROOT / "constraints.txt"
MAX_YEARS = 3
PUBLISHED = re.compile(
    r"version(?:[^.]*? is |, )v?(?P<version>[^\s,]+),(?: was)? published at (?P<day>[\d-]{10})"
)


class Table(TypedDict):
    """The latest release of each package, and when the registry was asked."""

    asked_on: str
    releases: dict[str, tuple[str, str]]


def pins() -> dict[str, str]:
    """Return the packages that constraints.txt names, with their versions."""
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.partition("==") for line in lines if "==" in line]
    return {name: version for name, _, version in pairs}


def latest_release(name: str, pinned: str) -> tuple[str, str]:
    """Return the newest known release of a package: its version and date.

    The highest version may be an old preview: where it is old, the pinned version is asked for, too.

    Raises
    ------
    ValueError
        The registry's client does not say so.
    """
    highest = _published(name)
    if highest[1] >= _limit(datetime.now(UTC).date()):
        return highest
    return max(highest, _published(f"{name}=={pinned}"), key=lambda release: release[1])


def _published(requirement: str) -> tuple[str, str]:
    asked = subprocess.run(
        ["uv", "pip", "compile", "-", "--no-deps", "--exclude-newer", "1990-01-01T00:00:00Z"],
        input=requirement, capture_output=True, text=True, check=False,
    )  # fmt: skip
    match = PUBLISHED.search(" ".join(asked.stderr.split()))
    if not match:
        raise ValueError(f"{requirement}: {asked.stderr}")
    return match["version"], match["day"]


def _limit(asked: date) -> str:
    return asked.replace(year=asked.year - MAX_YEARS, day=min(asked.day, 28)).isoformat()


def old(table: Table) -> dict[str, str]:
    """Return the packages without a release in `MAX_YEARS` before the table was made, with dates."""
    limit = _limit(date.fromisoformat(table["asked_on"]))
    return {name: day for name, (_, day) in table["releases"].items() if day < limit}


def read() -> Table:
    """Return the table."""
    table: Table = json.loads(TABLE.read_text(encoding="utf-8"))
    return table


def main() -> None:
    """Ask for every package and write the table."""
    releases = {name: latest_release(name, pinned) for name, pinned in pins().items()}
    table = {"asked_on": datetime.now(UTC).date().isoformat(), "releases": releases}
    TABLE.write_text(json.dumps(table, indent=0) + "\n", encoding="utf-8")
    sys.stdout.write(
        f"{len(releases)} packages; without a release in {MAX_YEARS} years: {old(read())}\n"
    )


if __name__ == "__main__":
    main()
