"""Commands killed at random moments: afterwards the store is whole, and the next command works."""

from __future__ import annotations

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

    fake_reports = False

    def __init__(self, folder: Path, children: Children) -> None:
        self.folder, self.children = folder, children
        self.store = folder / "store"
        self.failures: list[str] = []
        self.prepare()

    def prepare(self) -> None:
        """Make the store."""
        self.load(self.rows("first"))

    def rows(self, name: str, count: int = 200) -> Path:
        """Write a folder whose load adds as many people as events; return it."""
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
            self.failures.append(f"exit {ended['code']}: {ended['error'][-300:]}")

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
        """Check the store after a kill; return what was found: `old` or `new`."""
        now = self.state()
        if now == before:
            return "old"
        if now != (before[0] + 200, before[1] + 200):
            self.failures.append(f"{number}: {before} became {now}")
        return "new"

    def end(self) -> None:
        """Run the command once more to its end; nothing may be left over."""
        self.must(self.children.run(*self.words(10**6), fake_reports=self.fake_reports))
        left = [path.name for path in self.store.rglob(".draft*")]
        if left:
            self.failures.append(f"left over: {left}")


class Weekly(Attack):
    """The weekly run: inbox → load → reports → their index; pages are stand-ins."""

    fake_reports = True

    def prepare(self) -> None:
        """Make a store with two teams."""
        folder = self.rows("first")
        (folder / "teams.csv").write_text("team_id,name\nt1,North\nt2,South\n")
        self.load(folder)
        self.inbox, self.out = self.folder / "inbox", self.folder / "out"
        self.inbox.mkdir()

    def words(self, number: int) -> list[object]:
        """Put two files into the inbox and run."""
        for path in self.rows(f"n{number}").iterdir():
            path.replace(self.inbox / f"{path.stem}-{number}.csv")
        return ["weekly", "--store", self.store, "--inbox", self.inbox, "--out", self.out,
                "--week", WEEK]  # fmt: skip

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """Run again: whatever was killed, each row is in the store once and no file is lost."""
        found = "old" if self.state() == before else "new"
        again = ["weekly", "--store", self.store, "--inbox", self.inbox, "--out", self.out,
                 "--week", WEEK]  # fmt: skip
        self.must(self.children.run(*again, fake_reports=True))
        if self.state() != (before[0] + 200, before[1] + 200):
            self.failures.append(f"{number}: after the next run {before} became {self.state()}")
        waiting = [path.name for path in self.inbox.glob("*.csv")]
        files = [path.name for path in self.inbox.rglob(f"*-{number}.csv")]
        if waiting or len(files) < 2:
            self.failures.append(f"{number}: waiting {waiting}, files {files}")
        return found


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
        found = "old" if self.state() == before else "new"
        again = self.children.run(*self.words(number))
        if self.state() != before - 1:
            self.failures.append(f"{number}: {before} became {self.state()}: {again['error']}")
        return found

    def end(self) -> None:
        """Load something, which ends whatever a join left."""
        self.load(self.rows("last"))


class Forget(Attack):
    """A person forgotten: asked again, it ends, and no byte of the person is left."""

    def prepare(self) -> None:
        """Make a store with history; the person is in its snapshots and its rejects."""
        self.load(self.rows("first"))

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
        found = "new" if self.state() == 0 else "old"
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
        return found

    def end(self) -> None:
        """Load something, which ends whatever a forgetting left."""
        self.load(self.rows("last"))
        if self.state():
            self.failures.append("the person is back")


class Report(Attack):
    """The reports of a team, made by real notebooks."""

    def prepare(self) -> None:
        """Make a small campaign."""
        files = self.folder / "files"
        oa.write_sample(files, people=120, weeks=6, last_day=date(2026, 11, 15))
        self.load(files)
        self.out = self.folder / "out"

    def words(self, number: int) -> list[object]:
        """Write the report of one team."""
        return ["report", "--store", self.store, "--out", self.out, "--week", WEEK, "--team", "T01"]

    def after(self, number: int, before: Any, ended: dict[str, Any]) -> str:
        """A page is whole or not there, and no folder of a draft counts as one."""
        pages = list(self.out.rglob("*.html"))
        torn = [page.name for page in pages if not page.read_text().rstrip().endswith("</html>")]
        if torn:
            self.failures.append(f"{number}: torn pages {torn}")
        if self.state() != before:
            self.failures.append(f"{number}: the store was changed")
        shutil.rmtree(self.out, ignore_errors=True)
        return "new" if pages else "old"

    def end(self) -> None:
        """Write it to its end."""
        self.must(self.children.run(*self.words(0)))
        if not list(self.out.rglob("*.html")):
            self.failures.append("no page")


ATTACKS: dict[str, Callable[[Path, Children], Attack]] = {
    "load": Attack,
    "weekly": Weekly,
    "forget": Forget,
    "join": Join,
    "report": Report,
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
    with Children() as children:
        attack = ATTACKS[command](folder, children)
        times = []
        for number in range(3):
            ended = children.run(*attack.words(-1 - number), fake_reports=attack.fake_reports)
            attack.must(ended)
            times.append(ended["seconds"])
        usual, number = sorted(times)[1], 0
        while counts["tried"] < kills and number < 2 * kills + 20:
            words, before = attack.words(number), attack.state()
            ended = children.run(
                *words,
                kill_after=dice.uniform(0, 1.05 * usual),
                with_all=dice.random() < 0.5,
                fake_reports=attack.fake_reports,
            )
            found = attack.after(number, before, ended)
            counts["tried" if ended["code"] is None else "ended"] += 1
            if ended["code"] is None:
                counts[found] += 1
            number += 1
        attack.end()
    return {**counts, "seconds": round(usual, 2), "failures": attack.failures}
