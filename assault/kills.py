"""Commands killed at random moments: afterwards the store is whole, and the next command works."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import organizing_analytics as oa
from assault.children import Children

if TYPE_CHECKING:
    from collections.abc import Callable

#: Whoever is forgotten has these; no byte of a store may hold them afterwards.
MARKS = (b"quisling", b"zebulon", b"q.zebulon@example.org")
WEEK = "2026-W46"


class Attack:
    """One command on one store, killed again and again.

    Parameters
    ----------
    folder : Path
        An empty folder to work in.
    children : Children
        Runs commands.
    """

    #: Whether reports are written at once, without notebooks.
    fake_reports = False
    #: An executed notebook that reports take instead of running their own.
    notebook: Path | None = None
    #: How many people and events a load adds: few, so that the store stays small.
    rows_a_load = 20
    #: At most so many kills, where a run takes a minute.
    max_kills = 10_000

    def __init__(self, folder: Path, children: Children) -> None:
        self.folder, self.children = folder, children
        self.store = folder / "store"
        self.failures: list[str] = []
        self.prepare()

    def prepare(self) -> None:
        """Make the store."""
        self.load(self.rows("first"))

    def rows(self, name: str, count: int | None = None) -> Path:
        """Write a folder whose load adds as many people as events; return it."""
        count = count or self.rows_a_load
        folder = self.folder / "in"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        people = "".join(f"{name}-{i},Ann\n" for i in range(count))
        events = "".join(f"{name}-{i},canvass\n" for i in range(count))
        (folder / "people.csv").write_text(f"person_id,given_name\n{people},nobody\n")
        (folder / "events.csv").write_text(f"event_id,event_type\n{events}{name},canvass,wide\n")
        return folder

    def load(self, folder: Path) -> None:
        """Load a folder to its end."""
        self.must(self.children.run("load", folder, "--store", self.store, "--timezone", "UTC"))

    def must(self, ended: dict[str, Any]) -> None:
        """Note a failure where a command that was let be did not end well."""
        if ended["code"] != 0:
            self.failures.append(f"exit {ended['code']}: {ended['error'][-1000:]}")

    def run(self, *words: object, **how: Any) -> dict[str, Any]:
        """Run a command with this attack's stand-ins."""
        return self.children.run(
            *words, fake_reports=self.fake_reports, notebook=self.notebook, **how
        )

    def state(self) -> object:
        """Return what a store holds, as far as the command changes it."""
        with oa.open_store(self.store) as data:
            query = "SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM events)"
            (pair,) = data.connection.sql(query).fetchall()
        return pair

    def words(self, number: int) -> list[object]:
        """Return the command for the number-th time."""
        return ["load", self.rows(f"n{number}"), "--store", self.store]

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """Check the store after a kill; return what it is: `old` or `new`."""
        now = self.state()
        if now == before:
            return "old"
        if now != tuple(rows + self.rows_a_load for rows in before):
            self.failures.append(f"{number}: {before} became {now}")
        return "new"

    def end(self) -> None:
        """Run the command once more to its end; nothing may be left over."""
        self.must(self.run(*self.words(10**6)))
        left_over = [path.name for path in self.store.rglob(".draft*")]
        if left_over:
            self.failures.append(f"left over: {left_over}")


class Weekly(Attack):
    """The weekly run: inbox → load → reports → index → a delivery folder; pages are stand-ins.

    The files of the inbox are given 0.05 s to settle and not 5: most kills would hit that pause.
    """

    fake_reports = True

    def prepare(self) -> None:
        """Make a store with two teams."""
        folder = self.rows("first")
        (folder / "teams.csv").write_text("team_id,name\nt1,North\nt2,South\n")
        self.load(folder)
        self.inbox, self.out = self.folder / "inbox", self.folder / "out"
        self.inbox.mkdir()
        self.settings = self.folder / "delivery.toml"
        self.settings.write_text('[folder]\npath = "drive"\n')

    def weekly(self) -> list[object]:
        """Return the command."""
        return ["weekly", "--store", self.store, "--inbox", self.inbox, "--out", self.out,
                "--week", WEEK, "--delivery", self.settings, "--settle", 0.05]  # fmt: skip

    def words(self, number: int) -> list[object]:
        """Put two files into the inbox and run."""
        for path in self.rows(f"n{number}").iterdir():
            path.replace(self.inbox / f"{path.stem}-{number}.csv")
        return self.weekly()

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """Run again: each row is in the store once, no file is lost, each page is of these rows."""
        standing = "old" if self.state() == before else "new"
        self.must(self.run(*self.weekly()))
        people = before[0] + self.rows_a_load
        if self.state() != (people, before[1] + self.rows_a_load):
            self.failures.append(f"{number}: after the next run {before} became {self.state()}")
        waiting = [path.name for path in self.inbox.glob("*.csv")]
        files = [path.name for path in self.inbox.rglob(f"*-{number}.csv")]
        if waiting or len(files) < 2:
            self.failures.append(f"{number}: waiting {waiting}, files {files}")
        for folder in (self.out / WEEK, self.folder / "drive" / WEEK):
            for page in ("t1.html", "t2.html"):
                text = (folder / page).read_text() if (folder / page).exists() else "missing"
                if f": {people}." not in text:
                    self.failures.append(f"{number}: {folder.parent.name}/{page} is {text!r}")
        return standing


class Undo(Attack):
    """A load taken back, and the taking back taken back, and so on: the rows are all there or gone."""

    def prepare(self) -> None:
        """Make a store of two loads."""
        self.load(self.rows("first"))
        self.without = self.state()
        self.load(self.rows("second"))
        self.with_all = self.state()

    def words(self, number: int) -> list[object]:
        """Take back the last change."""
        return ["undo", "--store", self.store]

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """Take it back where that was not done: then the store is as it was before the change."""
        standing = "old" if self.state() == before else "new"
        if standing == "old":
            self.must(self.run(*self.words(number)))
        expected = self.without if before == self.with_all else self.with_all
        if self.state() != expected:
            self.failures.append(f"{number}: {before} became {self.state()}")
        return standing

    def end(self) -> None:
        """Load something, which ends whatever was left; nothing may be left over."""
        self.load(self.rows("last"))
        left_over = [path.name for path in self.store.rglob(".draft*")]
        if left_over:
            self.failures.append(f"left over: {left_over}")


class Join(Attack):
    """Two records declared one person."""

    def prepare(self) -> None:
        """Make a store with many people."""
        self.load(self.rows("n", 2000))

    def state(self) -> object:
        """Return how many people there are."""
        with oa.open_store(self.store) as data:
            return len(data.sql("FROM people"))

    def words(self, number: int) -> list[object]:
        """Join the next two."""
        first = 2 * (number % 900)
        return ["people", "join", f"n-{first}", f"n-{first + 1}", "--store", self.store]

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """Look, then join to the end: one person less than before."""
        standing = "old" if self.state() == before else "new"
        again = self.children.run(*self.words(number))
        if self.state() != before - 1:
            self.failures.append(f"{number}: {before} became {self.state()}: {again['error']}")
        return standing

    def end(self) -> None:
        """Load something, which ends whatever a join left."""
        self.load(self.rows("last"))


class Forget(Attack):
    """A person forgotten: asked again, it ends, and no byte of the person is left."""

    def prepare(self) -> None:
        """Make a store with history; the person is in its snapshots and its rejects.

        Two snapshots are kept and not five: each that is kept is written anew.
        """
        self.load(self.rows("first"))
        self.must(self.run("settings", "keep_snapshots=2", "--store", self.store))

    def words(self, number: int) -> list[object]:
        """Load the person anew under a new id and e-mail, and forget them."""
        folder = self.folder / "person"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        mail = f"{number}q.zebulon@example.org"
        (folder / "people.csv").write_text(
            f"person_id,given_name,family_name,email\nz{number},Quisling,Zebulon{number},{mail}\n"
            f",Quisling,Zebulon{number},{mail}\n"
        )
        self.load(folder)
        return ["forget", f"z{number}", "--store", self.store]

    def state(self) -> object:
        """Return whether the store's tables name the person."""
        with oa.open_store(self.store) as data:
            return len(data.sql("FROM people WHERE given_name = 'Quisling'"))

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """Ask again: it ends, and no byte is left."""
        standing = "new" if self.state() == 0 else "old"
        again = self.children.run("forget", f"z{number}", "--store", self.store)
        if again["code"] not in (0, 1):
            self.failures.append(f"{number}: exit {again['code']}: {again['error']}")
        held = [
            path.name
            for path in self.store.rglob("*")
            if path.is_file() and any(mark in path.read_bytes().lower() for mark in MARKS)
        ]
        if held:
            self.failures.append(f"{number}: {held} still name the person; {again['error'][:200]}")
            shutil.rmtree(self.store)  # so that the next failure is one of its own
            self.prepare()
        return standing

    def end(self) -> None:
        """Load something, which ends whatever a forgetting left."""
        self.load(self.rows("last"))
        if self.state():
            self.failures.append("the person is back")


class Report(Attack):
    """A team's report with all that is written of it: page, notebook, numbers, index.

    Its notebook is executed once, beforehand: kills hit what is written.
    """

    def prepare(self) -> None:
        """Make a small campaign, and the notebook."""
        files = self.folder / "files"
        oa.write_sample(files, people=120, weeks=6, last_day=date(2026, 11, 15))
        self.load(files)
        self.out = self.folder / "out"
        self.must(self.run(*self.words(0)))
        self.keep_notebook()
        shutil.rmtree(self.out)

    def keep_notebook(self) -> None:
        """Let all later reports take the notebook that was just executed."""
        self.notebook = (self.out / WEEK / "T01.ipynb").rename(self.folder / "executed.ipynb")

    def words(self, number: int) -> list[object]:
        """Write the report of one team."""
        return ["report", "--store", self.store, "--out", self.out, "--week", WEEK, "--team", "T01"]

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """Every file is whole or not there; the next run writes all and leaves nothing over."""
        pages = list(self.out.rglob("*.html"))
        torn = [page.name for page in pages if not page.read_text().rstrip().endswith("</html>")]
        for notebook in self.out.rglob("*.ipynb"):
            try:
                json.loads(notebook.read_text())
            except ValueError:
                torn.append(notebook.name)
        if torn:
            self.failures.append(f"{number}: torn {torn}")
        if self.state() != before:
            self.failures.append(f"{number}: the store was changed")
        self.next_run(number)
        shutil.rmtree(self.out, ignore_errors=True)
        return "new" if pages else "old"

    def next_run(self, number: int) -> None:
        """Write it again, to the end: all files are there, and nothing of the killed run."""
        self.must(self.run(*self.words(number)))
        files = {path.name for path in (self.out / WEEK).iterdir()} - {"index.html"}
        if files != {f"T01.{ending}" for ending in ("html", "ipynb", "csv", "parquet")}:
            self.failures.append(f"{number}: after the next run there are {sorted(files)}")
        assert self.children.temporary
        left_over = [path.name for path in self.children.temporary.glob("oa-*")]
        if left_over:
            self.failures.append(f"{number}: left over {left_over}")

    def end(self) -> None:
        """Write it to its end."""
        self.next_run(-1)


class WholeReport(Report):
    """The report of a team from its notebook's kernel on. A run takes long: fewer kills."""

    max_kills = 25

    def keep_notebook(self) -> None:
        """Each run executes its own."""


ATTACKS: dict[str, Callable[[Path, Children], Attack]] = {
    "load": Attack,
    "weekly": Weekly,
    "forget": Forget,
    "join": Join,
    "undo": Undo,
    "report": Report,
    "report-with-its-notebook": WholeReport,
}


def assault(folder: Path, command: str, *, kills: int, seed: int) -> dict[str, Any]:
    """Kill a command at random moments and return what came of it.

    Returns
    -------
    dict
        `tried` (how many were killed), `old`, `new` (what the store held then), `ended` (those that
        were quicker than their kill), `seconds` a command takes, and `failures`.
    """
    dice, counts = random.Random(seed), Counter[str]()
    with Children(folder / "temporary") as children:
        attack = ATTACKS[command](folder, children)
        kills = min(kills, attack.max_kills)
        times = []
        for number in range(3):
            ended = attack.run(*attack.words(-1 - number))
            attack.must(ended)
            times.append(ended["seconds"])
        usual_seconds, number = sorted(times)[1], 0
        span = 1.05 * usual_seconds
        while counts["tried"] < kills and number < 2 * kills + 20:
            words, before = attack.words(number), attack.state()
            ended = attack.run(
                *words, kill_after=dice.uniform(0, span), with_all=dice.random() < 0.5
            )
            # The machine is now more, now less busy: about one run in ten is to end before its kill.
            span *= 1.01 if ended["code"] is None else 0.92
            standing = attack.after(number, before, ended)
            counts["tried" if ended["code"] is None else "ended"] += 1
            if ended["code"] is None:
                counts[standing] += 1
            number += 1
        attack.end()
    return {**counts, "seconds": round(usual_seconds, 2), "failures": attack.failures}
