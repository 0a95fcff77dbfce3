"""Time every measure on DuckDB and on Spark over one export, and hold the answers together.

    oa sample files --people 230000 && oa load files --store s && oa export exported --store s
    python benchmarks/engines.py exported

Prints a Markdown table of seconds, each the second of two calls with the default options.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import pandas as pd

import organizing_analytics as oa
from organizing_analytics.cli.asking import QUESTIONS


def seconds(ask: Any, data: Any) -> tuple[float, pd.DataFrame]:
    """Return how long the second of two calls took, and its answer."""
    ask(data)
    began = time.perf_counter()
    answer = ask(data)
    return time.perf_counter() - began, answer


def main(folder: str) -> None:
    """Print a row for each measure."""
    with oa.connect("duckdb", folder) as duck, oa.connect("spark", folder) as spark:
        print("| measure | DuckDB | Spark | rows |\n|---|---|---|---|", flush=True)
        for question in QUESTIONS:
            ask = getattr(oa, question.function)
            on_duck, expected = seconds(ask, duck)
            on_spark, answer = seconds(ask, spark)
            pd.testing.assert_frame_equal(answer, expected, rtol=1e-12, atol=0)
            line = f"| `oa {question.command}` | {on_duck:.2f} | {on_spark:.2f} | {len(answer):,} |"
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
