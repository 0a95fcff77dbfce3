"""The columns of answers that are no measures: plans, comparisons, lists."""

from __future__ import annotations

from organizing_analytics.catalog.declaration import Column, Kind, count

_LOW, _HIGH = "lower bound of the interval of", "upper bound of the interval of"

PLAN_UPCOMING = (
    Column("shift_id", Kind.ID, "the shift"),
    Column("event_id", Kind.ID, "its event"),
    Column("team", Kind.ID, "the event's team"),
    Column("starts_at", Kind.MOMENT, "when it starts, in UTC"),
    count("need", "how many people are needed"),
    count("capacity", "how many there is room for"),
    count("signed_up", "people on the list now"),
    Column("expected", Kind.NUMBER, "mean of the number who come"),
    count("low", "lower end of the central 80 % range of those who come"),
    count("high", "upper end of the central 80 % range of those who come"),
    Column("p_enough", Kind.RATE, "chance that enough people come"),
    Column("p_over_capacity", Kind.RATE, "chance that more people come than there is room for"),
    count("more", "how many more to schedule"),
    Column("sentence", Kind.TEXT, "all of it in words"),
    Column("title", Kind.TEXT, "the event's title"),
    Column("starts_on", Kind.DATE, "local date of the start"),
    Column("starts_local", Kind.CLOCK, "when it starts, by the event's clock"),
    Column(
        "late",
        Kind.NUMBER,
        "how many of those expected are not on the list yet; empty where that is not known yet",
    ),
    count("median", "how many are likely to come: the median of the number who come"),
    Column(
        "verdict",
        Kind.TEXT,
        "enough, schedule, schedule_but_short, too_many or unknown_need",
    ),
    Column("verdict_words", Kind.TEXT, "the verdict in a few words"),
    Column("p_enough_then", Kind.RATE, "chance that enough people come once `more` are scheduled"),
)

PLAN_TOGETHER = (
    Column("shift_id", Kind.ID, "the shift"),
    Column("role", Kind.TEXT, "the role; empty where the shift is not split by role"),
    Column("starts_on", Kind.DATE, "local date of the start"),
    count("need", "how many people are needed"),
    count("signed_up", "people on the list now"),
    Column("p_enough", Kind.RATE, "chance that this one is filled"),
    Column(
        "p_all_with_one_more",
        Kind.RATE,
        "chance that all are filled when one more person is scheduled here",
    ),
)

BACKTEST_PLANNING = (
    count("need", "how many people were needed"),
    Column("sure", Kind.RATE, "wanted chance of enough people"),
    Column("method", Kind.TEXT, "how the number to schedule was chosen"),
    count("shifts", "shifts replayed"),
    Column("scheduled", Kind.NUMBER, "people scheduled, on average"),
    Column(
        "promised",
        Kind.RATE,
        "mean chance of enough people by the forecast: above sure, as people are whole",
    ),
    Column("met", Kind.RATE, "share of shifts to which enough people came"),
    Column("met_se", Kind.RATE, "standard error of met, days being the unit"),
    Column("surplus", Kind.NUMBER, "people beyond the need, on average"),
)

TODO = (
    Column("action", Kind.TEXT, "what to do"),
    Column("person_id", Kind.ID, "with whom; empty where the task is about a shift"),
    Column("name", Kind.TEXT, "the person's name"),
    Column("reason", Kind.TEXT, "the fact behind it"),
    Column("due_on", Kind.DATE, "by when"),
    Column("details", Kind.TEXT, "how"),
    Column("ask_id", Kind.ID, "the ask that the reason tells of"),
    Column("shift_id", Kind.ID, "the shift that it is about, or that the words ask for"),
    Column("signup_id", Kind.ID, "the sign-up that the reason tells of"),
    Column("meeting_id", Kind.ID, "the 1:1 that the reason tells of"),
    Column("ask_for", Kind.TEXT, "the event type or role that the words ask for"),
    Column("organizer_id", Kind.ID, "whose list it is on; empty: that of the team's lead"),
    Column("organizer", Kind.TEXT, "the organizer's name"),
    Column("words", Kind.TEXT, "a hard ask, ready to say"),
    Column("second", Kind.TEXT, 'what to say after a "not now"'),
    Column("other", Kind.TEXT, 'what to say after a "not that"'),
    count("overdue_days", "for how many days a promise is overdue on the first day of the list"),
    Column("is_promise", Kind.FLAG, "whether somebody was given this date, or the 48 hours run"),
    Column("team_id", Kind.ID, "the team that it is about"),
    Column("notes", Kind.TEXT, "what was noted when the person was asked or met, newest first"),
)

CODED_LIST = (
    Column("code", Kind.ID, "by which the answer is logged: oa log CODE WORD"),
    *TODO,
    Column("answers", Kind.TEXT, "the words that answer the line"),
)

COMPARE = (
    Column("with", Kind.TEXT, "value of the factor on the one side"),
    Column("without", Kind.TEXT, "value of the factor on the other side"),
    count("n_with", "people or asks counted with it"),
    count("part_with", "of these, for whom it happened"),
    Column("rate_with", Kind.RATE, "part_with / n_with"),
    count("n_without", "people or asks counted without it"),
    count("part_without", "of these, for whom it happened"),
    Column("rate_without", Kind.RATE, "part_without / n_without"),
    Column("difference", Kind.POINTS, "rate_with - rate_without, in percentage points"),
)

EXPERIMENT_RESULT = (
    Column("arm", Kind.TEXT, "the arm"),
    count("people", "people assigned to it"),
    count("n", "of these, for whom it happened"),
    Column("rate", Kind.RATE, "n / people"),
    Column("low", Kind.RATE, f"{_LOW} rate"),
    Column("high", Kind.RATE, f"{_HIGH} rate"),
    Column("difference", Kind.POINTS, "rate minus the first arm's, in percentage points"),
    Column("difference_low", Kind.POINTS, f"{_LOW} difference"),
    Column("difference_high", Kind.POINTS, f"{_HIGH} difference"),
    Column("measure", Kind.TEXT, "what was asked of the arm"),
    count("units", "what was drawn into it: people, households, shifts, ..."),
    Column("p", Kind.NUMBER, "p value of the difference"),
    Column("p_holm", Kind.NUMBER, "the same, for all comparisons together"),
    Column("adjusted_for_chance", Kind.FLAG, "whether chances known before the draw were used"),
)

EXPERIMENT_LIST = (
    Column("name", Kind.TEXT, "the experiment"),
    Column("arms", Kind.TEXT, "its arms, separated by commas"),
    Column("seed", Kind.ID, "seed of the draw"),
    Column("started_on", Kind.DATE, "its first day"),
    Column("ends_on", Kind.DATE, "its last day"),
    count("people", "people drawn, or shifts"),
    Column("drawn_by", Kind.TEXT, "what was drawn: person, household, shift, organizer or team"),
)

PEOPLE_MERGES = (
    Column("state", Kind.TEXT, "merged or undecided"),
    Column("person_id", Kind.ID, "the person's id; of an undecided record its own"),
    Column("record_id", Kind.ID, "the record"),
    Column("source", Kind.TEXT, "the tool that it came from"),
    Column("name", Kind.TEXT, "given and family name"),
    Column("email", Kind.TEXT, "e-mail address"),
    Column("phone", Kind.TEXT, "phone number"),
    Column("why", Kind.TEXT, "what the records have in common"),
)

PEOPLE_FIND = (
    Column("person_id", Kind.ID, "the person's id"),
    Column("name", Kind.TEXT, "given and family name"),
    Column("email", Kind.TEXT, "e-mail address"),
    Column("phone", Kind.TEXT, "phone number"),
    Column("team_id", Kind.ID, "the person's team"),
    Column("matched", Kind.TEXT, "what the text is: id, email, phone or name"),
)

PEOPLE_SPANS = (
    Column("organizer_id", Kind.ID, "who looks after them; empty: nobody does"),
    Column("name", Kind.TEXT, "the organizer's name"),
    Column("role", Kind.TEXT, "the organizer's rung on the ladder"),
    count("people", "people whom the organizer looks after; who has left is not counted"),
    count("active", "of these, who came, signed up, was asked, met or contacted in 90 days"),
    count("assigned", "of these people, by an assignment"),
    count("listed", "by the organizer_id of a file or tool"),
    count("one_to_one", "by the latest 1:1"),
    count("recruiter", "by who recruited them first"),
    count("asker", "by who asked them last"),
    count("team_lead", "by who leads their team"),
    Column("is_over", Kind.FLAG, "whether more are active than the setting organizer_most"),
)

ROTA = (
    Column("on", Kind.DATE, "the day of the 1:1"),
    Column("organizer_id", Kind.ID, "who holds it; empty: nobody has room"),
    Column("organizer", Kind.TEXT, "the organizer's name"),
    Column("person_id", Kind.ID, "with whom"),
    Column("name", Kind.TEXT, "the person's name"),
    Column("role", Kind.TEXT, "the person's rung on the ladder"),
    Column("team_id", Kind.ID, "the person's team"),
    Column("last_on", Kind.DATE, "date of the last held maintenance 1:1; empty: there was none"),
    Column("due_on", Kind.DATE, "by when the next one is due"),
    count("overdue_days", "for how many days it is overdue on the first day of the rota"),
    Column("is_set", Kind.FLAG, "whether the date is agreed on already"),
    Column("is_passed_on", Kind.FLAG, "whether somebody else holds it than who looks after them"),
    Column("meeting_id", Kind.ID, "the 1:1 that is set"),
    Column("starts_at", Kind.MOMENT, "when that starts, in UTC"),
)

SIGNUP_TWINS = (
    Column("signup_id", Kind.ID, "the sign-up that stays"),
    Column("other_id", Kind.ID, "the other tool's"),
    Column("person_id", Kind.ID, "the person"),
    Column("starts_at", Kind.MOMENT, "when the shift starts, in UTC"),
    Column("status", Kind.TEXT, "status of the one"),
    Column("other_status", Kind.TEXT, "status of the other"),
    Column("attended", Kind.FLAG, "attendance of the one"),
    Column("other_attended", Kind.FLAG, "attendance of the other"),
    Column("counted", Kind.FLAG, "the attendance that counts"),
)

#: Command → the columns of its table.
TABLES = {
    "plan upcoming": PLAN_UPCOMING,
    "plan together": PLAN_TOGETHER,
    "backtest": BACKTEST_PLANNING,
    "todo": TODO,
    "list": CODED_LIST,
    "rota": ROTA,
    "compare": COMPARE,
    "experiment result": EXPERIMENT_RESULT,
    "experiment list": EXPERIMENT_LIST,
    "people find": PEOPLE_FIND,
    "people merges": PEOPLE_MERGES,
    "people spans": PEOPLE_SPANS,
    "twins": SIGNUP_TWINS,
}
