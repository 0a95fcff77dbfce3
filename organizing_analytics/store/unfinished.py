"""An operation of several steps that a kill or a full disk may stop halfway.

What is to be done stands in `unfinished.json` before the first step and until after the last. The
next command that writes ends it before it does anything else.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

from organizing_analytics.errors import StoreError
from organizing_analytics.private_files import write_durably

if TYPE_CHECKING:
    from pathlib import Path

JOURNAL_FILE = "unfinished.json"

#: Operation → the module and function that ends it. By name, since they stand on the store.
_FINISHERS = {
    "forget": ("organizing_analytics.people.forgetting", "finish"),
    "empty": ("organizing_analytics.people.emptying", "finish"),
}


def note(folder: Path, operation: str, plan: dict[str, Any]) -> None:
    """Write down what is about to be done."""
    write_durably(folder / JOURNAL_FILE, json.dumps({"operation": operation, "plan": plan}))


def clear(folder: Path) -> None:
    """Note that it is done."""
    (folder / JOURNAL_FILE).unlink(missing_ok=True)


def finish(folder: Path) -> object:
    """End what was left halfway and return its result; None when there is nothing.

    Call it only while holding the store's lock.

    Raises
    ------
    StoreError
        The journal cannot be read.
    """
    path = folder / JOURNAL_FILE
    try:
        entry = json.loads(path.read_text(encoding="utf-8"))
        module, function = _FINISHERS[entry["operation"]]
        plan = entry["plan"]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"{path}: this file says what was left halfway, and cannot be read ({error}). If it "
            "is damaged, remove it and repeat what you did last."
        ) from error
    result: object = getattr(import_module(module), function)(folder, plan)
    clear(folder)
    return result
