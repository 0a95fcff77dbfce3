"""What the weekly runs of a store have done: a crash at any moment is taken up from here.

It stands in the store's folder and is replaced whole at each step. Loading needs no entry: a file
that is loaded twice changes nothing. Three things do:

- the files that are loaded or refused, and not yet moved;
- the reports that are made, of which week and snapshot;
- the messages, by team and recipient: `sending` is written before the last line goes to the
  server, `sent` when the server has taken it. Who finds `sending` cannot know whether the message
  went out, and does not send it again: a message may be lost then, but none goes out twice.

Addresses are not in it: a recipient is a digest, under a salt of this journal alone.

The messages of the newest weeks stand in the journal itself, which is written at each of them.
Those of older weeks have a file each beside it, and stay for good: whoever asks for an old week
again must not send its messages again.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import write_durably

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL_FILE = "journal.json"
#: Of how many weeks the journal itself holds the messages, and of how many folders and weeks the
#: reports: of what it does not know, reports are made again.
KEEP_WEEKS = 8
KEEP_REPORTS = 40
#: How many weeks are known to be done: a catching-up run looks no further back.
KEEP_DONE = 60

MessageState = Literal["sending", "sent"]


@dataclass
class Journal:
    """The journal of a store, read and written as a whole.

    Attributes
    ----------
    path : Path
        Its file.
    state : dict
        `salt`, `moving`, `reports` by folder and week, `messages` by week, team and recipient,
        `weeks` that are done by folder.
    """

    path: Path
    state: dict[str, Any]

    @classmethod
    def open(cls, folder: Path) -> Journal:
        """Read the journal in a folder, or begin one.

        Raises
        ------
        StoreError
            It cannot be read. To go on without it could send messages twice.
        """
        path = folder / JOURNAL_FILE
        empty: dict[str, Any] = {"moving": [], "reports": {}, "messages": {}}
        if not path.exists():
            return cls(path, {"salt": secrets.token_hex(16), **empty, "weeks": {}})
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            state = {"salt": str(content["salt"]), **{k: content[k] for k in empty}}
            return cls(path, {**state, "weeks": content.get("weeks", {})})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"{path}: the journal of the weekly runs cannot be read ({error}). It says which "
                "messages have been sent. Remove it if none of this week's has been."
            ) from error

    def save(self) -> None:
        """Write the journal, durably."""
        write_durably(self.path, json.dumps(self.state, ensure_ascii=False, indent=1) + "\n")

    @property
    def moving(self) -> list[dict[str, Any]]:
        """Return the moves that are decided and may not have happened."""
        moves: list[dict[str, Any]] = self.state["moving"]
        return moves

    def set_moving(self, moves: list[dict[str, Any]]) -> None:
        """Write down which moves come next; none when they have happened."""
        self.state["moving"] = moves
        self.save()

    def weeks_done(self, out: Path) -> list[str]:
        """Return the weeks that were reported into a folder and delivered, the newest ones."""
        return list(self.state["weeks"].get(str(out), []))

    def note_done(self, out: Path, week: str) -> None:
        """Write down that a week is done."""
        weeks = sorted({*self.weeks_done(out), week})[-KEEP_DONE:]
        if weeks != self.weeks_done(out):
            self.state["weeks"][str(out)] = weeks
            self.save()

    def reports_of(self, out: Path, *, week: str, snapshot: int | None) -> dict[str, Any]:
        """Return the reports that were made in a folder of a week and snapshot, by team."""
        key = f"{out} {week}"
        reports: dict[str, Any] = self.state["reports"].get(key, {})
        if reports.get("snapshot") != snapshot or "teams" not in reports:
            others = {k: v for k, v in self.state["reports"].items() if k != key}
            reports = {"week": week, "snapshot": snapshot, "has_index": False, "teams": {}}
            newest = dict(list(others.items())[-(KEEP_REPORTS - 1) :])
            self.state["reports"] = {**newest, key: reports}
        return reports

    def recipient(self, address: str) -> str:
        """Return what stands for an address."""
        words = f"{self.state['salt']} {address.strip().casefold()}"
        return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:20]

    def message(self, week: str, team: str, recipient: str) -> dict[str, Any] | None:
        """Return what is known of a team's message to a recipient."""
        entry: dict[str, Any] | None = self._messages(week).get(team, {}).get(recipient)
        return entry

    def _messages(self, week: str) -> dict[str, Any]:
        """Return the messages of a week, by team and recipient: to be changed, then saved."""
        weeks: dict[str, dict[str, Any]] = self.state["messages"]
        if week not in weeks:
            path = self._archive(week)
            try:
                text = path.read_text(encoding="utf-8") if path.exists() else "{}"
                weeks[week] = dict(json.loads(text))
            except (OSError, ValueError, TypeError) as error:
                raise StoreError(
                    f"{path}: this file cannot be read ({error}). It says which messages of the "
                    "week have been sent. Remove it if none has been."
                ) from error
        return weeks[week]

    def _save_messages(self) -> None:
        weeks: dict[str, dict[str, Any]] = self.state["messages"]
        for week in sorted(weeks)[:-KEEP_WEEKS]:
            # First the file, then the journal without it: a crash in between loses nothing.
            if weeks[week] or self._archive(week).exists():
                write_durably(self._archive(week), json.dumps(weeks[week], indent=1) + "\n")
            del weeks[week]
        self.save()

    def _archive(self, week: str) -> Path:
        return self.path.with_name(f"messages-{week}.json")

    def note_message(
        self, week: str, pages: dict[str, str], recipient: str, state: MessageState | None
    ) -> None:
        """Write down what becomes of a message; None: the server has refused it.

        Parameters
        ----------
        week : str
            The ISO week.
        pages : dict
            The teams that it is about, with a digest of each page.
        recipient : str
            From `recipient`.
        state : {"sending", "sent"}, optional
            Where it stands.
        """
        teams = self._messages(week)
        at = datetime.now(UTC).isoformat(timespec="seconds")
        for team, page in pages.items():
            before = teams.setdefault(team, {}).pop(recipient, {})
            # What the recipient has had stays known while another message is under way.
            had = before.get("had", []) + ([page] if state == "sent" else [])
            if state or had:
                entry = {"state": state or "sent", "page": page if state else had[-1], "at": at}
                teams[team][recipient] = {**entry, "had": list(dict.fromkeys(had))}
        self._save_messages()

    def forget_messages(self, week: str, team: str) -> None:
        """Take a team's messages of a week for not sent."""
        self._messages(week).pop(team, None)
        self._save_messages()
