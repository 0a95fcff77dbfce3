"""NGP VAN and EveryAction.

statuses.py          what each status means, and the cells that it fills
records.py           what all files share: ids, deleted events, 1:1s, declined asks
api.py               sign-ups and events of the API
participant_list.py  the Event Participant List
warehouse.py         sign-ups and their history in the data warehouse
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from organizing_analytics.sources.everyaction import api, warehouse
from organizing_analytics.sources.everyaction.participant_list import participant_list
from organizing_analytics.sources.everyaction.statuses import SOURCE, status_meanings
from organizing_analytics.sources.source import Source, Trust

if TYPE_CHECKING:
    from organizing_analytics.settings import Settings
    from organizing_analytics.sources.shapes import Shape


def shapes(settings: Settings) -> tuple[Shape, ...]:
    """Return the kinds of file, for what the campaign's statuses mean."""
    meanings = status_meanings(settings)
    return (
        api.signups(meanings),
        api.events(),
        participant_list(meanings),
        warehouse.signups(meanings),
        warehouse.statuses(meanings),
    )


EVERYACTION = Source(
    name=SOURCE,
    title="VAN and EveryAction",
    shapes=shapes,
    trust=Trust.CLOSES_SHIFTS,
    page="sources/everyaction",
)
