"""What the numbers of the report mean, in a fold at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.reports.parts import Part, fold, meanings
from organizing_analytics.reports.section import section

if TYPE_CHECKING:
    from organizing_analytics.reports.team_week import TeamWeek

ENTRIES = {
    "Show-up": (
        "of those still on the list when the shift began, the share who came. People who cancelled"
        " before, walk-ins and sign-ups that nobody recorded are not in it."
    ),
    "Of all who signed up": (
        "as show-up, but who cancelled counts as not having come. Schedule ahead by this one."
    ),
    "Unrecorded": "nobody wrote down whether the person came. It is not counted as absent.",
    "Walk-in": "came without having signed up before the start. Counted apart.",
    "Likely between": (
        "the range that holds the true share in 95 of 100 such cases (Wilson's interval). With"
        " fewer than 5 people no share is given."
    ),
    "Came back": (
        "visited again on a later date, at most 30 days after the first visit. Counted are only"
        " people whose first visit is 30 days old."
    ),
    "Cohort, bounded": (
        "people who first came in one month; the share of them who came in a later month, whether"
        " or not they came in between."
    ),
    "Became a yes": "the same person, asked again, said yes within 30 days of the no.",
    "Hard ask": "a specific action was named, and why it is urgent.",
    "Followed up": (
        "a follow-up or a thank-you within 48 hours after the one-to-one. Counted are those that"
        " are two days old."
    ),
    "Will come": (
        "worked out from who came in the past: by how early people signed up, whether they"
        " confirmed, whether they came before, and the team; with those who join late or walk in."
    ),
}


@section
def definitions(_team: TeamWeek) -> Part:
    """Return the definitions, folded."""
    return fold("Open the definitions", meanings(list(ENTRIES.items())))
