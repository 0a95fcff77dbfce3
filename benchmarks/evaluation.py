"""How good forecasts of turnout are, on logs that everybody can get: writes docs/evaluation.md.

python benchmarks/evaluation.py clinic FILE | hotel FILE | courses FOLDER | sample SEED...
       benchmarks/evaluation.py lifelike SEED...

Each run renews the figures of its logs in evaluation.json, and the tables of the page from all.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import public_logs
from turnout import SPANS, by_tenths, chances, totals_by_span, totals_row

import organizing_analytics as oa

HERE = Path(__file__).parent
KEPT = HERE / "evaluation.json"
PAGE = HERE.parent / "docs" / "evaluation.md"
BEGIN, END = "<!-- tables: benchmarks/evaluation.py -->", "<!-- end of the tables -->"
TITLES = {
    "clinic": "Clinic appointments",
    "hotel": "Hotel bookings",
    "courses": "Course work of the Open University",
    "sample": "The made-up campaign",
    "lifelike": "The lifelike made-up campaign",
}
AHEAD_OF_CHANCES = (1, 7)
HEAD_OF_TOTALS = (
    "| days ahead | forecasts (days) | expected / came | bias (se) | 80 % range covers (se) | 90 % "
    "| CRPS: ours | overall rate of the list | half of the list |"
)


def main(log: str, *places: str) -> None:
    """Score a log and renew the page."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    if log in ("sample", "lifelike"):
        seeds, lifelike = [int(seed) for seed in places], log == "lifelike"
        runs = [
            evaluated(lambda at, s=seed: public_logs.sample_store(s, at, lifelike=lifelike))
            for seed in seeds
        ]
        kept[log] = {**together(runs), "seeds": seeds}
    else:
        load = getattr(public_logs, f"{log}_store")
        kept[log] = together([evaluated(lambda at: load(Path(places[0]), at))])
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n\n{tables(kept)}\n{END}{tail}", encoding="utf-8")


def evaluated(load: Callable[[Path], date]) -> dict[str, Any]:
    """Load a log into a store of its own and score it."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        day = load(store)
        with oa.open_store(store) as data:
            spans, rivals = totals_by_span(data, day)
            print(f"totals: {time.perf_counter() - began:.0f} s", flush=True)
            models = {ahead: chances(data, day, ahead=ahead) for ahead in AHEAD_OF_CHANCES}
    print(f"{time.perf_counter() - began:.0f} s", flush=True)
    return {"spans": spans, "rivals": rivals, "models": models}


def together(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of one log, or of several campaigns put together."""
    spans: dict[str, Any] = {}
    for name in SPANS:
        scores = [
            _of_run(one, run) for run, result in enumerate(runs) for one in result["spans"][name]
        ]
        if not scores:
            continue
        spans[name] = totals_row(scores)
        weights = [len(result["spans"][name]) for result in runs]
        for rival in ("rule", "overall"):
            parts = [result["rivals"].get(name, {}).get(rival, 0.0) for result in runs]
            whole = sum(w * part for w, part in zip(weights, parts, strict=True)) / sum(weights)
            spans[name][f"crps_{rival}"] = whole
        spans[name]["tenths"] = by_tenths(scores)
    every = [
        _of_run(one, run)
        for run, result in enumerate(runs)
        for scores in result["spans"].values()
        for one in scores
    ]
    models = {}
    for ahead in AHEAD_OF_CHANCES:
        lists = [result["models"][ahead] for result in runs]
        models[str(ahead)] = [
            {
                "model": rows[0]["model"],
                "n": sum(row["n"] for row in rows),
                **{
                    name: sum(row["n"] * row[name] for row in rows) / sum(row["n"] for row in rows)
                    for name in ("brier", "log_loss")
                },
            }
            for rows in zip(*lists, strict=True)
        ]
    return {"spans": spans, "tenths": by_tenths(every), "models": models}


def _of_run(one: Any, run: int) -> Any:
    """Keep the days of one campaign apart from another's."""
    return replace(one, day=(run, str(one.day)))


def tables(kept: dict[str, Any]) -> str:
    """Return the page's tables."""
    return "\n".join(_of_log(TITLES[log], kept[log]) for log in TITLES if log in kept)


def _of_log(title: str, figures: dict[str, Any]) -> str:
    seeds = figures.get("seeds")
    name = f"{title}, seeds {', '.join(map(str, seeds))} together" if seeds else title
    lines = [
        f"## {name}",
        "",
        HEAD_OF_TOTALS,
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for span, row in figures["spans"].items():
        lines.append(
            f"| {span} | {row['forecasts']:,} ({row['days']:,}) | {row['expected']:.1f} / "
            f"{row['came']:.1f} | {row['bias']:+.3f} ({row['bias_se']:.3f}) | "
            f"{row['coverage_80']:.3f} ({row['se']:.3f}) | {row['coverage_90']:.3f} | "
            f"{row['crps']:.2f} | {row['crps_overall']:.2f} | {row['crps_rule']:.2f} |"
        )
    if figures["tenths"]:
        lines += ["", "P(enough), all days ahead together:", ""]
        cells = figures["tenths"]
        lines += [
            "| said | " + " | ".join(f"{c['said']:.2f}" for c in cells) + " |",
            "|---" * (len(cells) + 1) + "|",
            "| came true | " + " | ".join(f"{c['true']:.2f}" for c in cells) + " |",
            "| standard error | " + " | ".join(f"{c['se']:.2f}" for c in cells) + " |",
            "| forecasts | " + " | ".join(f"{c['n']:,}" for c in cells) + " |",
        ]
    lines += ["", "Each person's chance, by the list of so many days before:", ""]
    one, seven = (figures["models"][str(ahead)] for ahead in AHEAD_OF_CHANCES)
    lines += [
        "| model | 1 day: Brier | log loss | 7 days: Brier | log loss |",
        "|---|---|---|---|---|",
    ]
    for near, far in zip(one, seven, strict=True):
        lines.append(
            f"| {near['model']} | {near['brier']:.4f} | {near['log_loss']:.4f} | "
            f"{far['brier']:.4f} | {far['log_loss']:.4f} |"
        )
    lines += ["", f"Sign-ups scored: {one[0]['n']:,} and {seven[0]['n']:,}.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
