"""The measures: every number of the reports, from the store's tables to a frame of answers.

    groups.py      what a measure may be grouped by
    measure.py     the options that all measures share
    selection.py   which rows: window, team, groups; counting them; presenting the answer
    explaining.py  what is behind a number: definition, statement, rows
    comparing.py   a rate with and without something, of all and of like rows
    teams.py       which teams there are
    rows.py        the rows that measures share: live shifts, sign-ups and their class
    contacts.py    was there a contact soon after
    show_up.py     of those who signed up, who came
    retention.py   do people come back
    cohorts.py     of those who first came in one month or week, how many still come
    asks.py        what people say when asked, and whether a yes is kept
    after_no.py    was a no followed by the right next ask
    meetings.py    1:1s held, complete, followed up
    lapse.py       how long people stay; reshift.py, who left with the next shift set
    tiers.py       who is active now, and whom the campaign is losing
    departures.py  why people leave
    maintenance.py who had a maintenance 1:1 lately, and who is overdue
    do_not_ask.py  whom not to ask
    follow_up.py   who was followed up within 48 hours
    confirmation.py  who was confirmed before the shift
    chain.py       from the ask to coming again, link by link
    ladder.py      who took on more

A measure is an Ibis expression that returns counts (`show_up_counts` and its like, given a
`Selection`), so it runs on any engine; `organizing_analytics.estimates` turns counts into rates.
What each number means to the row is in docs/definitions.md.
"""

from organizing_analytics.measures.after_no import asks_after_no, asks_after_no_counts
from organizing_analytics.measures.asks import (
    asks_kept,
    asks_kept_counts,
    asks_outcomes,
    asks_outcomes_counts,
)
from organizing_analytics.measures.chain import chain, chain_counts
from organizing_analytics.measures.cohorts import retention_cohorts, retention_cohorts_counts
from organizing_analytics.measures.confirmation import confirmation, confirmation_counts
from organizing_analytics.measures.departures import (
    retention_departures,
    retention_departures_counts,
)
from organizing_analytics.measures.do_not_ask import asks_do_not_ask, asks_do_not_ask_rows
from organizing_analytics.measures.follow_up import follow_up, follow_up_counts
from organizing_analytics.measures.groups import Group
from organizing_analytics.measures.ladder import ladder, ladder_counts
from organizing_analytics.measures.lapse import retention_lapse, retention_lapse_counts
from organizing_analytics.measures.maintenance import (
    meetings_coverage,
    meetings_coverage_counts,
    meetings_overdue,
    meetings_overdue_rows,
)
from organizing_analytics.measures.measure import GROUPS, measure
from organizing_analytics.measures.meetings import meetings, meetings_counts
from organizing_analytics.measures.reshift import retention_reshift, retention_reshift_counts
from organizing_analytics.measures.retention import (
    retention_by_visit,
    retention_by_visit_counts,
    retention_return,
    retention_return_counts,
)
from organizing_analytics.measures.selection import Selection, select
from organizing_analytics.measures.show_up import show_up, show_up_counts
from organizing_analytics.measures.tiers import (
    retention_losing,
    retention_losing_rows,
    retention_tiers,
    retention_tiers_counts,
)

__all__ = [
    "GROUPS",
    "Group",
    "Selection",
    "asks_after_no",
    "asks_after_no_counts",
    "asks_do_not_ask",
    "asks_do_not_ask_rows",
    "asks_kept",
    "asks_kept_counts",
    "asks_outcomes",
    "asks_outcomes_counts",
    "chain",
    "chain_counts",
    "confirmation",
    "confirmation_counts",
    "follow_up",
    "follow_up_counts",
    "ladder",
    "ladder_counts",
    "measure",
    "meetings",
    "meetings_counts",
    "meetings_coverage",
    "meetings_coverage_counts",
    "meetings_overdue",
    "meetings_overdue_rows",
    "retention_by_visit",
    "retention_by_visit_counts",
    "retention_cohorts",
    "retention_cohorts_counts",
    "retention_departures",
    "retention_departures_counts",
    "retention_lapse",
    "retention_lapse_counts",
    "retention_losing",
    "retention_losing_rows",
    "retention_reshift",
    "retention_reshift_counts",
    "retention_return",
    "retention_return_counts",
    "retention_tiers",
    "retention_tiers_counts",
    "select",
    "show_up",
    "show_up_counts",
]
