"""Run the attacks and write their counts into docs/reliability.md.

python -m assault.run full              # everything, hours; `make assault`
python -m assault.run full sql kill-load # some of it; the other figures stay
python -m assault.run small             # minutes, writes nothing; what CI runs
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

import organizing_analytics as oa
from assault import inputs, kills, pages, readers, sinks, sql

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "assault" / "results.json"
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- assault: written by make assault -->", "<!-- end of assault -->"
SEED = 20261127

Attack = "Callable[[Path], dict[str, Any]]"
SIZES = {
    "full": {
        "kills": 200,
        "files": 500,
        "statements": 100_000,
        "control": 3_000,
        "loads": 30,
        "texts": 29,
    },
    "small": {"kills": 3, "files": 40, "statements": 1_500, "control": 300, "loads": 3, "texts": 4},
}


def attacks(size: str) -> dict[str, Callable[[Path], dict[str, Any]]]:
    """Return the attacks by name, of a size."""
    n = SIZES[size]
    chosen: dict[str, Callable[[Path], dict[str, Any]]] = {
        "sql": partial(sql.assault, statements=n["statements"], seed=SEED),
        "sql-unprotected": lambda folder: {
            "tried": n["control"],
            "touched": sql.dangerous(folder / "work", statements=n["control"], seed=SEED),
            "failures": [],
        },
    }
    for command in kills.ATTACKS:
        if size == "full" or not command.startswith("report"):  # the tests run reports already
            chosen[f"kill-{command}"] = partial(
                kills.assault, command=command, kills=n["kills"], seed=SEED
            )
    for kind in inputs.KINDS:
        chosen[f"input-{kind.replace(' ', '-')}"] = partial(
            inputs.assault, kind=kind, files=n["files"], seed=SEED
        )
    chosen["readers"] = partial(readers.assault, readers=8, loads=n["loads"])
    chosen |= {f"sink-{name}": attack for name, attack in sinks.SINKS.items()}
    for name, attack in pages.SINKS.items():
        chosen[f"sink-{name}"] = partial(attack, n_texts=n["texts"])
    return chosen


def run(size: str, names: list[str]) -> dict[str, dict[str, Any]]:
    """Run attacks and return their results by name."""
    results = {}
    chosen = attacks(size)
    for name in names or list(chosen):
        started = time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="assault-", ignore_cleanup_errors=True) as folder:
            result = chosen[name](Path(folder))
        result |= {"seed": SEED, "took": round(time.perf_counter() - started),
                   "on": datetime.now(UTC).date().isoformat()}  # fmt: skip
        results[name] = result
        failures = result["failures"]
        shown = {key: value for key, value in result.items() if key != "failures"}
        print(f"{name}: {len(failures)} failures, {shown}", flush=True)
        for failure in failures[:5]:
            print(f"    {failure}", flush=True)
        if size == "full":
            keep(name, result)
    return results


def keep(name: str, result: dict[str, Any]) -> None:
    """Write one result beside the others, and the page anew."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    count = len(result["failures"])
    results[name] = {**result, "failures": count, "machine": machine()}
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
    head, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{head}{BEGIN}\n\n{tables(results)}\n{END}{rest.partition(END)[2]}")


def machine() -> str:
    """Return what the attack ran on."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}, DuckDB {duckdb.__version__}, organizing-analytics {oa.__version__}"
    )


SECTIONS = {
    "kill-": ("Killed at random moments", "command", ("old", "new", "ended", "seconds")),
    "input-": ("Fuzzed files", "kind", ("loaded", "refused", "per_second")),
    "sink-": ("Hostile cells by sink", "sink", ()),
    "sql": ("Statements against `store.sql`", "what", ("answered", "refused", "touched")),
    "readers": ("Readers during loads", "what", ("readers", "loads", "snapshots")),
}
HEADS = {"old": "found as before", "new": "found changed", "ended": "ended before the kill",
         "seconds": "a run takes, s", "per_second": "a second", "touched": "touched a file"}  # fmt: skip


def tables(results: dict[str, dict[str, Any]]) -> str:
    """Return the results as one table a section."""
    parts = []
    for prefix, (title, label, columns) in SECTIONS.items():
        rows = {name: r for name, r in sorted(results.items()) if name.startswith(prefix)}
        if not rows:
            continue
        head = [label, "tried", *(HEADS.get(c, c) for c in columns), "seed", "on", "failures"]
        lines = [f"### {title}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        for name, r in rows.items():
            shown = name.removeprefix(prefix).replace("-", " ").strip() if prefix != "sql" else name
            cells = [
                shown or title,
                r["tried"],
                *(r.get(c, 0) for c in columns),
                r["seed"],
                r["on"],
                r["failures"],
            ]
            lines.append(
                f"| {' | '.join(f'{c:,}' if isinstance(c, int) and c != SEED else str(c) for c in cells)} |"
            )
        parts.append("\n".join(lines) + "\n")
    machines = sorted({r["machine"] for r in results.values()})
    return "\n".join(parts) + "\nMachine: " + "; ".join(machines) + ".\n"


def main() -> None:
    """Run what the command line names; exit with 1 when anything failed."""
    size, *names = sys.argv[1:] or ["small"]
    results = run(size, names)
    sys.exit(any(r["failures"] for r in results.values()))


if __name__ == "__main__":
    main()
