"""What the planner learned, kept in one private file beside the snapshots.

It cannot be stale. The file belongs to one version of the code, the packages that it computes
with, the store's tables, the snapshot and the settings; each lesson in it to a date, a horizon,
the time zone's rules and the machine's way to add up. Whatever differs is learned anew and takes
the old one's place. A file that is damaged, or that cannot be written, costs time and nothing else.
"""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cached_property, lru_cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import organizing_analytics
from organizing_analytics.errors import OrganizingError
from organizing_analytics.measures.clock import offsets
from organizing_analytics.planning.replay import Learned
from organizing_analytics.private_files import DRAFT_PREFIX, discard, replace_whole
from organizing_analytics.store.reading import Store
from organizing_analytics.store.snapshots import LEARNED_FILE, require_store, snapshot_file
from organizing_analytics.store.statements import columns_of_tables

if TYPE_CHECKING:
    from datetime import date

    from organizing_analytics.store import Data

#: The file holds at most this many lessons, the latest ones.
MAX_LESSONS = 30
#: The layout of the file; it goes up when the layout changes.
_FORM = 1
_PACKAGES = ("duckdb", "ibis-framework", "sqlglot", "numpy", "pandas", "pyarrow")
#: The parts of the package that a lesson is computed by. The others only show it.
CODE = ("*.py", "catalog/*.py", "measures/*.py", "planning/*.py", "settings/*.py", "store/*.py")
#: With another number of threads a sum may differ in its last digit.
_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
#: A lesson without what is fitted again by each command.
_FIELDS = tuple(field.name for field in fields(Learned) if field.name != "fitted")


@dataclass(frozen=True)
class LearnedFile:
    """The lessons of one snapshot, as the file keeps them.

    Attributes
    ----------
    store : Store
        An open store.
    day : date
        At whose end the lessons were learned.
    """

    store: Store
    day: date

    def get(self, horizon: int) -> dict[str, Any] | None:
        """Return a lesson's fields but for `fitted`, None where the lesson is not kept."""
        lesson = self._lessons().get(self._key_of_lesson(horizon))
        is_whole = isinstance(lesson, dict) and tuple(lesson) == _FIELDS
        return lesson if is_whole else None

    def put(self, horizon: int, learned: Learned) -> None:
        """Keep a lesson; one that cannot be kept is learned again by the next command."""
        if self._key is None or _is_superseded(self.store):
            return
        lesson = {name: getattr(learned, name) for name in _FIELDS}
        lessons = {**self._lessons(), self._key_of_lesson(horizon): lesson}
        lessons = dict(list(lessons.items())[-MAX_LESSONS:])
        text = json.dumps({"key": self._key, "lessons": lessons}, indent=1)
        draft = self._path.with_name(f"{DRAFT_PREFIX}{os.getpid()}-{self._path.name}")
        content = f"{_hash(text)}\n{text}".encode()
        with suppress(OSError, OrganizingError):
            replace_whole(self._path, content, draft=draft, must_be_private=True)
        if _is_superseded(self.store):  # somebody in it may have been forgotten since
            discard(self._path)

    @property
    def _path(self) -> Path:
        return self.store.folder / LEARNED_FILE

    @cached_property
    def _key(self) -> dict[str, str] | None:
        """Return all that decides a lesson but its date; None when the snapshot's file is gone."""
        try:
            return key_of_file(self.store)
        except OSError:
            return None

    def _key_of_lesson(self, horizon: int) -> str:
        rules = repr(offsets(self.store.settings.timezone, self.day))
        return f"{self.day} {horizon} {_hash(rules, *_machine())}"

    def _lessons(self) -> dict[str, Any]:
        """Return the lessons in the file; none where it is damaged, or has another key."""
        try:
            checksum, _, text = self._path.read_bytes().decode().partition("\n")
            content = json.loads(text) if checksum == _hash(text) else None
        except (OSError, ValueError):
            return {}
        if self._key is None or not isinstance(content, dict) or content.get("key") != self._key:
            return {}
        lessons: dict[str, Any] = content.get("lessons", {})
        return lessons


def learned_file(data: Data, day: date) -> LearnedFile | None:
    """Return the file of a store; None where the data are none: they have no folder."""
    return LearnedFile(data, day) if isinstance(data, Store) else None


def key_of_file(store: Store) -> dict[str, str]:
    """Return all that decides what is learned of a store but the date.

    Raises
    ------
    OSError
        The snapshot's file is gone.
    """
    stat = snapshot_file(store.folder, store.snapshot).stat()
    return {
        "form": str(_FORM),
        "package": organizing_analytics.__version__,
        "code": digest_of_code(),
        "packages": _hash(platform.python_version(), *map(version, _PACKAGES)),
        "schema": _hash(str(store.format), columns_of_tables(store.connection)),
        # A backup that takes the store's place may reach the same number by other rows.
        "snapshot": f"{store.snapshot} {stat.st_size} {stat.st_mtime_ns}",
        "settings": _hash(json.dumps(asdict(store.settings))),
    }


@lru_cache(maxsize=1)
def digest_of_code(folder: Path = Path(organizing_analytics.__file__).parent) -> str:
    """Return a digest of the package's files that a lesson is computed by."""
    files = sorted(path for pattern in CODE for path in folder.glob(pattern))
    digest = blake2b(digest_size=16)
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _machine() -> tuple[str, ...]:
    threads = (os.environ.get(name, "") for name in _THREADS)
    return (platform.machine(), str(os.cpu_count()), *threads)


def _is_superseded(store: Store) -> bool:
    try:
        return require_store(store.folder).snapshot != store.snapshot
    except OrganizingError:
        return True


def _hash(*texts: str) -> str:
    return blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()
