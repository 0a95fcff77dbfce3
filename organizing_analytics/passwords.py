"""A mail server's password: in a variable or in a private file, never in settings."""

from __future__ import annotations

import os
from pathlib import Path

from organizing_analytics.errors import DeliveryError


def read_password(variable: str | None, file: Path | None) -> str:
    """Return the password, from where the settings say that it is.

    Parameters
    ----------
    variable : str or None
        The name of the variable that holds it; where None, `file` holds it.
    file : Path or None
        A file with the password alone.

    Raises
    ------
    DeliveryError
        It is not there.
    """
    if variable is not None:
        password = os.environ.get(variable, "")
        if not password:
            raise DeliveryError(
                f"The variable {variable} should hold the mail server's password, and is empty or "
                "not set. A scheduler does not read your shell's settings: set it in the unit, or "
                "use password_file."
            )
        return password
    try:
        password = Path(file or "").read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise DeliveryError(
            f"{file}: the mail server's password should be in this file, which cannot be read "
            f"({type(error).__name__})."
        ) from error
    if not password:
        raise DeliveryError(f"{file}: this file should hold the password.")
    return password
