"""Every measure on DuckDB and on Spark over one export: equal answers, and the time of each.

    python benchmarks/engines.py 1_000_000 FOLDER

Spark runs on this machine's cores only: what counts is that the answers are the same, that its
plan holds no cross join, how much its stages hand to each other, and from which size on it could
pay. Of a measure's statements only the answers come to the driver.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
from measures import AS_OF, exported, loaded
from table import TARGET_SIGNUPS, Row, keep, size_words

import organizing_analytics as oa
from organizing_analytics.cli.asking import QUESTIONS

PART, SHUFFLES, MIB = "Engines", "Shuffles", 2**20
#: Operators that a plan must not hold: they would not grow with a cluster.
FORBIDDEN = ("CartesianProduct", "BroadcastNestedLoopJoin")
#: On one machine alone: they list people, and so bring rows to the driver by intention.
LISTS = ("retention losing", "asks do-not-ask", "meetings overdue")


def ask(question: Any, data: Any, *, warm: bool) -> tuple[float, pd.DataFrame]:
    """Return how long a call took (the second one, where the engine is warmed) and its answer."""
    measure = getattr(oa, question.function)
    if warm:
        measure(data, as_of=AS_OF)
    begun = time.perf_counter()
    answer = measure(data, as_of=AS_OF)
    return time.perf_counter() - begun, answer


def plan_of(question: Any, spark: Any) -> str:
    """Return Spark's physical plans of a measure."""
    explained = oa.explain(getattr(oa, question.function), spark, as_of=AS_OF)
    session = spark.backend._session  # noqa: SLF001
    plans = [session.sql(sql)._jdf.queryExecution().executedPlan() for sql in explained.sql]  # noqa: SLF001
    return "\n".join(plan.toString() for plan in plans)


def shuffled_mib(spark: Any) -> float:
    """Return how many MiB all stages of the session have written for others to read."""
    context = spark.backend._session.sparkContext  # noqa: SLF001
    gateway, status = context._gateway, context._jsc.sc().statusStore()  # noqa: SLF001
    none, all_tasks = gateway.new_array(gateway.jvm.double, 0), gateway.jvm.java.util.ArrayList()
    stages = status.stageList(None, False, False, none, all_tasks)
    written = sum(stages.apply(i).shuffleWriteBytes() for i in range(stages.size()))
    return float(written) / MIB


def main(signups: int, folder: Path) -> None:
    """Measure and keep."""
    files, size = exported(loaded(folder, signups)), size_words(signups)
    export = sum(path.stat().st_size for path in files.glob("*/*.parquet")) / MIB
    with oa.connect("duckdb", files) as duck, oa.connect("spark", files) as spark:
        # A second call of all that takes minutes would take minutes more: on large stores each is
        # asked once, of both engines.
        warm = signups < TARGET_SIGNUPS
        for question in QUESTIONS:
            on_duck, expected = ask(question, duck, warm=warm)
            if expected.empty:
                raise SystemExit(f"oa {question.command}: no rows, so nothing was compared")
            before = shuffled_mib(spark)
            on_spark, answer = ask(question, spark, warm=warm)
            pd.testing.assert_frame_equal(answer, expected, rtol=1e-12, atol=0)
            shuffled = (shuffled_mib(spark) - before) / (1 + warm)
            plan = plan_of(question, spark)
            bad = [name for name in FORBIDDEN if name in plan]
            note = f"its plan holds {', '.join(bad)}" if bad else "equal answers; no cross join"
            note += "" if warm else "; asked once"
            if question.command in LISTS:
                note += "; a list of people"
            command = f"`oa {question.command}`"
            keep(
                [
                    Row(PART, command, size, on_duck, "Spark, this machine", on_spark, None, True,
                        1, note=note),
                    Row(SHUFFLES, command, size, shuffled, "the whole export, as Parquet", export,
                        None, False, 1, "MiB"),
                ]
            )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
