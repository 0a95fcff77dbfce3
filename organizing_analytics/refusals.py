"""What the operating system or the database engine refused, in words that say what to do."""

from __future__ import annotations

import errno
import os

_MEMORY = "Memory did not suffice: close other programs, or load fewer or smaller files at a time."
_REASONS: dict[int, str] = {
    errno.ENOSPC: "The disk is full: make room on it.",
    errno.EFBIG: "The disk takes no file of this size.",
    errno.ENOMEM: _MEMORY,
    errno.EROFS: "It is on a read-only file system: use a folder that can be written to.",
    errno.EACCES: "You may not write here: ask its owner, or use a folder of your own.",
    errno.EPERM: "The system does not allow it here: use a folder of your own on a local disk.",
    errno.EIO: "The disk or network drive reports a fault: check it before you go on.",
    errno.ENODEV: "The disk or network drive is gone: connect it again.",
    errno.EMFILE: "Too many files are open: close other programs.",
    errno.ENFILE: "Too many files are open: close other programs.",
}
# Names that not every system has.
_REASONS |= {
    getattr(errno, name): reason
    for name, reason in {
        "EDQUOT": "Your share of the disk (quota) is used up: make room on it.",
        "ESTALE": "The network drive was changed or is gone: connect it again.",
        "EHOSTDOWN": "The network drive does not answer: connect it again.",
        "ETIMEDOUT": "The network drive does not answer: connect it again.",
    }.items()
    if hasattr(errno, name)
}
#: What a file system answers that has no such operation.
NOT_SUPPORTED = frozenset(
    getattr(errno, name)
    for name in ("ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL", "ENOLCK", "ENOTTY")
    if hasattr(errno, name)
)


def refusal(error: BaseException) -> str:
    """Return why the system refused, as one or two sentences.

    Parameters
    ----------
    error : OSError or duckdb.Error
        What was raised.

    Examples
    --------
    >>> refusal(OSError(errno.ENOSPC, "No space left on device"))
    'The disk is full: make room on it. (No space left on device)'
    """
    detail = str(error)
    if isinstance(error, OSError) and error.errno:
        where = f": {error.filename}" if error.filename else ""
        detail = f"{os.strerror(error.errno)}{where}"
    reason = _reason(error)
    return f"{reason} ({detail})" if reason else f"{detail.rstrip('.')}."


def _reason(error: BaseException) -> str | None:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException":
        return _MEMORY
    if isinstance(error, OSError):
        return _REASONS.get(error.errno or 0)
    # DuckDB hands on the system's own words and not its number.
    text = str(error)
    return next((reason for code, reason in _REASONS.items() if os.strerror(code) in text), None)
