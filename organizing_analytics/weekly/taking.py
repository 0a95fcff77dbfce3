"""Load what is new; a file that is wrong is set aside and stops no other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError, MappingError, OptionError, OrganizingError
from organizing_analytics.loading import load_files
from organizing_analytics.loading.files import shown_names
from organizing_analytics.loading.result import FileCount
from organizing_analytics.logbook.answer_files import read_answer_file
from organizing_analytics.sources import check_in
from organizing_analytics.sources.registry import AUTO
from organizing_analytics.store.snapshots import read_current
from organizing_analytics.weekly.inbox import LINK
from organizing_analytics.weekly.sorting import (
    SortedFiles,
    advice_for,
    find_shifts,
    sort_files,
    why_no_shift,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from organizing_analytics.loading import LoadResult
    from organizing_analytics.logbook.answer_files import FileOfAnswers
    from organizing_analytics.weekly.inbox import InboxFile

    #: Loads paths; from `load_files`, with the run's options bound.
    Load = Callable[..., LoadResult]


@dataclass
class LoadedFiles:
    """Files that were loaded together.

    Attributes
    ----------
    files : list of InboxFile
        The files.
    result : LoadResult
        What the load did.
    """

    files: list[InboxFile]
    result: LoadResult

    def counts_of(self, file: InboxFile) -> list[FileCount]:
        """Return where the rows of a file went: an entry a table, of a workbook several."""
        return [count for count, _ in self._counts.get(file, [])]

    def corrections_of(self, file: InboxFile) -> list[str]:
        """Return the CSV files in which the file's rejected rows can be corrected."""
        return [path for _, path in self._counts.get(file, []) if path]

    def also_new_of(self, file: InboxFile) -> dict[str, int]:
        """Return how many rows are new in the tables that the file feeds beside its main one."""
        also_new: Counter[str] = Counter()
        for name in dict.fromkeys(count.file for count in self.counts_of(file)):
            also_new.update(self.result.also_new.get(name, {}))
        return dict(also_new)

    def rejects_of(self, file: InboxFile) -> list[str]:
        """Return what was wrong with the file's rows, in sentences."""
        files = dict.fromkeys(count.file for count in self.counts_of(file))
        return [line for name in files for line in self._rejects.get(name, ())]

    @cached_property
    def _rejects(self) -> dict[str, list[str]]:
        rejects: dict[str, list[str]] = {}
        for reject in self.result.rejects:
            rejects.setdefault(reject.file, []).append(str(reject))
        return rejects

    @cached_property
    def _counts(self) -> dict[InboxFile, list[tuple[FileCount, str | None]]]:
        """Return the entries of each file, worked out once: there may be thousands of files."""
        shown = shown_names([file.path for file in self.files])
        by_name = {shown[file.path]: file for file in self.files}
        counts: dict[InboxFile, list[tuple[FileCount, str | None]]] = {}
        # A load writes one correction for each entry with rejected rows, in their order; none
        # when it has seen the very same rows before.
        corrections = iter(self.result.corrections)
        for count in self.result.files:
            correction = next(corrections, None) if count.rejected else None
            file = by_name.get(count.file) or by_name.get(count.file.rpartition(" [")[0])
            if file is not None:
                counts.setdefault(file, []).append((count, correction))
        return counts


@dataclass
class ReadAnswers:
    """A file of answers that was read.

    Attributes
    ----------
    files : list of InboxFile
        The one file.
    answers : FileOfAnswers
        What its rows came to.
    """

    files: list[InboxFile]
    answers: FileOfAnswers

    def counts_of(self, _file: InboxFile) -> list[FileCount]:
        """Return where the rows of the file went."""
        answers = self.answers
        new, rejected = len(answers.logged.recorded) + answers.cards, len(answers.doubts)
        # Of several answers to one line in a file, the newest counts; the others are nothing new.
        unchanged = answers.answered - new - rejected
        return [
            FileCount(
                answers.file, answers.table, answers.program, answers.answered, new=new,
                unchanged=unchanged, rejected=rejected,
            )
        ]  # fmt: skip

    def corrections_of(self, _file: InboxFile) -> list[str]:
        """Return none: a row is corrected in the file itself, which may be read again."""
        return []

    def also_new_of(self, _file: InboxFile) -> dict[str, int]:
        """Return nothing: an answer is counted once, whatever tables it ends in."""
        return {}

    def rejects_of(self, _file: InboxFile) -> list[str]:
        """Return what was wrong with the file's rows, in sentences."""
        return [f"{self.answers.file} row {d['row']}: {d['why']}" for d in self.answers.doubts]


@dataclass
class Taken:
    """What came of the files of an inbox.

    Attributes
    ----------
    parts : list of LoadedFiles or ReadAnswers
        What was loaded, in this order.
    refused : dict of InboxFile to str
        The files that could not be, and why.
    """

    parts: list[LoadedFiles | ReadAnswers] = field(default_factory=list)
    refused: dict[InboxFile, str] = field(default_factory=dict)

    @property
    def loaded(self) -> list[InboxFile]:
        """Return the files that were loaded."""
        return [file for part in self.parts for file in part.files]

    @property
    def warnings(self) -> list[str]:
        """Return what the loads warn of."""
        loads = [part.result for part in self.parts if isinstance(part, LoadedFiles)]
        return [warning for load in loads for warning in load.warnings]

    def part_of(self, file: InboxFile) -> LoadedFiles | ReadAnswers:
        """Return what a loaded file was loaded with."""
        return self._parts[file]

    @cached_property
    def _parts(self) -> dict[InboxFile, LoadedFiles | ReadAnswers]:
        return {file: part for part in self.parts for file in part.files}


def take(
    files: Sequence[InboxFile],
    *,
    store: Path,
    inbox: Path,
    source: str | None = None,
    timezone: str | None = None,
    dry_run: bool = False,
) -> Taken:
    """Load files, without those that are wrong: exports, then who came, then answers.

    The exports are loaded together. Lists of who came follow, since they name people among the
    sign-ups of a shift. So it does not matter in which order files were put into the inbox.

    Raises
    ------
    OrganizingError
        No file is at fault: the store is held or full, or an option is wrong. Files before it may
        have been loaded; to load them again changes nothing.
    """
    taking = _Taking(store, inbox, source, timezone, is_dry=dry_run)
    links = {file: f"{file.name}: {LINK}" for file in files if file.is_link}
    taking.taken.refused |= links
    readable = [file for file in files if file not in links]
    is_told = source is None or source == AUTO
    groups = sort_files(readable, store=store, inbox=inbox) if is_told else SortedFiles(readable)
    taking.load(groups.exports)
    taking.load_lists(groups.lists)
    taking.read_answers(groups.answers)
    return taking.taken


@dataclass
class _Taking:
    """Files being loaded, kind by kind."""

    store: Path
    inbox: Path
    source: str | None
    timezone: str | None
    is_dry: bool
    taken: Taken = field(default_factory=Taken)

    def load(self, files: list[InboxFile], *, shift: str | None = None) -> None:
        """Load files together, without those that are wrong; with a shift, lists of who came."""

        def load(paths: list[Path], *, dry: bool) -> LoadResult:
            return load_files(
                paths, store=self.store, source=check_in.SOURCE if shift else self.source,
                shift=shift, timezone=self.timezone, dry_run=dry, mapping_folders=[self.inbox],
            )  # fmt: skip

        has_own_mappings = not shift and self.source in (None, AUTO)
        loaded, refused = _load_what_can_be(load, files, self.is_dry, has_own_mappings)
        advice = {file: advice_for(file.path) if has_own_mappings else "" for file in refused}
        self.taken.refused |= {file: f"{why}{advice[file]}" for file, why in refused.items()}
        self.taken.parts += [loaded] if loaded else []

    def load_lists(self, lists: list[InboxFile]) -> None:
        """Load lists of who came, each with the shift that its name says."""
        shifts, ids = find_shifts(lists, self.store)
        for file in lists:
            if file not in shifts:
                self.taken.refused[file] = self._alone(why_no_shift(file, ids))
        for shift in sorted(set(shifts.values())):
            self.load([file for file in lists if shifts.get(file) == shift], shift=shift)

    def read_answers(self, files: list[InboxFile]) -> None:
        """Read files of answers one by one."""
        for file in files:
            if read_current(self.store) is None:
                why = f"{file.name}: it answers the lines of a list, and there is no store yet."
                self.taken.refused[file] = self._alone(why)
                continue
            try:
                answers = read_answer_file(self.store, file.path, dry_run=self.is_dry)
            except OptionError as error:
                self.taken.refused[file] = str(error)
                continue
            self.taken.parts.append(ReadAnswers([file], answers))

    def _alone(self, why: str) -> str:
        """Return why a file is refused; in a dry run, also that no file beside it is loaded."""
        return f"{why} A dry run loads none of the files beside it." if self.is_dry else why


def _load_what_can_be(
    load: Load, files: list[InboxFile], is_dry: bool, has_own_mappings: bool
) -> tuple[LoadedFiles | None, dict[InboxFile, str]]:
    """Load files together; return those that could be, and why the others could not."""
    refused: dict[InboxFile, str] = {}
    while files:
        try:
            return LoadedFiles(files, load([file.path for file in files], dry=is_dry)), refused
        except FileError as error:
            wrong = _at_fault(error, files) or _wrong_alone(load, files)
            if not wrong:
                raise
        except MappingError:
            # A file's own mapping can be wrong; that of `source` is everybody's.
            wrong = _wrong_alone(load, files) if has_own_mappings else {}
            if not wrong:
                raise
        except OrganizingError:
            raise
        except Exception:
            # Whatever a file does to the reader, it stops no other; if no file does, it is a bug.
            wrong = _wrong_alone(load, files)
            if not wrong:
                raise
        refused |= wrong
        files = [file for file in files if file not in wrong]
    return None, refused


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
