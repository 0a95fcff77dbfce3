"""A large made-up campaign as CSV and Parquet: N sign-ups over three years, made in one engine.

Skewed like real life: a few regulars, many who came once; some teams large, most small. Every
number is drawn by a hash of its row and the seed, so the same N gives the same files.

    python benchmarks/campaign.py 1_000_000 FOLDER
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import duckdb

#: The last day of the three years, a Sunday; some shifts lie after it.
LAST_DAY = "2026-11-22"
DAYS, DAYS_AHEAD = 1095, 14
TABLES = (
    "teams", "people", "events", "shifts", "signups", "asks", "meetings", "contacts",
    "departures", "role_changes",
)  # fmt: skip

#: u(i, k): the k-th uniform number of row i.
MACROS = """
CREATE MACRO u(i, k) AS (hash(i, k, {seed}) % 9007199254740992) / 9007199254740992.0;
CREATE MACRO pick(i, k, list) AS list[1 + CAST(floor(u(i, k) * len(list)) AS INTEGER)];
-- Few are picked often, most seldom.
CREATE MACRO skewed(i, k, n) AS CAST(floor(n * pow(u(i, k), 1.6)) AS BIGINT);
CREATE MACRO moment(days) AS
    (TIMESTAMP '{last_day} 00:00:00' + to_microseconds(CAST(days * 86400e6 AS BIGINT)));
CREATE MACRO iso(x) AS strftime(x, '%Y-%m-%dT%H:%M:%SZ');
CREATE MACRO said(i) AS pick(i, 12, ['yes', 'yes', 'yes', 'not_now', 'not_now', 'not_that',
                                     'not_ever', 'no', 'maybe', 'no_answer', 'no_answer']);
"""

#: Nobody shares a phone: eight million in each area.
AREAS = "['202', '212', '303', '312', '404', '415', '512', '617', '702', '713']"
TYPES = "['canvass', 'phone_bank', 'training', 'rally', 'house_meeting', 'data_entry']"

ROWS = {
    "teams": """
        SELECT 'T' || i AS team_id, 'Team ' || i AS name,
               CASE WHEN i % 10 > 0 THEN 'T' || (i - i % 10) END AS parent_team_id,
               'P' || i AS lead_id
        FROM range({teams}) t(i)""",
    "people": """
        SELECT 'P' || i AS person_id, 'Given' || (i % 997) AS given_name,
               'Family' || (i % 7919) AS family_name,
               'p' || i || '@example.org' AS email,
               CASE WHEN u(i, 1) < .8
                    THEN '+1' || {areas}[1 + i // 8000000] || (2000000 + i % 8000000) END AS phone,
               'T' || skewed(i, 2, {teams}) AS team_id,
               CASE WHEN u(i, 3) < .02 THEN 'team_leader' WHEN u(i, 3) < .06 THEN 'team_member'
                    WHEN u(i, 3) < .5 THEN 'volunteer' ELSE 'supporter' END AS role,
               u(i, 4) < .01 AS do_not_contact
        FROM range({people}) t(i)""",
    "events": """
        SELECT 'E' || i AS event_id, 'Event ' || i AS title,
               pick(i, 1, {types}) AS event_type,
               'T' || skewed(i, 2, {teams}) AS team_id,
               pick(i, 3, ['America/Chicago', 'America/Denver', 'America/New_York']) AS timezone
        FROM range({events}) t(i)""",
    "shifts": """
        SELECT 'S' || i AS shift_id, 'E' || (i % {events}) AS event_id,
               iso(starts) AS starts_at, iso(starts + INTERVAL 3 HOUR) AS ends_at,
               CAST(5 + floor(u(i, 2) * 15) AS INTEGER) AS need
        FROM (SELECT i, date_trunc('hour', moment({ahead} - u(i, 1) * {span})) AS starts
              FROM range({shifts}) t(i))""",
    "signups": """
        SELECT 'G' || i AS signup_id, 'S' || shift AS shift_id, 'P' || person AS person_id,
               CASE WHEN u(i, 3) < .7 THEN 'P' || skewed(i, 4, {people} // 50 + 1) END AS recruiter_id,
               pick(i, 5, ['phone', 'text', 'door', 'web', 'one_on_one']) AS channel,
               iso(signed) AS signed_up_at,
               CASE WHEN u(i, 7) < .12 THEN 'cancelled' WHEN u(i, 7) < .45 THEN 'confirmed'
                    ELSE 'registered' END AS status,
               CASE WHEN u(i, 7) >= .12 AND u(i, 7) < .45
                    THEN iso(signed + (starts - signed) * u(i, 8)) END AS confirmed_at,
               CASE WHEN u(i, 7) < .12 THEN iso(signed + (starts - signed) * u(i, 8)) END AS cancelled_at,
               CASE WHEN starts > moment(0) OR u(i, 7) < .12 OR u(i, 9) < .05 THEN NULL
                    ELSE u(i, 10) < .45 + .3 * (u(i, 7) < .45)::INT + .2 * (u(person, 11) - .5)
               END AS attended
        FROM (SELECT i, shift, person, starts, starts
                     - to_microseconds(CAST(-7 * ln(1 - u(i, 6)) * 86400e6 AS BIGINT)) AS signed
              FROM (SELECT i, CAST(floor(u(i, 1) * {shifts}) AS BIGINT) AS shift,
                           skewed(i, 2, {people}) AS person FROM range({signups}) t(i))
              JOIN (SELECT CAST(substr(shift_id, 2) AS BIGINT) AS shift,
                           CAST(starts_at AS TIMESTAMP) AS starts FROM shifts) USING (shift))""",
    # Some noes are answered by another ask of the same person, ten minutes later.
    "asks": """
        SELECT 'A' || i AS ask_id,
               iso(moment(-u(k, 1) * {days}) + to_minutes(10 * (i - k))) AS asked_at,
               'P' || skewed(k, 2, {people} // 50 + 1) AS asker_id,
               'P' || skewed(k, 3, {people}) AS person_id, 'T' || skewed(k, 4, {teams}) AS team_id,
               pick(i, 5, ['phone', 'text', 'door', 'one_on_one', 'event']) AS channel,
               'event' AS ask_kind, pick(i, 6, {types}) AS ask_for,
               CASE WHEN u(i, 7) < .5 THEN 'S' || CAST(floor(u(i, 8) * {shifts}) AS BIGINT) END AS shift_id,
               CASE WHEN u(i, 9) < .9 THEN u(i, 10) < .6 END AS is_specific,
               CASE WHEN u(i, 9) < .9 THEN u(i, 11) < .5 END AS is_urgent,
               said(i) AS outcome, CASE WHEN k < i THEN 'A' || k END AS after_ask_id
        FROM (SELECT i, i - (i % 2 = 1 AND u(i, 13) < .3
                             AND said(i - 1) IN ('not_now', 'not_that', 'no'))::BIGINT AS k
              FROM range({asks}) t(i))""",
    "meetings": """
        SELECT 'M' || i AS meeting_id, 'P' || skewed(i, 1, {people} // 50 + 1) AS organizer_id,
               'P' || skewed(i, 2, {people}) AS person_id, 'T' || skewed(i, 3, {teams}) AS team_id,
               pick(i, 4, ['recruitment', 'maintenance', 'maintenance', 'escalation']) AS kind,
               iso(moment(-u(i, 5) * {days})) AS scheduled_at,
               pick(i, 6, ['held', 'held', 'held', 'held', 'no_show', 'cancelled', 'scheduled']) AS status,
               CAST(15 + floor(u(i, 7) * 60) AS INTEGER) AS minutes,
               u(i, 8) < .8 AS purpose, u(i, 9) < .7 AS exploration, u(i, 10) < .6 AS exchange,
               u(i, 11) < .5 AS commitment
        FROM range({meetings}) t(i)""",
    "contacts": """
        SELECT 'C' || i AS contact_id, 'P' || skewed(i, 1, {people}) AS person_id,
               'P' || skewed(i, 2, {people} // 50 + 1) AS by_id, iso(moment(-u(i, 3) * {days})) AS "at",
               pick(i, 4, ['phone', 'text', 'email']) AS channel,
               pick(i, 5, ['follow_up', 'thank_you', 'confirmation', 'reminder', 'reshift']) AS reason,
               pick(i, 6, ['reached', 'reached', 'left_message', 'no_answer']) AS result
        FROM range({contacts}) t(i)""",
    "departures": """
        SELECT 'P' || i AS person_id, iso(moment(-u(i, 12) * {days})) AS "at",
               pick(i, 13, ['not_worth_time', 'disorganized', 'no_why', 'overwhelmed', 'unwelcoming']) AS reason
        FROM range({people}) t(i) WHERE u(i, 14) < .02""",
    "role_changes": """
        SELECT 'P' || i AS person_id, step AS role,
               CAST(moment(-u(i, 15) * {days} * (3 - place) / 2) AS DATE) AS "on",
               'P' || skewed(i, 16, {people} // 50 + 1) AS by_id
        FROM range({people}) t(i), (VALUES (1, 'volunteer'), (2, 'team_member')) s(place, step)
        WHERE u(i, 17) < .2 / place AND u(i, 15) > .01""",
}  # fmt: skip


def sizes(signups: int) -> dict[str, int]:
    """Return how many rows each table has for so many sign-ups."""
    shifts = max(50, signups // 14)
    return {
        "signups": signups,
        "shifts": shifts,
        "events": max(10, shifts // 6),
        "people": max(50, signups // 4),
        "teams": max(10, min(1000, signups // 50_000)),
        "asks": signups * 6 // 10,
        "meetings": signups * 15 // 100,
        "contacts": signups * 3 // 10,
    }


def place(signups: int, folder: Path, *, seed: int = 1) -> Path:
    """Return where a campaign's files are, and what is made from them: one place for each recipe."""
    recipe = hashlib.sha256(repr((MACROS, AREAS, TYPES, ROWS, LAST_DAY)).encode()).hexdigest()
    return folder / f"{signups}-{seed}-{recipe[:8]}"


def make(signups: int, folder: Path, *, seed: int = 1, memory: str = "4GB") -> Path:
    """Write the campaign as CSV and Parquet, one file a table, and return the folder of the CSVs.

    What is there already stays.
    """
    whole = place(signups, folder, seed=seed)
    if whole.exists():
        return whole / "csv"
    draft = whole.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    for kind in ("csv", "parquet"):
        (draft / kind).mkdir(parents=True)
    values = {**sizes(signups), "types": TYPES, "areas": AREAS, "ahead": DAYS_AHEAD, "days": DAYS}
    values |= {"span": DAYS + DAYS_AHEAD}
    with duckdb.connect(config={"memory_limit": memory, "temp_directory": str(draft)}) as engine:
        engine.execute(MACROS.format(seed=seed, last_day=LAST_DAY))
        for name in TABLES:
            rows = ROWS[name].format(**values)
            parquet = draft / "parquet" / f"{name}.parquet"
            engine.execute(f"COPY ({rows}) TO '{parquet}' (FORMAT parquet)")
            engine.execute(f"CREATE VIEW {name} AS FROM '{parquet}'")
            engine.execute(f"COPY {name} TO '{draft / 'csv' / name}.csv' (HEADER)")
    draft.rename(whole)
    return whole / "csv"


if __name__ == "__main__":
    print(make(int(sys.argv[1]), Path(sys.argv[2])))
