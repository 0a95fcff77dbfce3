"""All that we use of nbval: run a notebook and compare its outputs with those that it was kept with.

No other test names nbval, since it may not be kept up for long: docs/decisions/fading.md says what
would replace it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

#: nbval ignores a rule without a space after "replace:".
NOTHING = "replace: "
#: What two machines may draw differently: where things stand, since their fonts differ. The words
#: of a chart, its title and its numbers are compared.
NOT_COMPARED = rf"""
[places]
regex: <(?!/?text)[^>]*>
{NOTHING}

[fonts]
regex: <text[^>]*>
replace: <text>

[machine]
regex: <Store .*>
replace: <Store>
"""


def compare_outputs(notebook: Path, folder: Path, *, seconds: int = 300) -> str | None:
    """Return what nbval says of a notebook whose outputs differ, and None if they are the same.

    Parameters
    ----------
    notebook : Path
        With the outputs that it should show.
    folder : Path
        An empty folder to run in.
    seconds : int
        Time limit.
    """
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "not_compared.ini").write_text(NOT_COMPARED)
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += ["--nbval-sanitize-with", str(folder / "not_compared.ini")]
    command += ["-p", "no:cacheprovider", "-c", str(folder / "pytest.ini"), str(notebook)]
    run = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False
    )
    return None if run.returncode == 0 else run.stdout[-6000:] + run.stderr[-2000:]
