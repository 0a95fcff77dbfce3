"""What the numbers of the report mean, in a fold at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.reports.parts import Part, meanings, sentence, together
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
    "Will come": (
        "about how many, those who have yet to sign up by themselves included, and in brackets how"
        " many in 8 of 10 cases. Worked out from who came in the past: by how early people signed"
        " up, whether they confirmed, whether they came before, and the team."
    ),
    "Schedule": "how many more people to sign up, to be 80 % sure of the need.",
    "Whom to ask": (
        "people of this team who came in the last 60 days and are not on that list: who came most"
        " often on that weekday, then most often at all. Nobody is named for two shifts of one day,"
        " and nobody who asked not to be asked."
    ),
    "Goals": (
        "what the team set out to reach in the week. People who came are those on the lists,"
        " without walk-ins."
    ),
    "Hard ask": "a specific action was named, and why it is urgent.",
    "Right next move": (
        "after not now, the same thing at another time; after not that, something else; after not"
        " ever, no further ask. Where nobody noted the kind of no, there is none."
    ),
    "Became a yes": "the same person, asked again, said yes within 30 days of the no.",
    "Came back": (
        "visited again on a later date, at most 30 days after the first visit. Counted are only"
        " people whose first visit is 30 days old."
    ),
    "Stayed away": (
        "came at least three times, and has been away for more than 14 days and more than twice"
        " the usual time between two visits. Named first are those who have been away least."
    ),
    "Overdue": (
        "has a role that calls for regular maintenance one-to-ones and had none lately; in"
        " brackets how long ago the last one was."
    ),
    "Followed up": (
        "somebody was in touch soon enough after the shift, the yes or the one-to-one. Counted are"
        " those that are old enough to tell."
    ),
    "Cohort, bounded": (
        "people who first came in one month; the share of them who came in a later month, whether"
        " or not they came in between."
    ),
}


@section
def definitions(team: TeamWeek) -> Part:
    """Return the definitions and what the page is made from; the page folds them."""
    made_from = (
        f"Made from snapshot {team.store.snapshot} as of {team.as_of.isoformat()}; the week is"
        f" {team.week}."
    )
    return together(meanings(list(ENTRIES.items())), sentence(made_from, kind="quiet"))
