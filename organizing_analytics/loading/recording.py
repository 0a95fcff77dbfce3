"""What a store notes about a load: the counts of each file, and rejected rows to be corrected."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from organizing_analytics.store.corrections import same_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from organizing_analytics.loading.rejects import RejectedFile
    from organizing_analytics.loading.result import LoadResult
    from organizing_analytics.store import Draft


def record_load(draft: Draft, result: LoadResult, rejected: Sequence[RejectedFile]) -> None:
    """Note a load in the draft that becomes the next snapshot; add its correction files."""
    draft.action, draft.summary = "load", result.summary
    for count in result.files:
        draft.connection.execute(
            f"INSERT INTO loads VALUES (?, timezone('UTC', now()){', ?' * 9})",
            [draft.number, *asdict(count).values()],
        )
    for rejected_file in rejected:
        if not rejected_file.rows:
            continue
        path = str(_correction_file(draft, rejected_file))
        result.corrections.append(path)
        if rejected_file.main.reading.mapping:
            result.mappings[path] = rejected_file.main.reading.mapping


def _correction_file(draft: Draft, rejected_file: RejectedFile) -> Path:
    """Return the file for the rejected rows; it is written unless one with the same text exists."""
    text = rejected_file.as_csv()
    path = same_file(draft.folder, rejected_file.stem, text)
    if path is None:
        name = rejected_file.file_name(draft.number, taken=draft.files)
        draft.files[name] = text
        path = draft.folder / name
    return path
