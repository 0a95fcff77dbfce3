"""Load what is new together; a file that is wrong is set aside and stops no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError, MappingError, OrganizingError
from organizing_analytics.loading import load_files
from organizing_analytics.loading.files import shown_names
from organizing_analytics.sources.registry import AUTO
from organizing_analytics.weekly.inbox import LINK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from organizing_analytics.loading import FileCount, LoadResult
    from organizing_analytics.weekly.inbox import InboxFile

    #: Loads paths; from `load_files`, with the run's options bound.
    Load = Callable[..., LoadResult]


@dataclass
class Taken:
    """What came of the files of an inbox.

    Attributes
    ----------
    result : LoadResult or None
        Of those that could be loaded, together; None when there were none.
    loaded : list of InboxFile
        Those.
    refused : dict of InboxFile to str
        The others, and why.
    """

    result: LoadResult | None = None
    loaded: list[InboxFile] = field(default_factory=list)
    refused: dict[InboxFile, str] = field(default_factory=dict)

    def counts_of(self, file: InboxFile) -> list[FileCount]:
        """Return where the rows of a file went: an entry a table, of a workbook several."""
        return [count for count, _ in self._of(file)]

    def corrections_of(self, file: InboxFile) -> list[str]:
        """Return the CSV files in which the file's rejected rows can be corrected."""
        return [path for _, path in self._of(file) if path]

    def rejects_of(self, file: InboxFile) -> list[str]:
        """Return what was wrong with the file's rows, in sentences."""
        files = dict.fromkeys(count.file for count in self.counts_of(file))
        return [line for file in files for line in self._rejects.get(file, ())]

    def _of(self, file: InboxFile) -> list[tuple[FileCount, str | None]]:
        return self._counts.get(file, [])

    @cached_property
    def _rejects(self) -> dict[str, list[str]]:
        rejects: dict[str, list[str]] = {}
        for reject in self.result.rejects if self.result else []:
            rejects.setdefault(reject.file, []).append(str(reject))
        return rejects

    @cached_property
    def _counts(self) -> dict[InboxFile, list[tuple[FileCount, str | None]]]:
        """Return the entries of each file, worked out once: there may be thousands of files."""
        shown = shown_names([file.path for file in self.loaded])
        by_name = {shown[file.path]: file for file in self.loaded}
        counts: dict[InboxFile, list[tuple[FileCount, str | None]]] = {}
        # A load writes one correction for each entry with rejected rows, in their order; none
        # when it has seen the very same rows before.
        corrections = iter(self.result.corrections if self.result else ())
        for count in self.result.files if self.result else ():
            correction = next(corrections, None) if count.rejected else None
            file = by_name.get(count.file) or by_name.get(count.file.rpartition(" [")[0])
            if file is not None:
                counts.setdefault(file, []).append((count, correction))
        return counts


def take(
    files: Sequence[InboxFile],
    *,
    store: Path,
    source: str | None = None,
    timezone: str | None = None,
    dry_run: bool = False,
) -> Taken:
    """Load files together, without those that are wrong.

    Raises
    ------
    OrganizingError
        No file is at fault: the store is held or full, or an option is wrong. Nothing was loaded.
    """

    def load(paths: list[Path], *, dry: bool) -> LoadResult:
        return load_files(paths, store=store, source=source, timezone=timezone, dry_run=dry)

    links = {file: f"{file.name}: {LINK}" for file in files if file.is_link}
    is_auto = source is None or source == AUTO
    taken = Taken(loaded=[file for file in files if file not in links], refused=links)
    while taken.loaded:
        try:
            taken.result = load([file.path for file in taken.loaded], dry=dry_run)
            break
        except FileError as error:
            wrong = _at_fault(error, taken.loaded) or _wrong_alone(load, taken.loaded)
            if not wrong:
                raise
        except MappingError:
            # A file's own mapping can be wrong; that of `source` is everybody's.
            wrong = _wrong_alone(load, taken.loaded) if is_auto else {}
            if not wrong:
                raise
        except OrganizingError:
            raise
        except Exception:
            # Whatever a file does to the reader, it stops no other; if no file does, it is a bug.
            wrong = _wrong_alone(load, taken.loaded)
            if not wrong:
                raise
        taken.refused |= wrong
        taken.loaded = [file for file in taken.loaded if file not in wrong]
    return taken


def _at_fault(error: FileError, files: list[InboxFile]) -> dict[InboxFile, str]:
    """Return the file that an error is about, with what it says."""
    return {file: str(error) for file in files if file.path == error.file}


def _wrong_alone(load: Load, files: list[InboxFile]) -> dict[InboxFile, str]:
    """Return the files that cannot be loaded by themselves either, and why."""
    wrong = {}
    for file in files:
        try:
            load([file.path], dry=True)
        except (FileError, MappingError) as error:
            wrong[file] = str(error)
        except OrganizingError:
            raise
        except Exception as error:  # noqa: BLE001  # its kind is all that can be said of it
            wrong[file] = (
                f"{file.name}: this file broke the reader ({type(error).__name__}), which "
                "should not happen. Save it again as CSV; oa load --debug shows where it broke."
            )
    return wrong
