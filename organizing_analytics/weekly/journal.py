"""What the weekly runs of a store have done: a crash at any moment is taken up from here.

It stands in the store's folder and is replaced whole at each step. Loading needs no entry: a file
that is loaded twice changes nothing. Three things do:

- the files that are loaded or refused, and not yet moved;
- the reports that are made, of which week and snapshot;
- the messages, by team and recipient: `sending` is written before the last line goes to the
  server, `sent` when the server has taken it. Who finds `sending` cannot know whether the message
  went out, and does not send it again: a message may be lost then, but none goes out twice.

Addresses are not in it: a recipient is a digest, under a salt of this journal alone.
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
#: Of how many weeks the messages are remembered, and of how many folders the reports.
KEEP_WEEKS = 26
KEEP_FOLDERS = 10

MessageState = Literal["sending", "sent"]


@dataclass
class Journal:
    """The journal of a store, read and written as a whole.

    Attributes
    ----------
    path : Path
        Its file.
    state : dict
        `salt`, `moving`, `reports` by folder, `messages` by week, team and recipient.
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
            return cls(path, {"salt": secrets.token_hex(16), **empty})
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            return cls(path, {"salt": str(kept["salt"]), **{k: kept[k] for k in empty}})
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

    def reports_of(self, out: Path, *, week: str, snapshot: int | None) -> dict[str, Any]:
        """Return the reports that were made in a folder of a week and snapshot, by team."""
        kept = self.state["reports"].get(str(out), {})
        if (kept.get("week"), kept.get("snapshot")) != (week, snapshot):
            folders = {k: v for k, v in self.state["reports"].items() if k != str(out)}
            kept = {"week": week, "snapshot": snapshot, "has_index": False, "teams": {}}
            newest = dict(list(folders.items())[-(KEEP_FOLDERS - 1) :])
            self.state["reports"] = {**newest, str(out): kept}
        found: dict[str, Any] = kept
        return found

    def recipient(self, address: str) -> str:
        """Return what stands for an address."""
        words = f"{self.state['salt']} {address.strip().casefold()}"
        return sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:20]

    def message(self, week: str, team: str, recipient: str) -> dict[str, Any] | None:
        """Return what is known of a team's message to a recipient."""
        found: dict[str, Any] | None = (
            self.state["messages"].get(week, {}).get(team, {}).get(recipient)
        )
        return found

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
        teams = self.state["messages"].setdefault(week, {})
        at = datetime.now(UTC).isoformat(timespec="seconds")
        for team, page in pages.items():
            before = teams.setdefault(team, {}).pop(recipient, {})
            # What the recipient has had stays known while another message is under way.
            had = before.get("had", []) + ([page] if state == "sent" else [])
            if state or had:
                entry = {"state": state or "sent", "page": page if state else had[-1], "at": at}
                teams[team][recipient] = {**entry, "had": list(dict.fromkeys(had))}
        newest = sorted(self.state["messages"])[-KEEP_WEEKS:]
        self.state["messages"] = {week: self.state["messages"][week] for week in newest}
        self.save()

    def forget_messages(self, week: str, team: str) -> None:
        """Take a team's messages of a week for not sent."""
        self.state["messages"].get(week, {}).pop(team, None)
        self.save()
