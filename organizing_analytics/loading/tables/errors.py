"""What a spreadsheet writes where it has no value, and what is said of it."""

from __future__ import annotations

#: What a spreadsheet shows in place of a value that it cannot work out.
NO_RESULT = "#NO STORED RESULT"
ERRORS = (
    "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
    "#ERROR!", "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", NO_RESULT,
)  # fmt: skip
ERROR_REASON = (
    "this is a spreadsheet's error and no value. Correct the formula, or write the value itself, "
    "and load the row again."
)
NO_RESULT_REASON = (
    "the cell holds a formula whose result was not stored in the file. Open it in a spreadsheet "
    "program, save it there, and load it again."
)


def reason_of(value: str | None) -> str | None:
    """Return what is said of a cell that holds an error; None where it holds none."""
    if value not in ERRORS:
        return None
    return NO_RESULT_REASON if value == NO_RESULT else ERROR_REASON
