"""The table of results says for each row what, on how much, against whom and how it compares."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

RATIO = re.compile(r"[0-9.,e+-]+ \u00d7( as fast)?")


def rows_of(text: str) -> list[dict[str, str]]:
    found, head = [], []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| what"):
            head = cells
        elif line.startswith("| "):
            assert len(cells) == len(head), line
            found.append(dict(zip(head, cells, strict=True)))
    return found


def check(rows: list[dict[str, str]]) -> None:
    assert rows
    for row in rows:
        for column in ("what", "size", "ours", "rival", "its", "runs"):
            assert row[column], row
        assert RATIO.fullmatch(row["ratio"]), row
        assert (row["target"] == "-") == (row["met"] == "-"), row


def test_every_row_of_the_results_is_whole() -> None:
    check(rows_of((BENCHMARKS / "RESULTS.md").read_text(encoding="utf-8")))


def test_the_results_are_what_was_measured() -> None:
    pytest.importorskip("psutil")
    import json

    from table import ROWS, Row, tables

    rows = [Row(**row) for row in json.loads(ROWS.read_text(encoding="utf-8"))["rows"]]
    text = (BENCHMARKS / "RESULTS.md").read_text(encoding="utf-8")
    assert text.splitlines()[text.splitlines().index("") :][-len(tables(rows)) :] == tables(rows)


def test_a_row_that_lacks_its_rival_is_found() -> None:
    pytest.importorskip("psutil")
    from table import HEAD, Row

    def line(**changed: object) -> str:
        known = {
            "part": "p", "what": "w", "size": "1", "ours": 1.0, "rival": "r", "theirs": 4.0,
            "target": 2, "is_speedup": True,
        }  # fmt: skip
        return f"| {' | '.join(Row(**{**known, **changed}).cells())} |"

    head = f"{HEAD}\n"
    [row] = rows_of(head + line())
    assert (row["ratio"], row["met"]) == ("4 \u00d7 as fast", "yes")
    [slow] = rows_of(head + line(is_speedup=False))
    assert (slow["ratio"], slow["met"]) == ("0.25 \u00d7", "yes")
    for lacking in ({"rival": ""}, {"size": ""}):
        with pytest.raises(AssertionError):
            check(rows_of(head + line(**lacking)))


def test_the_made_up_campaign_loads_whole(tmp_path: Path) -> None:
    import campaign

    import organizing_analytics as oa

    files = campaign.make(2_000, tmp_path)
    result = oa.load_files(files, store=tmp_path / "store", timezone="America/Chicago")
    assert not result.rejects
    counts = {count.table: count.new for count in result.files}
    assert counts["signups"] == 2_000
    with oa.open_store(tmp_path / "store") as store:
        [row] = oa.show_up(store, as_of=campaign.LAST_DAY).to_dict("records")
    assert 0.4 < row["rate"] < 0.7
