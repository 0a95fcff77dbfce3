"""Dependencies: pinned with hashes, under licences that fit, and not abandoned."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from supply import licences, releases  # noqa: E402

DECISION = ROOT / "docs" / "decisions" / "dependencies.md"
HASHED = ROOT / "requirements-hashed.txt"


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def named_in_decision() -> set[str]:
    rows = [
        line.split("|")[1] for line in DECISION.read_text().splitlines() if line.startswith("| ")
    ]
    return {plain(name.strip()) for row in rows for name in row.split(",")}


def unexplained(table: releases.Table) -> set[str]:
    return {plain(name) for name in releases.old(table)} - named_in_decision()


def test_no_dependency_is_without_a_release_in_three_years_unless_we_know_why() -> None:
    table = releases.read()
    asked = {plain(name) for name in table["releases"]}
    assert asked >= {plain(name) for name in releases.pins()}, "ask again: make releases"
    assert unexplained(table) == set()


def test_an_abandoned_dependency_is_found() -> None:
    table: releases.Table = {"asked_on": "2026-11-27", "releases": {"gone": ("1.0", "2023-11-26")}}
    assert unexplained(table) == {"gone"}
    table["releases"] = {"alive": ("1.0", "2023-11-28")}
    assert unexplained(table) == set()


def test_a_reason_is_given_only_for_what_is_old() -> None:
    old = {plain(name) for name in releases.old(releases.read())}
    assert named_in_decision() - {"package"} <= old


def test_licences_of_all_that_is_installed_fit_and_are_listed() -> None:
    packages = licences.table()
    assert len(packages) > 80
    unfit = {name: words for name, words in packages if not licences.is_compatible(words)}
    assert unfit == {}
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", licences.PAGE.read_text(), re.MULTILINE))
    if sys.platform == "linux":  # other systems have a few more
        assert {name: listed.get(name) for name, _ in packages} == dict(packages)


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-2.0-only) AND ISC", True),
        ("not given", False),
    ],
)
def test_which_licences_fit(words: str, *, fits: bool) -> None:
    assert licences.is_compatible(words) is fits


def test_every_installed_package_is_pinned_with_hashes() -> None:
    pinned: dict[str, str] = {}
    hashes: dict[str, int] = {}
    name = ""
    for line in HASHED.read_text().splitlines():
        if match := re.match(r"(\S+)==(\S+)", line):
            name = plain(match[1])
            pinned[name] = match[2]
            assert line.endswith("\\"), f"{line}: without a hash"
        elif "--hash=sha256:" in line:
            hashes[name] = hashes.get(name, 0) + 1
    assert pinned.keys() == hashes.keys()
    constrained = {plain(name): version for name, version in releases.pins().items()}
    both = pinned.keys() & constrained.keys()
    assert {n: pinned[n] for n in both} == {n: constrained[n] for n in both}, "make hashes"
    assert {plain(name) for name in licences.installed()} <= pinned.keys()
