"""Deliver a week's reports: each page once to each recipient, and once to the folder."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from organizing_analytics.errors import DeliveryError, WriteError
from organizing_analytics.private_files import make_private, make_private_folder, share_words
from organizing_analytics.reports.files import file_names, write_whole
from organizing_analytics.store.reports import note_reports
from organizing_analytics.weekly.delivery.folder import copy_pages
from organizing_analytics.weekly.delivery.mail import UNCERTAIN, Letter, send_all
from organizing_analytics.weekly.delivery.message import Enclosed, enclose, make_message
from organizing_analytics.weekly.delivery.recipients import recipients
from organizing_analytics.weekly.reporting import page_digest
from organizing_analytics.weekly.summary import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from organizing_analytics.weekly.delivery.mail import Sent
    from organizing_analytics.weekly.delivery.settings import DeliverySettings, Mail
    from organizing_analytics.weekly.journal import Journal
    from organizing_analytics.weekly.reporting import Wanted, WeekReports

#: In the output folder: the messages of a dry run.
OUTBOX = "outbox"


def deliver(
    week_reports: WeekReports,
    settings: DeliverySettings,
    *,
    wanted: Wanted,
    journal: Journal,
    dry_run: bool,
) -> list[Delivery]:
    """Deliver what was not delivered yet, and return what became of each message and folder."""
    deliveries: list[Delivery] = []
    if settings.folder is not None:
        deliveries.append(_to_folder(week_reports, settings, wanted, dry_run=dry_run))
    if settings.mail is not None:
        mailing = _Mailing(week_reports, settings.mail, wanted, journal)
        deliveries += mailing.write() if dry_run else mailing.send()
    return deliveries


def _to_folder(
    week_reports: WeekReports, settings: DeliverySettings, wanted: Wanted, *, dry_run: bool
) -> Delivery:
    to = settings.folder or wanted.folder
    base = wanted.folder
    week = base / week_reports.week
    pages = [*sorted(week.glob("*.html")), base / "index.html"]  # first the pages, then the links
    if dry_run:
        return Delivery("folder", "not wanted", said="A dry run copies nothing.")
    if to.resolve() == base.resolve():
        return Delivery("folder", "failed", said=f"{to}: the pages stand here already.")
    with suppress(OSError):
        note_reports(wanted.store, to)  # so that `oa forget` finds who is named in these, too
    try:
        written, same = copy_pages(pages, base=base, to=to, share_mode=settings.share_mode)
    except WriteError as error:
        return Delivery("folder", "failed", said=str(error))
    except OSError as error:
        return Delivery("folder", "failed", said=f"{to}: cannot be written to ({error.strerror}).")
    return Delivery(
        "folder",
        "copied" if written else "unchanged",
        said=" ".join(
            filter(
                None,
                (
                    f"{written} files written, {same} were the same.",
                    share_words(settings.share_mode, "They"),
                ),
            )
        ),
    )


class _Mailing:
    """The messages of a week: to whom, with what, and which of them have gone out."""

    def __init__(
        self, week_reports: WeekReports, mail: Mail, wanted: Wanted, journal: Journal
    ) -> None:
        self.week_reports, self.mail, self.journal = week_reports, mail, journal
        self.out = wanted.out
        self.pages = {r.team_id: r for r in week_reports.reports if r.status == "done"}
        self.addresses, self.without = recipients(wanted.store, self.pages, mail)
        self.deliveries: list[Delivery] = [
            Delivery("mail", "no address", (team,), why) for team, why in self.without.items()
        ]

    def send(self) -> list[Delivery]:
        """Send what has not been sent."""
        send_all(list(self._letters()), self.mail)
        return self.deliveries

    def write(self) -> list[Delivery]:
        """Write what would be sent as files; nothing is noted as sent."""
        folder = self.out / OUTBOX / self.week_reports.week
        make_private_folder(folder)
        for old in folder.glob("*.eml"):
            old.unlink()
        stems = file_names(self.pages)
        for place, letter in enumerate(self._letters(), 1):
            path = folder / f"{place:03d}-{stems[letter.teams[0]]}.eml"
            make_private(write_whole(path, letter.message.as_bytes()))
            self.deliveries.append(
                Delivery("mail", "written", letter.teams, f"{OUTBOX}: {path.name}")
            )
        return self.deliveries

    def _letters(self) -> Iterator[Letter]:
        for address, teams in self.addresses.items():
            recipient = self.journal.recipient(address)
            due = [team for team in teams if self._is_due(team, recipient)]
            if due:
                try:
                    yield self._letter(address, recipient, due)
                except DeliveryError as error:  # the other messages go out all the same
                    self.deliveries.append(Delivery("mail", "failed", tuple(due), str(error)))

    def _is_due(self, team: str, recipient: str) -> bool:
        """Tell whether a page must go to a recipient; where not, note why."""
        message = self.journal.message(self.week_reports.week, team, recipient)
        if message is None:
            return True
        page = page_digest(self.pages[team], self.week_reports.snapshot)
        is_once = self.mail.again == "never"
        if message["state"] == "sending" and (is_once or message["page"] == page):
            self.deliveries.append(Delivery("mail", "uncertain", (team,), UNCERTAIN))
            return False
        if is_once or page in message["had"]:
            self.deliveries.append(Delivery("mail", "already sent", (team,)))
            return False
        return True

    def _letter(self, address: str, recipient: str, teams: list[str]) -> Letter:
        enclosed = [self._enclosed(team) for team in teams]
        week, pages = self.week_reports.week, {each.team_id: each.digest for each in enclosed}
        earlier = [self.journal.message(week, team, recipient) for team in teams]
        message = make_message(
            week,
            enclosed,
            mail=self.mail,
            address=address,
            recipient=recipient,
            is_correction=any(each is not None for each in earlier),
            warnings=self.week_reports.warnings,
        )

        def before_end() -> None:
            self.journal.note_message(week, pages, recipient, "sending")

        def after(sent: Sent) -> None:
            if sent.outcome != "uncertain":
                self.journal.note_message(
                    week, pages, recipient, "sent" if sent.outcome == "sent" else None
                )
            self.deliveries.append(Delivery("mail", sent.outcome, tuple(teams), sent.why or None))

        return Letter(message, address, before_end, after, tuple(teams))

    def _enclosed(self, team: str) -> Enclosed:
        report = self.pages[team]
        return enclose(
            team,
            self.week_reports.names[team],
            page=report.html,
            notebook=report.notebook,
            digest=page_digest(report, self.week_reports.snapshot),
            today=self.week_reports.today,
        )
