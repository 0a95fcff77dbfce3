"""How many people to schedule, with sliders."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ipywidgets as w

from organizing_analytics import charts
from organizing_analytics.charts.pictures import OnHover
from organizing_analytics.freshness import freshness
from organizing_analytics.planning.backward import plan_backward
from organizing_analytics.planning.headcount import plan
from organizing_analytics.planning.learned_plan import open_past
from organizing_analytics.planning.open_shift import open_shift
from organizing_analytics.planning.options import DEFAULT_SURE
from organizing_analytics.planning.upcoming import plan_upcoming
from organizing_analytics.teams import team_names
from organizing_analytics.widgets.parts import (
    ANSWER,
    DRAWING,
    TAPPED,
    StorePlace,
    Wrong,
    again,
    boxed,
    control,
    drawn,
    show_only,
    unchecked,
    words,
)
from organizing_analytics.widgets.plan_text import copied_text, names_of, verdict_words

if TYPE_CHECKING:
    import os
    from datetime import date

    from organizing_analytics.planning.backward_result import BackwardPlan
    from organizing_analytics.planning.learned_plan import Past
    from organizing_analytics.planning.open_shift import OpenShift
    from organizing_analytics.planning.result import Plan
    from organizing_analytics.store import Data
    from organizing_analytics.widgets.plan_text import ShiftNames

NO_SHIFT, ALL_TEAMS = "", ""
DAYS_AHEAD = 60
RULE, OWN_SHARE, PAST = "half come (the rule)", "a share that I know", "this store's past"
MAX_NEED = 10_000
#: A slider that ends far beyond the need cannot be set by hand.
LEAST_ROOM, ROOM_FOR_NEED = 30, 4
NEVER = "Choose a shift of a team to see how many asks and 1:1s it takes."
NONE_AHEAD = f"No shift is planned in the next {DAYS_AHEAD} days: type how many people you need."
BY_THE_RECORD = (
    "By the record of the whole team. The plan above knows each person on the list, so its number"
    " is the better one for this shift."
)
WAITING = "Working back from the need …"
#: A backward plan takes most of a second: it waits until a slider rests.
REST_SECONDS = 0.5
#: What a bar says when the pointer rests on it.
HOVER = OnHover(
    "format(datum.people, ',d') + (datum.right - datum.people > 1"
    " ? ' to ' + format(datum.right - 0.4, ',d') : '') + ' come: ' + format(datum.odds, '.1%')"
    " + (datum.is_over ? ', more than the room holds' : '')",
    ("rect",),
)


class PlannerWidget(w.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """The planner; made by `planner`.

    Parameters
    ----------
    store : Data, path or None
        Whose teams, shifts and past.
    as_of : str or date, optional
        The date at whose end the lists are read.
    """

    def __init__(
        self, store: Data | str | os.PathLike[str] | None, *, as_of: str | date | None
    ) -> None:
        self._place, self._as_of = StorePlace(store), as_of
        self._store: Data | None = None
        self._read_past: tuple[object, Past] | None = None
        self._resting: asyncio.TimerHandle | None = None
        self._open: OpenShift | None = None
        self._names: ShiftNames | None = None
        self._is_filling = False
        self.plan: Plan | None = None
        self._make_controls()
        self.wrong = Wrong()
        self.number, self.sentence, self.rule = w.HTML(), w.HTML(), w.HTML()
        self.chart = w.HTML(layout=w.Layout(flex=DRAWING, max_width="28rem"))
        self.backward = w.HTML()
        self.text = w.Textarea(
            description="As text", layout=w.Layout(width="100%", max_width="60rem", height="9rem")
        )
        self.text.add_class("oa-text")
        self.copy = w.Button(
            description="Copy the plan", tooltip="The plan as text, to paste", layout=TAPPED
        )
        self.copy.add_class("oa-copy")
        # The page's script writes here that the text is copied.
        copied = w.HTML('<span class="oa-copied" role="status"></span>')
        self._copying = w.HBox([self.copy, copied], layout=w.Layout(align_items="center"))
        super().__init__(boxed(self._laid_out(), self.wrong, *self._below()))
        self.add_class("oa-widget")
        self._fill()

    def _make_controls(self) -> None:
        self.team = control(w.Dropdown, "Team", options=[("all teams", ALL_TEAMS)])
        self.shift = control(w.Dropdown, "Shift", options=[("none: type a need", NO_SHIFT)])
        self.need = control(w.BoundedIntText, "People needed", value=4, min=1, max=MAX_NEED)
        self.sure = control(
            w.FloatSlider, "How sure", value=DEFAULT_SURE, min=0.5, max=0.99, step=0.01,
            readout_format=".0%",
        )  # fmt: skip
        self.room = control(
            w.IntSlider, "Room (0: any)", value=0, min=0, max=LEAST_ROOM, tooltip="0: no limit"
        )
        self.source = control(w.Dropdown, "Who comes", options=[RULE, OWN_SHARE], value=RULE)
        self.show_up = control(
            w.FloatSlider, "Share who come", value=0.5, min=0.05, max=1.0, step=0.01,
            readout_format=".0%",
        )  # fmt: skip
        self.no_shift = w.HTML(words(NONE_AHEAD, "oa-quiet"))
        self.again = again()
        for each_control in (self.need, self.sure, self.room, self.source, self.show_up):
            each_control.observe(self._moved, "value")
        self.team.observe(lambda _: self._fill_shifts(), "value")
        self.shift.observe(lambda _: self._choose_shift(), "value")
        self.again.on_click(lambda _: self._fill())

    def _laid_out(self) -> w.HBox:
        controls = w.VBox(
            [
                self.team, self.shift, self.no_shift, self.need, self.sure, self.room, self.source,
                self.show_up, self.again,
            ]
        )  # fmt: skip
        answer = w.VBox(
            [self.number, self.sentence, self._copying, self.rule],
            layout=w.Layout(flex=ANSWER, max_width="26rem"),
        )
        # Side by side on a laptop; on a phone the answer first, then what changes it.
        wide = w.Layout(flex_flow="row wrap", grid_gap="1rem")
        return w.HBox([answer, controls, self.chart], layout=wide)

    def _below(self) -> list[w.Widget]:
        self.heading = w.HTML("<h2>From the need back to the asks</h2>")
        return [self.heading, self.backward, self.text]

    # Reading the store

    def _fill(self) -> None:
        """Read teams and shifts, from the newest snapshot."""
        with self.wrong.caught():
            self._store = self._place.renew()
            names = team_names(self._store)
            chosen = self.team.value
            self._set(self.team, [("all teams", ALL_TEAMS), *((n, t) for t, n in names.items())])
            self.team.value = chosen if chosen in names else ALL_TEAMS
            chosen = self.source.value
            self._set(self.source, [RULE, OWN_SHARE, PAST])
            self.source.value = chosen
        if not self.wrong.value:
            self._fill_shifts()
        else:
            self._moved(keeps_message=True)

    def _fill_shifts(self) -> None:
        if self._is_filling:
            return
        options = [("none: type a need", NO_SHIFT)]
        with self.wrong.caught():
            if self._store is not None:
                ahead = plan_upcoming(
                    self._store, team=self.team.value or None, days=DAYS_AHEAD, as_of=self._as_of
                )
                options += [
                    (f"{self._store.settings.dates.day_and_time(start)}: {title or event}", shift)
                    for start, title, event, shift in zip(
                        ahead["starts_local"], ahead["title"].fillna(""), ahead["event_id"],
                        ahead["shift_id"], strict=True,
                    )
                ]  # fmt: skip
        chosen = self.shift.value
        self._set(self.shift, options)
        ids = [value for _, value in options]
        self.shift.value = chosen if chosen in ids else NO_SHIFT
        self._choose_shift(keeps_message=bool(self.wrong.value))

    def _set(self, dropdown: w.Dropdown, options: list[Any]) -> None:
        """Change a dropdown's options without its first one being taken for a choice."""
        self._is_filling = True
        try:
            dropdown.options = options
        finally:
            self._is_filling = False

    def _choose_shift(self, *, keeps_message: bool = False) -> None:
        if self._is_filling:
            return
        self._open = self._names = None
        if self.shift.value != NO_SHIFT and self._store is not None:
            with self.wrong.caught():
                self._open = open_shift(self._store, self.shift.value, as_of=self._as_of)
                self._names = names_of(self._store, self._open)
                keeps_message = False
            if self._open is None:
                keeps_message = True
        if self._open is not None:
            self._is_filling = True
            self.need.value = self._open.need or self.need.value
            self._fit_room(self._open.capacity or 0)
            self.room.value = self._open.capacity or 0
            self._is_filling = False
        self._moved(keeps_message=keeps_message)

    def _fit_room(self, *wanted: int) -> None:
        """Let the slider of the room end where rooms for such a need end."""
        needed = ROOM_FOR_NEED * self.need.value
        self.room.max = max(LEAST_ROOM, needed, self.room.value, *wanted)

    # Answering

    def _moved(self, _: object = None, *, keeps_message: bool = False) -> None:
        """Ask for the plan that the controls say, and show it."""
        if self._is_filling:
            return
        message = self.wrong.value if keeps_message else ""
        self._fit_room()
        has_shifts = len(self.shift.options) > 1
        show_only(self.team, when=len(self.team.options) > 1)
        show_only(self.shift, when=has_shifts)
        show_only(self.no_shift, when=self._store is not None and not has_shifts)
        # With a shift everybody on its list has a chance of their own.
        show_only(self.source, when=self._open is None)
        show_only(self.show_up, when=self._open is None and self.source.value == OWN_SHARE)
        self.plan = None
        with self.wrong.caught():
            self.plan = self._ask()
        self.wrong.value = self.wrong.value or message
        show_only(self._copying, self.text, self.heading, when=self.plan is not None)
        if self.plan is None:
            self.number.value = self.sentence.value = self.rule.value = self.chart.value = ""
            self.text.value = self.backward.value = ""
            return
        self._show(self.plan)
        self._plan_backward_soon()

    def _ask(self) -> Plan:
        need, sure, room = self.need.value, self.sure.value, self.room.value or None
        if self._open is not None:
            return self._open.plan(need=need, sure=sure, capacity=room)
        if self.source.value == PAST and self._store is not None:
            return self._past(self._store).plan(need, sure=sure, capacity=room)
        rate = self.show_up.value if self.source.value == OWN_SHARE else 0.5
        return plan(need, sure=sure, capacity=room, show_rate=rate)

    def _past(self, store: Data) -> Past:
        """Return what the store's past says of the team, read once for each snapshot and team."""
        key = (store.snapshot, self.team.value)
        if self._read_past is None or self._read_past[0] != key:
            past = open_past(store, as_of=self._as_of, team=self.team.value or None)
            self._read_past = key, past
        return self._read_past[1]

    def _show(self, result: Plan) -> None:
        big = result.schedule if result.more is None else result.more
        about = "to schedule" if result.more is None else "more to sign up"
        names, whose = self._names, ""
        if names is not None:
            whose = words(names.whose, "oa-shift") + words(
                f"{names.start}, {names.place}", "oa-quiet"
            )
        self.number.value = (
            f'<div role="status">{words(verdict_words(result), "oa-verdict")}{whose}'
            f'<p class="oa-quiet"><span class="oa-big">{big:,}</span> {about}</p></div>'
        )
        self.sentence.value = words(result.sentence)
        rule = plan(result.need)
        odds = f"{100 * rule.p_enough:.0f} %"
        self.rule.value = words(
            f"{self._freshness()} The 50 % rule: {result.need} needed, schedule"
            f" {rule.schedule}. If half really come,"
            f" that is enough with a chance of {odds}.",
            "oa-quiet",
        )
        with unchecked():
            chart = charts.turnout(result)
        self.chart.value = drawn(chart, HOVER)
        self.text.value = self._as_text(result)

    def _freshness(self) -> str:
        """Return up to when the store's data reach, for a plan that rests on them."""
        if self._store is None or (self._open is None and self.source.value != PAST):
            return ""
        return f"{freshness(self._store).words}."

    def _as_text(self, result: Plan, backward: BackwardPlan | None = None) -> str:
        return copied_text(
            result, shift=self._names, backward=backward, freshness=self._freshness()
        )

    def _plan_backward_soon(self) -> None:
        """Plan backward when no further move has come for a while."""
        if self._resting is not None:
            self._resting.cancel()
        if self._open is None or not isinstance(self._open.row["team"], str):
            self.backward.value = words(NEVER, "oa-quiet")
            return
        self.backward.value = words(WAITING, "oa-quiet")
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # outside a kernel nobody looks
        self._resting = loop.call_later(REST_SECONDS, self._plan_backward)

    def _plan_backward(self) -> None:
        if self._open is None or self.plan is None or self._store is None:
            return
        row, shown = self._open.row, ""
        with self.wrong.caught():
            backward_plan = plan_backward(
                self._store, need=self.plan.need, on=str(row["starts_on"])[:10], team=row["team"],
                sure=self.sure.value, as_of=self._as_of, signed_up_count=self._open.signed_up,
            )  # fmt: skip
            about = words(BY_THE_RECORD, "oa-quiet")
            shown = f'<div class="oa-table">{about}{backward_plan._repr_html_()}</div>'
            self.text.value = self._as_text(self.plan, backward_plan)
        self.backward.value = shown


def planner(
    store: Data | str | os.PathLike[str] | None = None, *, as_of: str | date | None = None
) -> PlannerWidget:
    """Return a planner with sliders: how many people to schedule, and how sure that is.

    Parameters
    ----------
    store : Data or path, optional
        A store or its folder; by default ORGANIZING_STORE, else data/store. Where there is none
        the planner says so, and still plans for a need that is typed.
    as_of : str or date, optional
        The date at whose end the lists are read; yesterday by default.
    """
    return PlannerWidget(store, as_of=as_of)
