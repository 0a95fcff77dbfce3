"""The measures give the same answer on a store, on its export, and on Spark over the export.

Spark is slow to ask, so all measures are asked of one large campaign, a few times each. Where
pyspark or Java is missing these tests are skipped.
"""

from __future__ import annotations

import inspect
import json
import os
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import campaigns as made
import ibis
import pandas as pd
import pytest
from test_against_oracle import SmallStore, drawn

import organizing_analytics as oa
from organizing_analytics import engines
from organizing_analytics.cli.asking import QUESTIONS
from organizing_analytics.errors import EngineError, OptionError, StoreError
from organizing_analytics.measures import GROUPS
from organizing_analytics.store.exporting import EXPORTED

# Py4J leaves the closing of its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")

MEASURES = sorted({*GROUPS, *(question.command for question in QUESTIONS)})
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
    return made.together(made.apart(drawn(made.campaigns(parts=parts), 160)))


@pytest.fixture(scope="module")
def store(whole) -> Any:
    small = SmallStore()
    small.fill(whole)
    small.format = 2
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


def assert_same(measure: str, one: Any, another: Any, whole: made.Campaign) -> int:
    ask, n_rows = getattr(oa, function_of(measure)), 0
    for options in calls(measure, whole):
        expected, found = ask(one, **options), ask(another, **options)
        n_rows += len(expected)
        try:
            pd.testing.assert_frame_equal(found, expected, rtol=1e-12, atol=0)
        except AssertionError as error:
            error.add_note(f"{measure} {options}")
            raise
    return n_rows


@pytest.mark.parametrize("measure", MEASURES)
def test_an_export_answers_as_the_store_does(measure, store, exported, whole):
    with oa.connect("duckdb", exported) as export:
        assert assert_same(measure, store, export, whole) > 0


@needs_spark
@pytest.mark.parametrize("measure", MEASURES)
def test_spark_answers_as_the_store_does(measure, store, on_spark, whole):
    assert_same(measure, store, on_spark, whole)
