# Written by `python tests/test_derived.py`; do not edit.
from collections.abc import Sequence
from datetime import date

import pandas as pd

from organizing_analytics.answers import Answer as Answer
from organizing_analytics.engines import connect as connect
from organizing_analytics.errors import OrganizingError as OrganizingError
from organizing_analytics.experiments import experiment_result as experiment_result
from organizing_analytics.experiments import list_experiments as list_experiments
from organizing_analytics.experiments import start_experiment as start_experiment
from organizing_analytics.identity.finding import people_find as people_find
from organizing_analytics.loading import load_files as load_files
from organizing_analytics.loading import load_records as load_records
from organizing_analytics.logbook import log_answer as log_answer
from organizing_analytics.logbook import log_contact as log_contact
from organizing_analytics.logbook import undo_log as undo_log
from organizing_analytics.logbook.listing import coded_list as coded_list
from organizing_analytics.measures import answer as answer
from organizing_analytics.measures.comparing import compare as compare
from organizing_analytics.measures.explaining import explain as explain
from organizing_analytics.one_to_ones import Brief as Brief
from organizing_analytics.one_to_ones import brief as brief
from organizing_analytics.one_to_ones import briefs as briefs
from organizing_analytics.one_to_ones import rota as rota
from organizing_analytics.people.assigning import assign_people as assign_people
from organizing_analytics.people.deciding import join_people as join_people
from organizing_analytics.people.deciding import people_merges as people_merges
from organizing_analytics.people.deciding import signup_twins as signup_twins
from organizing_analytics.people.deciding import split_person as split_person
from organizing_analytics.people.emptying import empty_text as empty_text
from organizing_analytics.people.forgetting import forget as forget
from organizing_analytics.planning import backtest as backtest
from organizing_analytics.planning import plan as plan
from organizing_analytics.planning import plan_backward as plan_backward
from organizing_analytics.planning import plan_together as plan_together
from organizing_analytics.planning import plan_upcoming as plan_upcoming
from organizing_analytics.proposing import propose_mapping as propose_mapping
from organizing_analytics.reports import write_reports as write_reports
from organizing_analytics.sample import write_sample as write_sample
from organizing_analytics.store import Store as Store
from organizing_analytics.store import open_store as open_store
from organizing_analytics.store.backing_up import backup as backup
from organizing_analytics.store.exporting import export as export
from organizing_analytics.store.history import store_history as store_history
from organizing_analytics.store.undoing import undo as undo
from organizing_analytics.to_do import todo as todo
from organizing_analytics.to_do import todo_now as todo_now
from organizing_analytics.to_do.snowflake import organizer_snowflake as organizer_snowflake
from organizing_analytics.to_do.spans import organizer_spans as organizer_spans
from organizing_analytics.weekly import run_weekly as run_weekly
from organizing_analytics import widgets as widgets
from organizing_analytics.store import Data

__version__: str

def show_up(
    store: Data,
    *,
    same_day: bool = ...,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
    shrink: bool = ...,
) -> pd.DataFrame:
    """Return how many of the people who signed up came.

    One row is one sign-up; its date is the shift's local date. Every sign-up falls into one class, the
    first that fits: walk_in, left_out, attended, cancelled, no_show, unrecorded. A sign-up whose
    attendance nobody wrote down is unrecorded, never a no-show: unknown is not absent. Walk-ins and
    left_out are in no rate. To schedule ahead of a shift, use the turnout of all who signed up, which
    is 1 - flake_rate.

    Parameters
    ----------
    store : Data
        An open store.
    same_day : bool, default True
        False: leave out sign-ups made on the shift's own day, which inflate show-up.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of team, event_type, event, shift, recruiter, channel, role, week, month, weekday, lead, confirmed, first_timer, record.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.
    shrink : bool, default False
        Pull the rates of small groups toward what all share.

    Returns
    -------
    DataFrame
        scheduled            sign-ups on the list: attended + cancelled + no_show + unrecorded
        attended             came, whatever the status says: being there wins
        no_show              recorded as absent, or cancelled at or after the start
        cancelled            cancelled before the start, or at an unknown time
        unrecorded           nobody wrote down whether the person came
        walk_in              flagged as a walk-in or signed up at or after the start, and came
        left_out             like walk_in, but did not come; counted only here
        rate                 attended / (attended + no_show): of those still on the list, the share who
                             came
        low                  lower bound of the interval of rate
        high                 upper bound of the interval of rate
        rate_if_none         attended / (attended + no_show + unrecorded): the rate if none of the
                             unrecorded had come
        rate_if_none_low     lower bound of the interval of rate_if_none
        rate_if_none_high    upper bound of the interval of rate_if_none
        rate_if_all          (attended + unrecorded) / (attended + no_show + unrecorded): the rate if
                             all of the unrecorded had come
        rate_if_all_low      lower bound of the interval of rate_if_all
        rate_if_all_high     upper bound of the interval of rate_if_all
        flake_rate           (no_show + cancelled) / (attended + no_show + cancelled): of all who signed
                             up, the share who did not come
        flake_rate_low       lower bound of the interval of flake_rate
        flake_rate_high      upper bound of the interval of flake_rate
        recorded_share       (attended + no_show) / (attended + no_show + unrecorded): the share whose
                             attendance somebody wrote down
        recorded_share_low   lower bound of the interval of recorded_share
        recorded_share_high  upper bound of the interval of recorded_share
        deff                 design effect of the main rate: its rows are worth 1 / deff independent
                             ones each
        shrunk               the main rate, partially pooled with the other groups'
        shrunk_low           lower bound of the interval of shrunk
        shrunk_high          upper bound of the interval of shrunk

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_return(
    store: Data,
    *,
    within_days: int = ...,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
    shrink: bool = ...,
) -> pd.DataFrame:
    """Return how many of the people who came once came again within some days.

    One visit is one person on one local date with at least one attended shift; walk-ins count. The
    first visit is the first of all time: neither the window nor a team changes it. One row is one
    person; its date is that of the first visit, its team that of the first visit's earliest shift. Only
    people whose first visit is --within-days or more days old are in the rate.

    Parameters
    ----------
    store : Data
        An open store.
    within_days : int, default 30
        Days after the first visit.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of team, event_type, recruiter, month, week, followed_up, reached, reshift.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.
    shrink : bool, default False
        Pull the rates of small groups toward what all share.

    Returns
    -------
    DataFrame
        people       people with a first visit
        matured      of these, whose first visit is at least --within-days days old
        returned     of the matured, who visited again on a later date, at most --within-days days later
        rate         returned / matured: of the matured, the share who came back
        low          lower bound of the interval of rate
        high         upper bound of the interval of rate
        deff         design effect of the main rate: its rows are worth 1 / deff independent ones each
        shrunk       the main rate, partially pooled with the other groups'
        shrunk_low   lower bound of the interval of shrunk
        shrunk_high  upper bound of the interval of shrunk

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_by_visit(
    store: Data,
    *,
    within_days: int = ...,
    max_visit: int = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return, for the first, second, … visit, how many people came again after it.

    One visit is one person on one local date with at least one attended shift; walk-ins count. One row
    of the answer is one visit number v, over the people whose v-th visit is --within-days or more days
    old. The date is that of the v-th visit; the team is that of the first. Visit numbers that nobody
    has matured at are not listed.

    Parameters
    ----------
    store : Data
        An open store.
    within_days : int, default 90
        Days until the next visit.
    max_visit : int, default 6
        The last visit number to show.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        visit     number of the visit, 1 for the first
        matured   people whose visit of this number is at least --within-days days old
        returned  of these, whose next visit came at most --within-days days later
        rate      returned / matured: of the matured, the share who came again
        low       lower bound of the interval of rate
        high      upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_cohorts(
    store: Data,
    *,
    period: str = ...,
    kind: str = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many of each cohort visited in each period since.

    One visit is one person on one local date with at least one attended shift; walk-ins count. A cohort
    is the people whose first visit fell into one month or week. Period 0 is the cohort's own, period k
    the k-th after it. A bounded cell counts who visited in that period; a rolling cell counts who
    visited in it or in any later one. The two kinds can differ by a factor of two. A period that has
    not ended is empty, not 0.

    Parameters
    ----------
    store : Data
        An open store.
    period : str, default 'month'
        Length of a period: month or week.
    kind : str, default 'bounded'
        bounded: came in that period; rolling: came in it or later.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        cohort    month or week of the first visit
        size      people of the cohort
        period    months or weeks since the cohort's own, which is 0
        retained  people who visited then; empty while the period has not ended
        rate      retained / size: share of the cohort retained
        low       lower bound of the interval of rate
        high      upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_lapse(
    store: Data,
    *,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return the share of people who have not lapsed, by days since the first visit.

    One visit is one person on one local date with at least one attended shift; walk-ins count. A person
    lapses the first time that more than L days (setting lapse_days) pass after a visit without another
    one; it happens L days after that visit, and is settled: coming back later does not undo it. Who has
    not lapsed by as-of is censored there: nobody knows yet how long they will stay. The curve is the
    Kaplan-Meier estimate; its interval is the log-log one, and is empty where that is not defined.
    Beside it stands how many of those who lapsed came back later, the same in every row. Date and team
    are those of the first visit.

    Parameters
    ----------
    store : Data
        An open store.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        day             days since the first visit; one row per day with a lapse
        at_risk         people neither lapsed nor censored before that day
        surviving       estimated share of people who have not lapsed by that day
        low             lower bound of the interval of surviving
        high            upper bound of the interval of surviving
        lapsed          people who lapsed on that day
        returned_later  of these, who visited again after their lapse
        came_back       of all who lapsed, the share who visited again later; the same in every row
        came_back_low   lower bound of the interval of came_back
        came_back_high  upper bound of the interval of came_back

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_reshift(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many of the people who came had their next shift set within 48 hours.

    One row is one attended sign-up, walk-ins included, whose shift is at least two days old; its date
    is the shift's local date. It is reshifted when the person has another sign-up, made at most 48
    hours after this shift's end, for a shift that starts after that end, and not cancelled within those
    48 hours. A sign-up without a time does not count, since nobody knows when it was made. The 48 hours
    are the setting follow_up_hours.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of team, event_type, week, month, first_timer.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        attended   attended sign-ups
        reshifted  of these, whose person had the next shift set within 48 hours
        rate       reshifted / attended: share who left with the next shift set
        low        lower bound of the interval of rate
        high       upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_tiers(
    store: Data,
    *,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
) -> pd.DataFrame:
    """Return how many people are in each tier of activity.

    One visit is one person on one local date with at least one attended shift; walk-ins count.
    Everybody who ever came is in one tier. super_active: two visits or more in the last 14 days;
    active: two or more in the last 30; almost_active: one in the last 30; dropped: none in the last 30.
    The days are the settings tier_short_days and tier_long_days. The team is the first visit's.

    Parameters
    ----------
    store : Data
        An open store.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.

    Returns
    -------
    DataFrame
        tier    super_active, active, almost_active or dropped
        people  people in that tier

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_losing(
    store: Data,
    *,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
) -> pd.DataFrame:
    """Return the people whom the campaign is losing, the longest away first.

    One visit is one person on one local date with at least one attended shift; walk-ins count. Listed
    are people with three visits or more who have been away for more than twice their own median gap
    between visits, and for more than 14 days; the longest away comes first. The team is the person's
    own; of people without one, that of their latest visit.

    Parameters
    ----------
    store : Data
        An open store.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.

    Returns
    -------
    DataFrame
        person_id   the person's id
        name        given and family name; empty where neither is known
        visits      visits so far
        last_on     date of the last visit
        days_since  days since the last visit
        median_gap  median of the days between the person's visits

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def retention_departures(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
) -> pd.DataFrame:
    """Return how many people left, by their reason.

    One row is one departure; its date is when the person left by the campaign's clock. A reason that
    nobody noted is a group of its own.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of reason, team, week, month.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.

    Returns
    -------
    DataFrame
        people  departures

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def feedback(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how people rated shifts, and how many of those who came returned.

    One row is one answer about a shift; its date is the shift's local date. Beside the answers stands
    who came back: attended sign-ups of the very shifts that were answered about, whoever answered. Such
    a visit is matured when it is 30 days or more old, and returned when its person visited again on a
    later date, at most 30 days later. Numbers of answers below five are left empty, and so are the next
    smallest ones where one could otherwise be worked out from the others and a total. No rows are shown
    behind an answer, and who gave it is not looked at.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of team, event_type, lead, week, month.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        answers           answers about the shifts; empty below five
        rated             of these, with a rating from 1 to 5; empty below five
        rating            mean of the ratings
        worthwhile        of the rated, with 4 or 5
        worth             worthwhile / rated: share of the ratings that are 4 or 5
        worth_low         lower bound of the interval of worth
        worth_high        upper bound of the interval of worth
        matured           attended sign-ups of these shifts that are 30 days or more old
        returned          of these, whose person visited again within 30 days
        return_rate       returned / matured: share who came back within 30 days
        return_rate_low   lower bound of the interval of return_rate
        return_rate_high  upper bound of the interval of return_rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def feedback_reasons(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
) -> pd.DataFrame:
    """Return what would bring people back, by the reason that keeps them away.

    One row is one answer about a shift that names a reason; its date is the shift's local date. Each
    reason is one for which volunteers do not return. Numbers of answers below five are left empty, and
    so are the next smallest ones where one could otherwise be worked out from the others and a total.
    No rows are shown behind an answer, and who gave it is not looked at.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of reason, team, event_type, lead, week, month.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.

    Returns
    -------
    DataFrame
        answers  answers that name the reason; empty below five

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def asks_outcomes(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
    shrink: bool = ...,
) -> pd.DataFrame:
    """Return what people said when they were asked.

    One row is one ask; its date is the local date on which the person was asked. A hard ask is one that
    names a specific action and says why it is urgent.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of team, asker, ask_for, ask_kind, hard, week, month, channel, in_meeting.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.
    shrink : bool, default False
        Pull the rates of small groups toward what all share.

    Returns
    -------
    DataFrame
        asks                asks made
        answered            asks with any outcome but no_answer
        yes                 said yes
        not_now             said no to this time
        not_that            said no to this thing
        not_ever            asked not to be asked again
        no                  said no, and nobody noted which kind
        maybe               said neither yes nor no
        no_answer           could not be reached
        yes_rate            yes / answered: of the answered, the share who said yes
        low                 lower bound of the interval of yes_rate
        high                upper bound of the interval of yes_rate
        contact_rate        answered / asks: the share of asks that got an answer
        contact_rate_low    lower bound of the interval of contact_rate
        contact_rate_high   upper bound of the interval of contact_rate
        no_type_known       (not_now + not_that + not_ever) / (not_now + not_that + not_ever + no): of
                            the noes, the share whose kind was noted
        no_type_known_low   lower bound of the interval of no_type_known
        no_type_known_high  upper bound of the interval of no_type_known
        deff                design effect of the main rate: its rows are worth 1 / deff independent ones
                            each
        shrunk              the main rate, partially pooled with the other groups'
        shrunk_low          lower bound of the interval of shrunk
        shrunk_high         upper bound of the interval of shrunk

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def asks_after_no(
    store: Data,
    *,
    within_days: int = ...,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return what followed a no, by the kind of no.

    One row is one ask that got a no, at least --within-days days old; its date is that of the no. The
    guide knows three kinds. "Not now" calls for the same thing at another time, "not that" for
    something else, "not ever" for thanks and no further ask; a plain no is one whose kind nobody noted.
    Next asks are the later asks to the same person up to --within-days days after the no, also the
    counter-offer in the same conversation, which names this ask in after_ask_id.

    Parameters
    ----------
    store : Data
        An open store.
    within_days : int, default 30
        Days after the no.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of no_type, team, asker, ask_for, hard, month.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        noes                   noes of this kind
        reasked                noes after which the person was asked again in time
        right_move             noes answered as the guide says: after not_now the next ask is for the
                               same thing at another time, after not_that for another thing, after
                               not_ever there is none; empty after a plain no
        right_move_rate        right_move / noes: the share answered as the guide says
        right_move_rate_low    lower bound of the interval of right_move_rate
        right_move_rate_high   upper bound of the interval of right_move_rate
        converted              noes after which a next ask got a yes
        rate                   converted / noes: the share of noes that became a yes
        low                    lower bound of the interval of rate
        high                   upper bound of the interval of rate
        median_days            median days from the no to the first yes, among the converted
        yes_when_reasked       converted / reasked: of the noes after which the person was asked again,
                               the share that became a yes
        yes_when_reasked_low   lower bound of the interval of yes_when_reasked
        yes_when_reasked_high  upper bound of the interval of yes_when_reasked
        people                 people with such a no
        people_converted       of these, whose first such no here became a yes
        person_rate            people_converted / people: the share of people whose first such no became
                               a yes: everybody weighs the same
        person_rate_low        lower bound of the interval of person_rate
        person_rate_high       upper bound of the interval of person_rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def asks_kept(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
    shrink: bool = ...,
) -> pd.DataFrame:
    """Return how many of those who said yes to a shift came to it.

    One row is one yes that names a shift; its date is that of the ask. Counted are yeses to shifts that
    start after the ask, on or before as-of.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of team, asker, ask_for, ask_kind, hard, week, month, channel, in_meeting.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.
    shrink : bool, default False
        Pull the rates of small groups toward what all share.

    Returns
    -------
    DataFrame
        yeses              yeses to a shift
        kept               the person attended that shift
        not_kept           neither kept nor unrecorded, also who never signed up
        unrecorded         signed up there, and nobody wrote down whether the person came
        rate               kept / (kept + not_kept): of the yeses with a known end, the share that were
                           kept
        low                lower bound of the interval of rate
        high               upper bound of the interval of rate
        rate_if_none       kept / (kept + not_kept + unrecorded): the rate if none of the unrecorded had
                           been kept
        rate_if_none_low   lower bound of the interval of rate_if_none
        rate_if_none_high  upper bound of the interval of rate_if_none
        rate_if_all        (kept + unrecorded) / (kept + not_kept + unrecorded): the rate if all of the
                           unrecorded had been kept
        rate_if_all_low    lower bound of the interval of rate_if_all
        rate_if_all_high   upper bound of the interval of rate_if_all
        deff               design effect of the main rate: its rows are worth 1 / deff independent ones
                           each
        shrunk             the main rate, partially pooled with the other groups'
        shrunk_low         lower bound of the interval of shrunk
        shrunk_high        upper bound of the interval of shrunk

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def asks_do_not_ask(
    store: Data,
    *,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
) -> pd.DataFrame:
    """Return the people who must not be asked, and why.

    Listed are people marked do_not_contact, and people whose latest not_ever has no later yes. They are
    on no list to ask, re-ask, reshift or escalate. They stay on the rosters of shifts that they signed
    up for themselves. The team is the person's own; of people without one, that of their latest visit.

    Parameters
    ----------
    store : Data
        An open store.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.

    Returns
    -------
    DataFrame
        person_id  the person's id
        name       given and family name; empty where neither is known
        since      date of the not_ever that stands; empty for those who are only marked
        why        do_not_contact for those who are marked, else not_ever

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def meetings(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many 1:1s were held, how well, and how many were followed up.

    One row is one 1:1; its date is the one that it was scheduled for. A 1:1 that is still "scheduled"
    though its date is past is unrecorded: nobody wrote down what became of it. A follow-up is a contact
    with reason follow_up or thank_you within 48 hours (setting follow_up_hours) after the scheduled
    time.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of kind, team, organizer, week, month.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        held                   1:1s that were held
        no_show                the person did not come
        cancelled              cancelled
        unrecorded             past and still scheduled
        show_rate              held / (held + no_show): of those not cancelled, the share held
        show_rate_low          lower bound of the interval of show_rate
        show_rate_high         upper bound of the interval of show_rate
        committed              of the held, with a commitment
        commitment_rate        committed / held: of the held, the share with a commitment
        commitment_rate_low    lower bound of the interval of commitment_rate
        commitment_rate_high   upper bound of the interval of commitment_rate
        complete               of the held, with the guide's four pieces: purpose, exploration,
                               exchange, commitment
        complete_rate          complete / held: of the held, the share that were complete
        complete_rate_low      lower bound of the interval of complete_rate
        complete_rate_high     upper bound of the interval of complete_rate
        with_length            of the held, whose length was noted
        good_length            of these, 30 to 60 minutes long
        good_length_rate       good_length / with_length: of those whose length was noted, the share of
                               30 to 60 minutes
        good_length_rate_low   lower bound of the interval of good_length_rate
        good_length_rate_high  upper bound of the interval of good_length_rate
        with_next_step         of the held, with a date for the next step
        next_step_rate         with_next_step / held: of the held, the share with a next step
        next_step_rate_low     lower bound of the interval of next_step_rate
        next_step_rate_high    upper bound of the interval of next_step_rate
        follow_up_due          of the held, those at least two days old
        followed_up            of these, followed up within 48 hours
        follow_up_rate         followed_up / follow_up_due: of those due, the share followed up in time
        follow_up_rate_low     lower bound of the interval of follow_up_rate
        follow_up_rate_high    upper bound of the interval of follow_up_rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def meetings_coverage(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many of the people who need maintenance 1:1s had one lately.

    People on the rungs that need maintenance 1:1s (setting maintenance_roles) who have not departed are
    covered when they had a held maintenance 1:1 in the last 14 days (setting maintenance_days). The
    team is the person's own; of people without one, that of their latest visit.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of team, role.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        people   people who need maintenance 1:1s
        covered  of these, with a held one in the last 14 days
        rate     covered / people: the share who had one lately
        low      lower bound of the interval of rate
        high     upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def meetings_overdue(
    store: Data,
    *,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
) -> pd.DataFrame:
    """Return the people who are due a maintenance 1:1: who never had one, then the longest gap.

    People on the rungs that need maintenance 1:1s (setting maintenance_roles) who have not departed are
    covered when they had a held maintenance 1:1 in the last 14 days (setting maintenance_days). The
    team is the person's own; of people without one, that of their latest visit. Listed is everybody
    else: first those who never had one, then the longest gap.

    Parameters
    ----------
    store : Data
        An open store.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.

    Returns
    -------
    DataFrame
        person_id            the person's id
        name                 given and family name; empty where neither is known
        role                 the person's rung on the ladder
        last_maintenance_on  date of the last held maintenance 1:1; empty where there was none
        days_since           days since then

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def follow_up(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many visits, yeses and 1:1s were followed up within 48 hours.

    One row is one attended sign-up, one yes or one held 1:1 whose local date is at least two days old;
    its date is that of the shift, the ask or the 1:1. The 48 hours (setting follow_up_hours) begin when
    the shift ended, when the person was asked, or at the scheduled time of the 1:1. A follow-up is a
    contact with reason follow_up, thank_you, reshift or recognition, whatever its result.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of what, team, week.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        due          visits, yeses or 1:1s that call for a follow-up
        followed_up  of these, followed up in time
        rate         followed_up / due: the share followed up in time
        low          lower bound of the interval of rate
        high         upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def organizers(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return what each organizer did, by name.

    One row is one act: an ask that somebody made, a 1:1 that somebody held, or a contact. Its date is
    the local date of the ask, the 1:1 or the contact; its team is that of the ask or the 1:1, of a
    contact that of whoever made it. Acts of which nobody noted who did them are left out. A follow-up
    is due after an own ask that got a yes and after an own 1:1, once it is two days old; it counts
    whoever made it (see follow-up). The rows are in the order of names: they are no ranking, since
    organizers look after different people, and of few acts a rate says little.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of organizer, team, week, month.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        name           the organizer's name
        one_to_ones    1:1s held
        asks           asks made
        contacts       calls, texts, mails and words noted
        from_lists     of these acts, those that answered a line of a to-do list
        follow_up_due  own yeses and 1:1s that call for a follow-up
        followed_up    of these, followed up in time
        rate           followed_up / follow_up_due: the share followed up in time
        low            lower bound of the interval of rate
        high           upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def confirmation(
    store: Data,
    *,
    by: str | Sequence[str] = ...,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many sign-ups were confirmed before their shift began.

    One row is one sign-up of the class attended, no_show or unrecorded (see show-up): neither those who
    cancelled in time nor walk-ins. Its date is the shift's local date.

    Parameters
    ----------
    store : Data
        An open store.
    by : str | Sequence[str], default ''
        Group columns, separated by commas: team,week.
        Any of lead, team, week.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        scheduled  sign-ups that were not cancelled in time
        confirmed  of these, confirmed before the start; a confirmed status without a time counts
        rate       confirmed / scheduled: the share confirmed
        low        lower bound of the interval of rate
        high       upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def chain(
    store: Data,
    *,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many asks passed each link of the chain from the ask to coming again.

    One row of the answer is one link, over the asks of the window: answered, yes, signed_up, confirmed,
    came, came_again. Each link begins with the asks that passed the link before and are known at this
    one. What cannot be known yet, since its time has not come or nobody wrote it down, is immature and
    in no rate. signed_up: after a yes to a shift, any sign-up of the person for it, known from the
    shift's day on; after another yes, the first sign-up made within 7 days. confirmed: that sign-up was
    confirmed before the start. came: the person attended. came_again: the person visited again on a
    later date, at most 30 days later. Date and team are the ask's.

    Parameters
    ----------
    store : Data
        An open store.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        link      answered, yes, signed_up, confirmed, came or came_again
        from      asks that passed the link before and are known at this one
        to        of these, asks that passed this link
        rate      to / from: the share that passed this link
        low       lower bound of the interval of rate
        high      upper bound of the interval of rate
        immature  asks that passed the link before and are not known here yet

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """

def ladder(
    store: Data,
    *,
    since: str | date | None = ...,
    until: str | date | None = ...,
    as_of: str | date | None = ...,
    team: str | None = ...,
    with_subteams: bool = ...,
    confidence: float = ...,
    independent: bool = ...,
) -> pd.DataFrame:
    """Return how many people moved up the ladder of engagement, by week and team.

    One row is one change of role to a higher rung (setting ladder); its date is that of the change. A
    person's first change counts when it is above the lowest rung.

    Parameters
    ----------
    store : Data
        An open store.
    since : str | date | None
        First date, like 2026-09-01.
    until : str | date | None
        Last date.
    as_of : str | date | None
        Date to stand at (default yesterday).
    team : str | None
        Only this team (its id).
    with_subteams : bool, default False
        A team includes the teams below it.
    confidence : float, default 0.95
        Confidence of the intervals, like 0.95.
    independent : bool, default False
        Plain Wilson intervals, as if no two rows were of one person or shift.

    Returns
    -------
    DataFrame
        moves             moves up the ladder
        after_escalation  of these, after a held escalation 1:1 on the same day or in the 30 days before
        rate              after_escalation / moves: the share of moves after an escalation 1:1
        low               lower bound of the interval of rate
        high              upper bound of the interval of rate

    Raises
    ------
    OptionError
        An option's value is not allowed.
    """
