"""All benchmarks, one after the other, each in a process of its own.

python benchmarks/run.py small | full [FOLDER]
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
#: Script → its arguments at the small size and at the full one; {folder} is where the data is.
SMALL: tuple[tuple[str, ...], ...] = (
    ("everyday.py", "{folder}/everyday"),
    ("loading.py", "1_000_000", "{folder}/1"),
    ("sheets.py", "100_000"),
    ("measures.py", "1_000_000", "{folder}/1"),
    ("planning.py", "1_000_000", "{folder}/1"),
    ("limits.py", "1_000_000", "{folder}/1"),
    ("reports.py", "--teams", "20"),
    ("widgets.py",),
)
FULL: tuple[tuple[str, ...], ...] = (
    *SMALL,
    ("loading.py", "10_000_000", "{folder}/10", "3"),
    ("measures.py", "10_000_000", "{folder}/10", "3"),
    ("planning.py", "10_000_000", "{folder}/10", "3"),
    ("limits.py", "10_000_000", "{folder}/10"),
    ("engines.py", "10_000_000", "{folder}/10"),
    ("reports.py", "--teams", "200"),
    ("reports.py", "--teams", "1000"),
    ("loading.py", "100_000_000", "{folder}/100", "1"),
    ("measures.py", "100_000_000", "{folder}/100", "1"),
)


def main(size: str, folder: str | None = None) -> int:
    """Run them; return how many failed."""
    failed = 0
    with tempfile.TemporaryDirectory() as spare:
        place = Path(folder or spare).absolute()
        for script, *arguments in FULL if size == "full" else SMALL:
            words = [argument.format(folder=place) for argument in arguments]
            print(f"\n{script} {' '.join(words)}", flush=True)
            failed += bool(
                subprocess.run([sys.executable, HERE / script, *words], check=False).returncode
            )
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
