"""The measures give the same answer on a store, on its export, and on Spark over the export.

Spark is slow to ask, so all measures are asked of one large campaign, a few times each. Where
pyspark or Java is missing these tests are skipped.
"""

from __future__ import annotations

import inspect
import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import campaigns as made
import ibis
import pandas as pd
import pytest
from test_against_oracle import SmallStore, drawn

import organizing_analytics as oa
from organizing_analytics import engines, model
from organizing_analytics.errors import EngineError, OptionError, StoreError
from organizing_analytics.expressions import real
from organizing_analytics.measures import GROUPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Py4J leaves the closing of its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

MEASURES = sorted(GROUPS)
LATE, BORDER = timedelta(days=100), timedelta(days=30)
#: Another value than the default for options of measures; whole numbers are halved.
OTHER = {"period": "week", "kind": "rolling"}


def why_no_spark() -> str | None:
    try:
        import pyspark  # noqa: F401
    except ImportError:
        return "pyspark is not installed: pip install '.[spark]'"
    return None if engines._has_java() else "there is no Java; Spark needs 17 or newer"


needs_spark = pytest.mark.skipif(why_no_spark() is not None, reason=str(why_no_spark()))


@pytest.fixture(scope="module")
def whole() -> made.Campaign:
    """Many random campaigns as one: few questions, many traps."""
    parts = (*made.PARTS, "people")
    campaign = made.together(made.apart(drawn(made.campaigns(parts=parts), 80)))
    campaign["feedback"] = [*answers_about_shifts(campaign)]
    return campaign


def answers_about_shifts(campaign: made.Campaign) -> Iterator[dict[str, Any]]:
    """Yield an answer about the shift of each sign-up, every other one without a name."""
    reasons = (*model.DEPARTURE_REASONS, None)
    for n, signup in enumerate(campaign["signups"]):
        yield made.full(
            "feedback",
            {
                "feedback_id": f"f{n}",
                "person_id": signup["person_id"] if n % 2 else None,
                "shift_id": signup["shift_id"],
                "rating": 1 + n % 5 if n % 7 else None,
                "reason": reasons[n % len(reasons)],
            },
        )


@pytest.fixture(scope="module")
def store(whole, tmp_path_factory) -> Any:
    small = SmallStore()
    small.fill(whole)
    small.format = 2
    small.path = tmp_path_factory.mktemp("store")  # an export is noted down there
    yield small
    small.connection.close()


@pytest.fixture(scope="module")
def exported(store, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "campaign"
    oa.export(store, folder)
    return folder


@pytest.fixture(scope="module")
def session() -> Any:
    from pyspark.sql import SparkSession

    made_here = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.log.level", "ERROR")
        # The tables are tiny: compiling each question and tuning its plan is most of the time.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
        .config("spark.sql.adaptive.enabled", "false")
        .getOrCreate()
    )
    yield made_here
    made_here.stop()


@pytest.fixture(scope="module")
def on_spark(session, exported) -> Any:
    # A session that stands elsewhere and cuts shuffles in its own way: neither may matter.
    session.conf.set("spark.sql.session.timeZone", "America/Los_Angeles")
    spark = oa.connect("spark", exported, session=session)
    spark.backend._session.conf.set("spark.sql.shuffle.partitions", "2")
    assert session.conf.get("spark.sql.session.timeZone") == "America/Los_Angeles"
    yield spark
    spark.close()


def calls(measure: str, whole: made.Campaign) -> list[dict[str, Any]]:
    """Return the options of a few calls; each group column and own option is in one of them."""
    own = inspect.signature(getattr(oa, function_of(measure))).parameters
    days = made.days_of(whole)
    groups = list(GROUPS[measure])
    team = next(row["parent_team_id"] for row in whole["teams"] if row["parent_team_id"])
    half = len(days) // 2
    options: list[dict[str, Any]] = [
        {"by": groups, "as_of": days[-1] + LATE},
        {"by": [name for name in groups if name == "team"], "with_subteams": True}
        | {"as_of": days[half] + BORDER, "since": days[half // 2]}
        | {name: other(parameter) for name, parameter in own.items() if is_own(parameter)},
        {"team": team, "with_subteams": True, "as_of": days[-1] + LATE},
    ]
    return [{name: value for name, value in call.items() if name in own} for call in options]


def function_of(measure: str) -> str:
    return measure.replace(" ", "_").replace("-", "_")


def is_own(parameter: inspect.Parameter) -> bool:
    shared = inspect.signature(oa.show_up).parameters
    return parameter.name == "same_day" or parameter.name not in shared


def other(parameter: inspect.Parameter) -> Any:
    default = parameter.default
    if isinstance(default, bool):
        return not default
    return default // 2 if isinstance(default, int) else OTHER.get(parameter.name, default)


def disagreements(one: Any, another: Any, whole: made.Campaign) -> list[str]:
    """Return what two engines answer differently, for every measure; an empty one is one too."""
    found = []
    for measure in MEASURES:
        ask, n_rows = getattr(oa, function_of(measure)), 0
        for options in calls(measure, whole):
            expected = ask(one, **options)
            n_rows += len(expected)
            try:
                answer = ask(another, **options)
                pd.testing.assert_frame_equal(answer, expected, rtol=1e-12, atol=0)
            except Exception as error:  # noqa: BLE001  # all that is wrong is told at once
                notes = "\n".join(getattr(error, "__notes__", ()))
                found.append(f"{measure} {options}: {type(error).__name__}: {error}\n{notes}")
        if not n_rows:
            found.append(f"{measure}: no question has an answer")
    return found


# One test each, not one for each measure: with pytest -n every process would start a Spark.


def test_an_export_answers_as_the_store_does(store, exported, whole):
    with oa.connect("duckdb", exported) as export:
        assert not disagreements(store, export, whole)


@needs_spark
def test_spark_answers_as_the_store_does(store, on_spark, whole):
    wrong = disagreements(store, on_spark, whole)
    assert not wrong, "\n\n".join(wrong)


@needs_spark
def test_spark_counts_to_nought_and_keeps_the_types(store, on_spark):
    """What Ibis alone gives differently: sums for counts, moments, dates and gaps."""

    def question(data: Any) -> Any:
        shifts = data.table("shifts")
        return shifts.group_by(month=shifts.starts_on.truncate("M")).aggregate(
            unknown=shifts.count(where=ibis.ifelse(shifts.shift_id == "", True, None)),
            some=shifts.need.sum(),
            last=shifts.starts_at.max(),
            end=shifts.ends_at.min(),
            day=shifts.starts_on.min(),
            text=shifts.shift_id.min(),
            half=(shifts.need / 2).mean(),
        ).order_by("month")  # fmt: skip

    expected, found = store.execute(question(store)), on_spark.execute(question(on_spark))
    assert set(expected["unknown"]) == {0}
    pd.testing.assert_frame_equal(found, expected)
    shifts = on_spark.table("shifts").filter(ibis.literal(False))
    none = on_spark.execute(shifts.aggregate(n=shifts.count(where=shifts.need > 0)))
    assert none["n"].tolist() == [0]


@needs_spark
def test_spark_says_what_failed_in_sql(on_spark):
    people = on_spark.table("people")
    with pytest.raises(Exception, match="CAST_INVALID_INPUT") as caught:
        on_spark.execute(people.select(n=people.person_id.cast("int64")))
    assert "SELECT" in caught.value.__notes__[-1]


@needs_spark
def test_spark_reads_an_address(session, exported):
    on_spark = oa.connect("spark", exported.as_uri(), session=session)
    with on_spark as spark:
        assert spark.snapshot == 1
        assert len(oa.meetings(spark))
    with pytest.raises(StoreError, match="cannot read"):
        oa.connect("spark", "file:///nowhere", session=session)


def test_two_connections_do_not_meet(tmp_path, small, store):
    oa.load_files([small], store=tmp_path / "s", timezone="America/New_York")
    with oa.open_store(tmp_path / "s") as data:
        oa.export(data, tmp_path / "ex")
        with (
            oa.connect("duckdb", tmp_path / "ex") as one,
            oa.connect(store.ibis, settings={}) as two,
        ):
            assert oa.show_up(one)["attended"].tolist() == oa.show_up(data)["attended"].tolist()
            assert len(two.execute(two.table("people"))) > len(one.execute(one.table("people")))
            assert one.settings == data.settings
            assert one.as_of() == data.as_of()


# The rest needs no Spark.


def test_an_engine_of_your_own(store, whole):
    mine = oa.connect(store.ibis, settings={"timezone": "America/Chicago"}, snapshot=7)
    answer = oa.show_up(mine, by="month", as_of=made.days_of(whole)[-1])
    expected = oa.show_up(store, by="month", as_of=made.days_of(whole)[-1])
    pd.testing.assert_frame_equal(answer, expected)
    assert answer.attrs["snapshot"] == 7
    assert repr(mine) == "<Connected duckdb, snapshot 7>"
    # Midnight may come between the two.
    yesterdays = [store.settings.with_timezone("America/Chicago").today() - timedelta(1)]
    as_of = mine.as_of()
    yesterdays.append(store.settings.with_timezone("America/Chicago").today() - timedelta(1))
    assert as_of in yesterdays
    mine.close()  # it is theirs: still open
    assert len(store.execute(store.table("people")))


def test_moments_have_the_resolution_of_the_store(store):
    class Nanoseconds:
        name = "elsewhere"

        def execute(self, expression: Any) -> pd.DataFrame:
            frame = store.ibis.execute(expression)
            return frame.assign(starts_at=frame["starts_at"].astype("datetime64[ns]"))

    far = engines.Connected(Nanoseconds(), settings=store.settings)  # type: ignore[arg-type]
    shifts = store.table("shifts").select("shift_id", "starts_at")
    assert far.execute(shifts)["starts_at"].dtype == "datetime64[us]"


def test_an_error_of_the_engine_carries_its_sql(exported):
    with oa.connect("duckdb", exported) as data:
        people = data.table("people")
        with pytest.raises(Exception, match="Could not convert") as caught:
            data.execute(people.select(n=people.person_id.cast("int64")))
    assert "Engine: duckdb" in caught.value.__notes__[-1]
    assert "SELECT" in caught.value.__notes__[-1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sparc", "x"), 'no engine "sparc". Did you mean spark'),
        (("duckdb",), "where the export is"),
        (("spark",), "where the export is"),
        ((object(),), "Say the time zone"),
    ],
)
def test_what_cannot_be_connected(arguments, message):
    with pytest.raises(OptionError, match=message):
        oa.connect(*arguments)


def test_no_export_is_there(tmp_path):
    with pytest.raises(StoreError, match="oa export"):
        oa.connect("duckdb", tmp_path)
    (tmp_path / "export.json").write_text("{}")
    with pytest.raises(StoreError, match="cannot be read"):
        oa.connect("duckdb", tmp_path)
    about = {"format": 99, "snapshot": 1, "settings": {}, "tables": {}}
    (tmp_path / "export.json").write_text(json.dumps(about))
    with pytest.raises(StoreError, match="newer version"):
        oa.connect("duckdb", tmp_path)


def test_without_pyspark_or_java(monkeypatch, tmp_path):
    if why_no_spark() is None:
        from pyspark.sql import SparkSession

        monkeypatch.setattr(SparkSession, "getActiveSession", classmethod(lambda cls: None))
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
        monkeypatch.delenv("SPARK_REMOTE", raising=False)
        with pytest.raises(EngineError, match="there is none here"):
            oa.connect("spark", tmp_path)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    monkeypatch.setitem(sys.modules, "pyspark.errors", None)
    with pytest.raises(EngineError, match=r"pip install 'organizing-analytics\[spark\]'"):
        oa.connect("spark", tmp_path)


class Translated:
    """A store that also writes every question in the SQL of other engines."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.refused: set[tuple[str, str]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def execute(self, expression: Any) -> pd.DataFrame:
        for dialect in ("bigquery", "snowflake", "trino", "postgres"):
            try:
                assert "SELECT" in ibis.to_sql(real(expression), dialect=dialect)
            except ibis.common.exceptions.OperationNotDefinedError as error:
                self.refused.add((dialect, str(error)))
        return self.store.execute(expression)


def test_which_measures_can_be_written_for_other_engines(store, whole):
    """Written, not run: what docs/scaling.md says about engines that are not here."""
    refused = {}
    for measure in MEASURES:
        translated = Translated(store)
        for options in calls(measure, whole):
            getattr(oa, function_of(measure))(translated, **options)
        if translated.refused:
            refused[measure] = {dialect for dialect, _ in translated.refused}
    # Ibis knows no exact median there.
    no_median = {"bigquery", "trino"}
    assert refused == {"asks after-no": no_median, "retention losing": no_median}
