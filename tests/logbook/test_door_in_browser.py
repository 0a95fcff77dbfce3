"""The list at the door in Chromium: sixty people in, one reload, none lost."""

from __future__ import annotations

import csv

import organizing_analytics as oa
from organizing_analytics.logbook.door import door_page

N = 60
HOSTILE = '"><img src=x onerror=document.title=1>'


def tables() -> dict[str, str]:
    names = [f"p{n},Given{n:02d},Family{n:02d},a{n}@x.org,+1555123{n:04d}" for n in range(N)]
    names[7] = f'p7,=Seven,"{HOSTILE.replace(chr(34), chr(34) * 2)}",,'
    return {
        "people": "person_id,given_name,family_name,email,phone\n" + "\n".join(names) + "\n",
        "events": "event_id,event_type,timezone\ne1,canvass,America/Chicago\n",
        "shifts": "shift_id,event_id,starts_at\ns1,e1,2026-03-07T10:00\n",
        "signups": "signup_id,shift_id,person_id,status\n"
        + "".join(f"g{n},s1,p{n},registered\n" for n in range(N)),
    }


def test_sixty_people_come_and_none_is_lost(browser, write, store, tmp_path, rows):
    oa.load_files([write(**tables())], store=store, timezone="America/Chicago")
    file = tmp_path / "door.html"
    file.write_text(door_page("s1", store=store), encoding="utf-8")
    errors: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(file.as_uri())
    for n in range(N):
        if n == N // 2:
            page.reload()
        page.fill("#typed", "=se" if n == 7 else f"Family{n:02d}")
        shown = page.locator("#rows button")
        assert shown.count() == 1
        shown.click()
    page.fill("#name", "Wanda Walk-In")
    page.fill("#phone", "+1 555 999 0000")
    page.click("#add")
    assert page.inner_text("#count") == f"{N} of {N} are here, and 1 walked in."
    # A tap by mistake is taken back by another.
    page.fill("#typed", "Family03")
    page.locator("#rows button").click()
    assert page.inner_text("#count").startswith(f"{N - 1} of {N}")
    assert page.locator("#missing li").all_text_contents() == ["Given03 Family03 +15551230003"]
    page.fill("#typed", "Family03")
    page.locator("#rows button").click()
    page.reload()
    with page.expect_download() as download:
        page.click("#save")
    saved = tmp_path / "door.csv"
    download.value.save_as(saved)
    with saved.open(encoding="utf-8-sig", newline="") as lines:
        assert len(list(csv.reader(lines))) == N + 2
    assert page.title() != "1"
    assert errors == []
    page.close()
    oa.load_files([saved], store=store, source="check_in", shift="s1")
    [(came, walked_in)] = rows(
        store,
        "SELECT count(*) FILTER (attended AND NOT coalesce(is_walk_in, false)), "
        "count(*) FILTER (attended AND is_walk_in) FROM signups WHERE shift_id = 's1'",
    )
    assert (came, walked_in) == (N, 1)
