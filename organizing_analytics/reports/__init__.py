"""Weekly reports: one notebook per team, run by papermill, shown as one page without scripts.

    weeks.py, team_week.py, people.py   which week, from which date; who may be named
    visits.py                           who came lately, and what each person is called
    coming.py                           the coming shifts, and whom to ask for each
    sections/, section.py               what a report says, part by part
    parts.py, words.py                  sentences, tables, figures
    person_line.py, spark.py            a person as a line to call from; bars of weeks
    numbers.py                          its numbers: on the page, in the notebook, as files
    running.py, kernels/                run a notebook in a kernel that is ready
    preparing.py                        what such a kernel has ready
    shared.py, by_team.py               what all teams ask, asked once
    pages.py, overview.py, templates/   executed notebook → page; the index of all teams
    attention.py                        what stands out in a team, for the index
    upkeep.py, goal_counts.py           1:1 coverage, follow-up, goals and spans, for the index
    index_cells.py, index_snowflake.py  what a cell of the index says; who leads whom
    printing.py                         a page as a PDF
    files.py                            safe file names, atomic writes
    batch.py, result.py                 all teams, some at a time; one failure stops no other

Names are imported on first use: a notebook that needs the sections needs no papermill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.lazy import on_first_use

if TYPE_CHECKING:
    from organizing_analytics.reports.batch import write_reports
    from organizing_analytics.reports.files import notebook_path
    from organizing_analytics.reports.result import ReportRun, TeamReport

__all__ = ["ReportRun", "TeamReport", "notebook_path", "write_reports"]

_HOMES = {
    "ReportRun": "result",
    "TeamReport": "result",
    "notebook_path": "files",
    "write_reports": "batch",
}

__getattr__, __dir__ = on_first_use(__name__, _HOMES)
