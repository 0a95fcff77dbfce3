"""What holds personal data is for its owner alone, unless share_mode says otherwise."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import organizing_analytics as oa
from organizing_analytics.errors import DeliveryError
from organizing_analytics.loading.settings_change import change_settings
from organizing_analytics.reports import batch
from organizing_analytics.reports.files import write_whole
from organizing_analytics.reports.result import TeamReport
from organizing_analytics.weekly.delivery import read_settings
from organizing_analytics.weekly.delivery.folder import copy_pages

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> set[str]:
    paths = [folder, *folder.rglob("*")]
    return {f"{'d' * path.is_dir()}{path.stat().st_mode & 0o777:o}" for path in paths}


@pytest.mark.parametrize("share_mode", ["private", "group"])
def test_reports_are_private_unless_shared(small, store, tmp_path, monkeypatch, share_mode):
    expected = {"private": {"d700", "600"}, "group": {"d750", "640"}}[share_mode]

    def make(job: batch.Job) -> TeamReport:
        page = write_whole(job.file("html"), "a page")
        write_whole(job.file("csv"), "numbers")
        return TeamReport(job.team_id, page, None, "done", 0.0)

    monkeypatch.setattr(batch, "_make", make)
    oa.load_files(small, store=store, timezone="UTC")
    change_settings([f"share_mode={share_mode}"], store=store)
    run = oa.write_reports(store, week="2026-W10", out=tmp_path / "out")
    assert modes(tmp_path / "out") == expected
    assert ("group of this user" in (run.note or "")) == (share_mode == "group")


def test_delivered_pages_are_private_unless_shared(tmp_path):
    page = tmp_path / "out" / "w" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text("page")
    for share_mode, expected in (("private", {"d700", "600"}), ("all", {"d755", "644"})):
        to = tmp_path / share_mode
        copy_pages([page], base=tmp_path / "out", to=to / "d", share_mode=share_mode)
        assert modes(to / "d" / "w") == expected
    settings = tmp_path / "delivery.toml"
    settings.write_text('[folder]\npath = "d"\nshare_mode = "group"\n')
    assert read_settings(settings).share_mode == "group"
    settings.write_text('[folder]\npath = "d"\nshare_mode = "0644"\n')
    with pytest.raises(DeliveryError, match="private, group, all"):
        read_settings(settings)


def test_a_draft_is_private_from_its_first_moment(tmp_path, monkeypatch):
    seen: list[int] = []
    monkeypatch.setattr(Path, "replace", lambda self, _: seen.append(self.stat().st_mode & 0o777))
    write_whole(tmp_path / "page.html", "Ann")
    assert seen == [0o600]
