"""Licences of all that is installed with the package; `make licences` writes docs/licences.md."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licences.md"
PACKAGE = "organizing-analytics"
#: What most people install: reports and notebooks, without Spark.
EXTRAS = ("lab",)
#: May be used by, and shipped beside, a program under the MIT licence. Those with conditions on changed
#: copies of themselves (MPL, LGPL) put none on what only imports them.
COMPATIBLE = frozenset({
    "MIT", "MIT-0", "MIT-CMU", "BSD", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "ISC", "PSF-2.0",
    "Zlib", "CC0-1.0", "Unlicense", "MPL-2.0", "HPND",
})  # fmt: skip
#: What packages call their licence where they give no SPDX expression.
SPELLINGS = {
    "mit": "MIT", "mit license": "MIT", "bsd": "BSD", "bsd license": "BSD", "bsd 3-clause license": "BSD-3-Clause",
    "apache software license": "Apache-2.0", "apache 2.0": "Apache-2.0", "apache license, version 2.0": "Apache-2.0",
    "isc license": "ISC", "isc license (iscl)": "ISC", "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0", "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}  # fmt: skip


def installed(name: str = PACKAGE) -> dict[str, Distribution]:
    """Return all packages that are installed with one, itself left out, by name."""
    packages: dict[str, Distribution] = {}
    waiting: list[tuple[str, tuple[str, ...]]] = [(name, EXTRAS)]
    seen = set()
    while waiting:
        name, extras = waiting.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if (key, extras) in seen:
            continue
        seen.add((key, extras))
        try:
            packages[key] = distribution(name)
        except PackageNotFoundError:  # of another system
            continue
        for text in packages[key].requires or []:
            needed = Requirement(text)
            wanted = [{"extra": extra} for extra in (*extras, "")]
            if needed.marker is None or any(map(needed.marker.evaluate, wanted)):
                waiting.append((needed.name, tuple(sorted(needed.extras))))
    packages.pop(PACKAGE, None)
    return dict(sorted(packages.items()))


def licence(package: Distribution) -> str:
    """Return the licence of a package as an SPDX expression; its own words where that is unclear."""
    about = package.metadata
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    words = str(about.get("License") or "").strip()
    classifiers = [
        c.rpartition(" :: ")[2]
        for c in about.get_all("Classifier") or []
        if c.startswith("License ::")
    ]
    candidates = [words, *classifiers, words.partition("\n")[0].partition("  ")[0]]
    for candidate in candidates:
        if candidate.lower() in SPELLINGS:
            return SPELLINGS[candidate.lower()]
        if candidate and not parts(candidate) - COMPATIBLE:
            return candidate
    return words.partition("\n")[0] or "not given"


def parts(expression: str) -> set[str]:
    """Return the licences in an SPDX expression.

    Examples
    --------
    >>> sorted(parts("(MIT OR Apache-2.0) AND ISC"))
    ['Apache-2.0', 'ISC', 'MIT']
    """
    return set(re.split(r" (?:AND|OR) ", expression.replace("(", "").replace(")", "")))


def is_compatible(expression: str) -> bool:
    """Return whether a licence may stand beside ours: of each choice (OR), one must."""
    return all(
        any(not parts(choice) - COMPATIBLE for choice in needed.split(" OR "))
        for needed in expression.replace("(", "").replace(")", "").split(" AND ")
    )


def table() -> list[tuple[str, str]]:
    """Return each package with its licence."""
    return [(name, licence(package)) for name, package in installed().items()]


def page() -> str:
    """Return the page of licences."""
    lines = [f"| {name} | {words} |" for name, words in table()]
    return (
        "# Licences\n\n"
        "organizing_analytics is under the MIT licence. These packages are installed with it; the licences are "
        "what they say of\nthemselves. All may be used by a program under MIT. The MPL-2.0 asks of who changes a "
        "file of such a package to publish\nthat file; nobody here does. `make licences` writes this page, and a "
        "test holds it against what is installed.\n\n"
        "| package | licence |\n|---|---|\n" + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{len(table())} packages written to {PAGE}\n")
