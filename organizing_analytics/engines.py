"""Ask the measures of another engine than the store: DuckDB or Spark over an export, or any other.

    oa.connect("duckdb", "exported")         an export, on this machine
    oa.connect("spark", "exported")          the same on Spark, here or on a cluster
    oa.connect(backend, settings=…)          tables that already are in an engine of Ibis

Each gives what measures take in place of a store. The answers are the same, to the integer and
to the column's type; see docs/scaling.md.
"""

from __future__ import annotations

import glob
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from organizing_analytics.errors import EngineError, OptionError, StoreError, unknown
from organizing_analytics.expressions import real, recorded
from organizing_analytics.schema import FORMAT
from organizing_analytics.settings import Settings, settings_of
from organizing_analytics.store.exporting import EXPORT_FILE, PART_FILE
from organizing_analytics.store.reading import CONFIG, day_to_stand_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from types import TracebackType

    import ibis.expr.operations as ops
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa
    from ibis.backends import BaseBackend

ENGINES = ("duckdb", "spark")
_NO_PYSPARK = (
    "Spark needs pyspark, which is not installed here. Install it with: "
    "pip install 'organizing-analytics[spark]' (from a checkout: pip install '.[spark]')"
)
_NO_JAVA = (
    "Spark needs Java 17 or newer, and {what}. Install one (like openjdk-17-jre-headless), or let "
    "JAVA_HOME name the folder of yours."
)


class Connected:
    """The tables of a campaign in some engine, for measures to ask in place of a store.

    Use it as a context manager, or call `close`. Made by `connect`.
    """

    def __init__(
        self,
        backend: BaseBackend,
        *,
        settings: Settings,
        snapshot: int | None = None,
        database: str | None = None,
        owned: bool = False,
    ) -> None:
        self.backend = backend
        self.settings = settings
        self.snapshot = snapshot
        self._database = database
        self._owned = owned
        self._tables: dict[str, ir.Table] = {}

    def table(self, name: str) -> ir.Table:
        """Return a table of the model as an Ibis expression."""
        return real(self.recorded_table(name))

    def recorded_table(self, name: str) -> ir.Table:
        """Return a table of the model as an expression that Ibis builds when it is run."""
        if name not in self._tables:  # engines far away are asked once for its columns
            self._tables[name] = recorded(lambda: self.backend.table(name, database=self._database))
        return self._tables[name]

    def execute(self, expression: ir.Expr) -> pd.DataFrame:
        """Run an Ibis expression; an error carries the SQL that failed."""
        asked = _with_plain_counts(real(expression))
        try:
            frame = self._fetch(asked)
        except Exception as error:
            error.add_note(f"Engine: {self.backend.name}. SQL:\n{self.backend.compile(asked)}")
            raise
        return frame

    def _fetch(self, expression: ir.Expr) -> pd.DataFrame:
        frame: pd.DataFrame = self.backend.execute(expression)
        moments = [n for n, t in expression.as_table().schema().items() if t.is_timestamp()]
        # The resolution of the store; engines differ.
        return frame.astype({n: frame[n].dtype.name.replace("[ns", "[us") for n in moments})

    def as_of(self, value: str | date | None = None) -> date:
        """Return the date to stand at: `value`, else yesterday by the campaign's clock."""
        return day_to_stand_at(self.settings, value)

    def close(self) -> None:
        """Let go of the engine, where `connect` started it for this alone."""
        self._tables.clear()
        if self._owned:
            self.backend.disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Connected {self.backend.name}, snapshot {self.snapshot}>"


class _OnSpark(Connected):
    """Spark, whose answers are fetched in a way of our own."""

    def _fetch(self, expression: ir.Expr) -> pd.DataFrame:
        from ibis.backends.duckdb.converter import DuckDBPandasData  # noqa: PLC0415

        # Through Arrow, not pandas: whole numbers with gaps, dates and moments then come as
        # they come from DuckDB.
        schema = expression.as_table().schema()
        answer = self.backend.raw_sql(self.backend.compile(expression)).toArrow()
        columns = {name: _as_duckdb_has_it(answer[name], schema[name]) for name in schema.names}
        frame: pd.DataFrame = DuckDBPandasData.convert_table(_frame_of(columns), schema)
        return frame


def connect(
    engine: str | BaseBackend,
    source: str | os.PathLike[str] | None = None,
    *,
    session: Any = None,
    settings: Settings | Mapping[str, object] | None = None,
    snapshot: int | None = None,
    database: str | None = None,
) -> Connected:
    """Return the tables of an export, or of an engine of your own, for measures to ask.

    Parameters
    ----------
    engine : "duckdb", "spark" or an Ibis backend
        A backend's tables have the names and columns of an export.
    source : path or str, optional
        For "duckdb" and "spark": the folder of an export. Spark also takes an address that it
        can read, like s3a://bucket/exported.
    session : SparkSession, optional
        The one to use, in a session of its own beside it; else the one that is active, else a
        new one on this machine or wherever the environment says.
    settings : Settings or mapping, optional
        The campaign's settings, like {"timezone": "America/Chicago"}; an export knows its own.
    snapshot : int, optional
        For a backend: the number of the store's snapshot that its tables hold.
    database : str, optional
        For a backend: where its tables are, in the engine's words (a schema, a dataset).

    Returns
    -------
    Connected
        Goes wherever a measure takes a store: `oa.show_up(connected, by="team")`.

    Raises
    ------
    EngineError
        The engine is not installed or cannot be started.
    StoreError
        `source` is no export, or a newer version made it.
    OptionError
        There is no such engine, or something that it needs is not given.
    """
    own = settings if isinstance(settings, Settings | None) else settings_of(dict(settings))
    if not isinstance(engine, str):
        if own is None:
            raise OptionError(
                'Say the time zone: settings={"timezone": "America/Chicago"}, or '
                "settings=store.settings."
            )
        connected_class = _OnSpark if engine.name == "pyspark" else Connected
        return connected_class(engine, settings=own, snapshot=snapshot, database=database)
    if engine not in ENGINES:
        raise OptionError(unknown("engine", engine, ENGINES))
    if source is None:
        raise OptionError(f'Say where the export is: oa.connect("{engine}", "exported").')
    if engine == "duckdb":
        return _duckdb(Path(source), own)
    return _spark(source, own, session)


def _duckdb(folder: Path, settings: Settings | None) -> Connected:
    import ibis  # noqa: PLC0415

    about = _read_about(folder)
    backend = ibis.duckdb.connect(**CONFIG)
    backend.raw_sql("SET TimeZone = 'UTC'")
    for name in about["tables"]:
        # DuckDB takes a path for a pattern.
        backend.read_parquet(glob.escape(str(folder / name / PART_FILE)), table_name=name)
    return Connected(
        backend,
        settings=settings or about["settings"],
        snapshot=about["snapshot"],
        owned=True,
    )


def _spark(source: str | os.PathLike[str], settings: Settings | None, session: Any) -> Connected:
    spark = _session(session)
    import ibis  # noqa: PLC0415

    far = isinstance(source, str) and "://" in source
    root = str(source).rstrip("/") if far else str(Path(source).absolute())
    about = _read_about_from_afar(spark, root) if far else _read_about(Path(root))
    backend = ibis.pyspark.connect(spark)
    for name in about["tables"]:
        # Not by Ibis, which takes `scheme://` for a folder here.
        spark.read.parquet(f"{root}/{name}").createOrReplaceTempView(name)
    return _OnSpark(backend, settings=settings or about["settings"], snapshot=about["snapshot"])


def _session(session_of_caller: Any) -> Any:
    """Return a Spark session of our own: its time zone and views disturb nobody's."""
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise EngineError(_NO_PYSPARK) from error
    session = session_of_caller or SparkSession.getActiveSession()
    if session is None:
        # A session of Spark Connect runs elsewhere and needs no Java here.
        if not (os.environ.get("SPARK_REMOTE") or _has_java()):
            raise EngineError(_NO_JAVA.format(what="there is none here"))
        # No page of its own (it would open a port to the network), no progress among the answers.
        builder = SparkSession.builder.appName("organizing-analytics")
        for name in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
            builder = builder.config(name, "false")
        try:
            session = builder.getOrCreate()
        except PySparkException as error:
            what = f"the one here did not start it ({error})"
            raise EngineError(_NO_JAVA.format(what=what)) from error
    try:
        return session.newSession()
    except (AttributeError, NotImplementedError, PySparkException):
        return session  # Spark Connect has one session for each connection


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=str(Path(home) / "bin") if home else None) is not None


def _read_about(folder: Path) -> dict[str, Any]:
    path = folder / EXPORT_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"{folder}: there is no export ({EXPORT_FILE} is not in it). Make one from a store: "
            f"oa export {folder}"
        ) from error
    return _understood(text, path)


def _read_about_from_afar(spark: Any, root: str) -> dict[str, Any]:
    path = f"{root}/{EXPORT_FILE}"
    try:
        text = spark.read.text(path, wholetext=True).first()[0]
    except Exception as error:
        raise StoreError(f"{path}: Spark cannot read it ({error}).") from error
    return _understood(text, path)


def _understood(text: str, path: Path | str) -> dict[str, Any]:
    try:
        contents = json.loads(text)
        made_by, snapshot = int(contents["format"]), int(contents["snapshot"])
        about = {
            "snapshot": snapshot,
            "settings": settings_of(contents["settings"]),
            "tables": list(contents["tables"]),
        }
    except (ValueError, KeyError, TypeError, AttributeError, OptionError) as error:
        raise StoreError(
            f"{path}: this file should tell what the export holds, but cannot be read ({error}). "
            "Export the store again."
        ) from error
    if made_by > FORMAT:
        raise StoreError(
            f"{path}: this export was made by a newer version (format {made_by}; this version "
            f"reads up to {FORMAT}). Update organizing-analytics."
        )
    return about


def _with_plain_counts(expression: ir.Expr) -> ir.Expr:
    """Return the same question with `count(where=…)` written so that every engine gives 0.

    Ibis writes it for Spark as a sum, which is null where every row's condition is.
    """
    import ibis.expr.datatypes as dt  # noqa: PLC0415
    import ibis.expr.operations as ops  # noqa: PLC0415

    literal_one, literal_none = ops.Literal(1, dt.int8), ops.Literal(None, dt.int8)

    def plain(node: ops.Node, parts: dict[str, Any] | None) -> ops.Node:
        same = node.__recreate__(parts) if parts else node
        if isinstance(same, ops.CountStar) and same.where is not None and same.where.relations:
            return ops.Count(ops.IfElse(same.where, literal_one, literal_none))
        return same

    return expression.op().replace(plain).to_expr()


def _as_duckdb_has_it(column: pa.ChunkedArray, dtype: Any) -> pa.ChunkedArray:
    import pyarrow as pa  # noqa: PLC0415

    if dtype.is_date() and pa.types.is_timestamp(column.type):
        return column.cast(pa.date32())  # Spark truncates a date to a moment
    return column


def _frame_of(columns: dict[str, pa.ChunkedArray]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415

    # As Ibis does it for DuckDB: with gaps, pandas would make floats of whole numbers.
    return pd.DataFrame(
        {n: c.to_pylist() if c.null_count else c.to_pandas() for n, c in columns.items()}
    )
