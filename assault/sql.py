"""Random SQL against `store.sql`: no statement may reach a file or the network.

A folder holds bait: tables in every format that DuckDB reads, each with a word that occurs nowhere
else. The system itself (inotify) reports every opening, reading and writing in that folder, in the
store's folder and in the current folder; a web server counts who asks it. The same statements are
then given to DuckDB without our protection, to show that they are dangerous.
"""

from __future__ import annotations

import ctypes
import os
import random
import struct
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

import organizing_analytics as oa
from assault.grammar import Grammar
from organizing_analytics.errors import OptionError
from organizing_analytics.store.querying import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: It stands in every file of the bait and nowhere else.
BAIT_WORD = "glowworm-7713"
#: Seconds after which a statement is stopped.
PATIENCE = 1.0
#: Access, change, write, create, delete, move, open (linux/inotify.h).
EVENTS = 0x1 | 0x2 | 0x4 | 0x8 | 0x100 | 0x200 | 0x40 | 0x80 | 0x20
NAMES = {0x1: "read", 0x2: "changed", 0x4: "mode", 0x8: "written", 0x20: "opened",
         0x40: "moved", 0x80: "moved", 0x100: "created", 0x200: "deleted"}  # fmt: skip
STARTS = ("SelectStatement",) * 5 + ("Statement", "CopyStatement", "AttachStatement")
#: They look empty to a reader, and some of them to a tokenizer.
BLANKS = (
    "\u200b",
    "\ufeff",
    "\u2060",
    "\u00a0",
    "\u2003",
    "\u3000",
    "\x0b",
    "\x0c",
    "/**/",
    "--\n",
)
TABLES = ("people", "teams", "events", "shifts", "signups", "asks", "main.people", "loads")
COLUMNS = ("person_id", "given_name", "email", "team_id", "shift_id", "content", "filename", "x")


class Watch:
    """What the system saw in some folders (Linux)."""

    def __init__(self, *folders: Path) -> None:
        self.library = ctypes.CDLL(None, use_errno=True)
        self.handle = self.library.inotify_init1(os.O_NONBLOCK)
        if self.handle < 0:
            raise OSError(ctypes.get_errno(), "inotify cannot be used")
        for folder in folders:
            self.library.inotify_add_watch(self.handle, os.fsencode(folder), EVENTS)

    def seen(self) -> Counter[str]:
        """Return what happened since the last call: `opened secret.csv` and how often."""
        events: Counter[str] = Counter()
        while True:
            try:
                block = os.read(self.handle, 1 << 16)
            except BlockingIOError:
                return events
            at = 0
            while at < len(block):
                _, mask, _, length = struct.unpack_from("iIII", block, at)
                name = block[at + 16 : at + 16 + length].rstrip(b"\0").decode(errors="replace")
                kinds = [word for bit, word in NAMES.items() if mask & bit]
                events[f"{'/'.join(kinds) or mask} {name}"] += 1
                at += 16 + length

    def close(self) -> None:
        """Stop watching."""
        os.close(self.handle)


def lay_bait(folder: Path) -> list[str]:
    """Write the bait; return paths to it and to files that do not exist yet."""
    folder.mkdir()
    with duckdb.connect() as maker:
        maker.execute(f"CREATE TABLE bait AS SELECT '{BAIT_WORD}' AS x, 1 AS person_id")
        for ending in ("csv", "parquet", "json"):
            maker.execute(f"COPY bait TO '{folder}/bait.{ending}'")
        maker.execute(f"ATTACH '{folder}/bait.duckdb' AS other")
        maker.execute("CREATE TABLE other.bait AS FROM bait")
    (folder / "bait.txt").write_text(f"{BAIT_WORD}\n")
    (folder / "bait.sql").write_text("SELECT 1;\n")
    existing = [str(path) for path in sorted(folder.iterdir())]
    absent = [str(folder / name) for name in ("new.csv", "new.parquet", "new.duckdb", "new")]
    return [
        *existing,
        *existing,
        *absent,
        f"{folder}/*",
        f"{folder}/bait.*",
        f"file://{existing[0]}",
    ]


@contextmanager
def web_server() -> Iterator[tuple[str, Callable[[], int]]]:
    """Run a web server on this machine; yield its address and how often it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name that http.server looks for
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", lambda: len(asked)
    finally:
        server.shutdown()
        server.server_close()


class Statements:
    """Random statements, from the grammar and from the list of functions."""

    def __init__(self, paths: list[str], address: str) -> None:
        self.paths = [*paths, f"{address}/bait.csv", f"{address}/bait.parquet", "local.csv"]
        with duckdb.connect() as asked:
            rows = asked.execute(
                "SELECT DISTINCT function_name, function_type, parameters FROM duckdb_functions()"
            ).fetchall()
            self.settings = [
                n for (n,) in asked.execute("SELECT name FROM duckdb_settings()").fetchall()
            ]
        plain = [row for row in rows if row[0].isidentifier()]
        self.functions = sorted({name for name, kind, _ in plain if not kind.startswith("table")})
        self.table_functions = {
            n: list(p or ()) for n, kind, p in plain if kind.startswith("table")
        }
        self.pragmas = sorted({name for name, kind, _ in plain if kind == "pragma"})
        self.grammar = Grammar(self._terminals())

    def _terminals(self) -> dict[str, Callable[[random.Random], str]]:
        tables = sorted(self.table_functions)
        identifiers = [*TABLES, *COLUMNS, *("x", "y", "z"), *(f'"{path}"' for path in self.paths)]
        return {
            "Identifier": lambda d: d.choice(identifiers),
            "TableName": lambda d: d.choice([*TABLES, *(f'"{p}"' for p in self.paths)]),
            "ColumnName": lambda d: d.choice(COLUMNS),
            "FunctionName": lambda d: d.choice(self.functions),
            "ReservedFunctionName": lambda d: d.choice(self.functions),
            "FunctionIdentifier": lambda d: d.choice([*self.functions, *tables]),
            "TableFunctionName": lambda d: d.choice(tables),
            "QualifiedTableFunction": lambda d: d.choice(tables),
            "PragmaName": lambda d: d.choice([*self.pragmas, *self.settings]),
            "SettingName": lambda d: d.choice(self.settings),
            "NumberLiteral": lambda d: d.choice(["0", "1", "2", "7", "1.5", "-1"]),
            "StringLiteral": self.literal,
        }

    def literal(self, dice: random.Random) -> str:
        """Return a string literal: mostly a path to the bait."""
        other = ["csv", "parquet", "json", "people", "file", "QueryLog", "SELECT 1", "true", "gzip",
                 f"COPY people TO '{self.paths[0]}'", f"FROM read_text('{self.paths[0]}')"]  # fmt: skip
        text = dice.choice(self.paths if dice.random() < 0.8 else other)
        return "'" + text.replace("'", "''") + "'"

    def make(self, dice: random.Random) -> str:
        """Return one statement."""
        kind = dice.random()
        if kind < 0.45:
            text = self.grammar.text(dice, dice.choice(STARTS))
        elif kind < 0.75:
            text = self._call(dice)
        else:
            text = self._wrapped(dice)
        return _disguised(text, dice)

    def _call(self, dice: random.Random) -> str:
        """Return a query of a table function, its arguments mostly paths."""
        name = dice.choice(list(self.table_functions))
        named = [p for p in self.table_functions[name] if p and p.isidentifier()]
        values = [self.literal(dice) for _ in range(dice.choice((0, 1, 1, 1, 2)))]
        values += [
            f"{parameter} := {dice.choice([self.literal(dice), 'true', '1'])}"
            for parameter in dice.sample(named, min(len(named), dice.choice((0, 0, 1, 2))))
        ]
        call = f"{name}({', '.join(values)})"
        return dice.choice(("FROM {}", "SELECT * FROM {}", "WITH x AS (FROM {}) FROM x",
                            "SELECT (SELECT count(*) FROM {})", "SUMMARIZE FROM {}",
                            "FROM people, {}", "PIVOT (FROM {}) ON x")).format(call)  # fmt: skip

    def _wrapped(self, dice: random.Random) -> str:
        """Return a query that holds another statement, as its first part or by name."""
        path = self.literal(dice)
        inner = dice.choice((
            f"COPY people TO {path}", f"COPY (FROM people) TO {path} (FORMAT {dice.choice(('csv', 'json', 'parquet'))})",
            f"COPY people FROM {path}", f"ATTACH {path} AS y", f"EXPORT DATABASE {path}",
            f"IMPORT DATABASE {path}", f"LOAD {path}", "SET enable_external_access = true",
            "RESET lock_configuration", "DELETE FROM people RETURNING *", f"FROM {path}",
            f"CREATE TABLE y AS FROM {path}", self.grammar.text(dice, "CopyStatement"),
            self.grammar.text(dice, "Statement"),
        ))  # fmt: skip
        return dice.choice(("WITH x AS ({}) FROM x", "WITH x AS MATERIALIZED ({}) SELECT * FROM x",
                            "WITH RECURSIVE x AS ({}) FROM x", "SELECT ({})", "FROM ({})", "{}",
                            "SELECT 1; {}", "EXPLAIN ANALYZE {}", "DESCRIBE {}",
                            "PREPARE y AS {}", "PIVOT ({}) ON x")).format(inner)  # fmt: skip


def _disguised(text: str, dice: random.Random) -> str:
    if dice.random() > 0.3:
        return text
    words = text.split(" ")
    for _ in range(dice.choice((1, 1, 2))):
        place = dice.randrange(len(words))
        words[place] = dice.choice(BLANKS) + words[place]
    return " ".join(words)


def _stop_slow(
    connection: duckdb.DuckDBPyConnection, since: list[float], done: threading.Event
) -> None:
    while not done.wait(PATIENCE / 4):
        if since[0] and time.monotonic() - since[0] > PATIENCE:
            connection.interrupt()


def assault(folder: Path, *, statements: int, seed: int) -> dict[str, Any]:
    """Give random statements to `store.sql` and return what came of them.

    Parameters
    ----------
    folder : Path
        A new folder to work in.
    statements : int
        How many statements.
    seed : int
        Of the random numbers.

    Returns
    -------
    dict
        `tried`, `answered`, `refused`, `engine: …` for errors of DuckDB's own, and `failures`:
        every file that was touched, bait word that was read, or request that was sent.
    """
    with _field(folder) as (source, n_asked):
        before = _contents(folder)
        with oa.open_store(folder / "store") as data:
            data.sql("SELECT 1")  # opens the sandbox
            watch = Watch(folder / "bait", folder / "here", folder / "store", folder / "home")
            counts, failures = _ask_all(data, source, watch, n_asked, statements, seed)
        after = _contents(folder)
        failures += [f"changed: {name}" for name in before.keys() | after.keys()
                     if before.get(name) != after.get(name)]  # fmt: skip
    return {"tried": statements, **counts, "failures": failures}


def dangerous(folder: Path, *, statements: int, seed: int) -> int:
    """Return how many of the same statements touch a file where nothing protects it.

    Only the kind of statement is checked, as `store.sql` does, on a connection with all rights.
    """
    harmful = 0
    with _field(folder) as (source, _), oa.open_store(folder / "store") as data:
        watch, dice = Watch(folder / "bait", folder / "here"), random.Random(seed)
        with _stopped_when_slow(data.connection) as since:
            for _ in range(statements):
                query = source.make(dice)
                since[0] = time.monotonic()
                with suppress(OptionError, duckdb.Error, ValueError, UnicodeError):
                    rows_of(data.connection, query)
                since[0] = 0.0
                harmful += bool(watch.seen())
        watch.close()
    return harmful


@contextmanager
def _field(folder: Path) -> Iterator[tuple[Statements, Callable[[], int]]]:
    """Prepare a store, bait and a web server; stand in an empty folder meanwhile."""
    (folder / "here").mkdir(parents=True)
    (folder / "in").mkdir()
    (folder / "home").mkdir()  # extensions and secrets would be looked for there
    (folder / "in" / "people.csv").write_text("person_id,given_name\np1,Ann\np2,Bo\n")
    oa.load_files(folder / "in", store=folder / "store", timezone="UTC")
    before, home = Path.cwd(), os.environ.get("HOME", "")
    os.chdir(folder / "here")
    os.environ["HOME"] = str(folder / "home")
    try:
        with web_server() as (address, n_asked):
            yield Statements(lay_bait(folder / "bait"), address), n_asked
    finally:
        os.chdir(before)
        os.environ["HOME"] = home


@contextmanager
def _stopped_when_slow(connection: duckdb.DuckDBPyConnection) -> Iterator[list[float]]:
    """Interrupt what runs longer than `PATIENCE` since the moment in the list (0: nothing runs)."""
    since, done = [0.0], threading.Event()

    def guard() -> None:
        while not done.wait(PATIENCE / 4):
            if since[0] and time.monotonic() - since[0] > PATIENCE:
                connection.interrupt()

    thread = threading.Thread(target=guard, daemon=True)
    thread.start()
    try:
        yield since
    finally:
        done.set()
        thread.join()


def _ask_all(
    data: oa.Store,
    source: Statements,
    watch: Watch,
    n_asked: Callable[[], int],
    statements: int,
    seed: int,
) -> tuple[Counter[str], list[str]]:
    dice, counts = random.Random(seed), Counter[str]()
    failures: list[str] = []
    with _stopped_when_slow(data._sandbox) as since:
        for _ in range(statements):
            query = source.make(dice)
            since[0] = time.monotonic()
            outcome = _ask(data, query)
            since[0] = 0.0
            counts[outcome] += 1
            touched = watch.seen()
            touched.pop("read snapshot-000001.duckdb", None)  # what queries read
            if outcome == "bait" or touched or n_asked():
                failures.append(f"{outcome} {dict(touched)}: {query}")
    watch.close()
    return counts, failures


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _ask(data: oa.Store, query: str) -> str:
    try:
        frame = data.sql(query)
    except OptionError:
        return "refused"
    except (
        duckdb.Error,
        MemoryError,
        UnicodeError,
        RuntimeError,
        OverflowError,
        ValueError,
    ) as error:
        return f"engine: {type(error).__name__}"
    text = frame.head(50).to_string() if frame.size else ""
    return "bait" if BAIT_WORD in text else "answered"
