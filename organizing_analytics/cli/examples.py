"""Two or three examples for the help of each command, as a reader would type them.

Those of a measure stand in its declaration.
"""

from __future__ import annotations

from organizing_analytics.catalog import MEASURES

#: Command → what follows it in each example.
EXAMPLES: dict[str, tuple[str, ...]] = {
    "sample": ("made-up", "made-up --people 500 --weeks 12"),
    "templates": ("my-files", "my-files --xlsx"),
    "settings": ("", "timezone=America/Chicago", "lapse_days=90 todo_most=15"),
    "load": (
        "my-files --timezone America/Chicago",
        "export.csv --source mobilize --dry-run",
        "sign-in.xlsx --source check_in --shift S-104",
    ),
    "map": (
        "tracker.csv",
        'tracker.csv --yes --answer "1:1 kind=maintenance" --answer held=yes',
    ),
    "sources": ("", "--json"),
    "history": ("", "--json"),
    "undo": ("", "--to 12"),
    "compare": (
        "show-up --factor confirmed --within lead",
        "return --factor followed_up --within team,month",
        "asks --factor hard --since 2026-09-01",
    ),
    "experiment": (
        "start calls --people list.csv --arms text,call",
        "result calls",
        "list",
    ),
    "experiment start": (
        "calls --people list.csv --arms text,call",
        "calls --people list.csv --arms text,call --until 2026-12-31 --out arms.csv",
    ),
    "experiment result": ("calls", "calls --measure return"),
    "experiment list": ("", "--json"),
    "lab": ("", "my-notebooks --sample", "my-notebooks --copy-only"),
    "plan": (
        "--need 4",
        "--need 12 --sure 0.9 --came 31 --of 50",
        "--need 12 --team T1 --type canvass",
    ),
    "plan upcoming": ("", "--team T1 --days 7", "--sure 0.9 --format csv"),
    "plan backward": (
        "--need 12 --on 2026-12-05 --team T1",
        "--need 12 --on 2026-12-05 --team T1 --organizers 3",
    ),
    "plan together": ("--on 2026-12-05 --until 2026-12-06", "--shift S-104 --shift S-105"),
    "planner": ("", "--no-browser"),
    "backtest": ("", "--ahead-days 3", "--chart reliability.html"),
    "list": ("--team T1", "--organizer P00012 --xlsx lines.xlsx", "--team T1 --paper lines.html"),
    "answers": ("lines.xlsx", "--delivery delivery.toml", "--delivery delivery.toml --json"),
    "door": ("S00192", "S00192 --out saturday.html"),
    "card": ("S00192", "S00192 --out saturday.html"),
    "forms card": ("", "--out card.xlsx"),
    "forms": ("xlsform", "google"),
    "forms xlsform": ("", "--out log.xlsx"),
    "forms google": ("", "--card"),
    "log": (
        "7K3MQ2ZT not-now --again-on 2026-12-03",
        "met ann@example.org held-yes --kind recruitment",
        "--undo",
    ),
    "words": ("", "our-words.toml"),
    "todo": ("--organizer P2", "--all --format csv", "--now"),
    "brief": ("P7", "ann@example.org --rows", "--organizer P2 --week --out briefs"),
    "rota": ("", "--days 7 --per-day 3 --team T1", "--out calendars"),
    "report": ("", "--week 2026-W47 --team T1", "--no-names --pdf"),
    "weekly": ("--inbox inbox --out reports", "--inbox inbox --delivery delivery.toml --dry-run"),
    "schedule": ("cron --inbox inbox", "systemd --inbox inbox --at 'Mon 06:00' --write units"),
    "people": ("merges", "join P1 P7", "split P7"),
    "people find": ("Ann", "ann@example.org"),
    "people merges": ("", "--format csv"),
    "people assign": ("P7 --to P2", "P7 P8 P9 --to ann@example.org --on 2026-12-01"),
    "people spans": ("", "--team T1 --format csv"),
    "people join": ("P1 P7", "P1 P7 --json"),
    "people split": ("P7", "P7 --json"),
    "twins": ("", "--format csv"),
    "forget": ("P7", "P7 --yes"),
    "empty": ("asks A7 notes", "events E2 title"),
    "backup": ("my-backups", "my-backups --json"),
    "export": ("parquet", "parquet --json"),
    "retention": ("return --by team", "cohorts --kind rolling", "losing"),
    "asks": ("outcomes --by hard", "after-no", "kept --by asker"),
    **{measure.name: measure.examples for measure in MEASURES},
}
