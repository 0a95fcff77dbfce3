"""One field of `Settings` declares one setting: default, meaning, kind of value."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from organizing_analytics.settings.values import ValueKind


@dataclass(frozen=True)
class DeclaredSetting:
    """A declared setting.

    Attributes
    ----------
    name : str
        As `oa settings NAME=VALUE` takes it.
    default : object
        Its value until a campaign changes it.
    meaning : str
        What it decides, in plain words.
    kind : ValueKind
        What may be written, and how it is read.
    names_rungs : bool
        Whether its words are rungs of the campaign's ladder.
    """

    name: str
    default: object
    meaning: str
    kind: ValueKind
    names_rungs: bool


def setting(
    default: Any,  # the type of the field
    meaning: str,
    kind: ValueKind,
    *,
    names_rungs: bool = False,
) -> Any:
    """Declare a setting as a field of a frozen dataclass; parameters as in `DeclaredSetting`."""
    metadata = {"meaning": meaning, "kind": kind, "names_rungs": names_rungs}
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


def declared_settings(settings: type) -> dict[str, DeclaredSetting]:
    """Return the settings that a dataclass declares, by name, in its order."""
    return {
        declared.name: DeclaredSetting(
            declared.name,
            declared.default if declared.default_factory is MISSING else declared.default_factory(),
            **declared.metadata,
        )
        for declared in fields(settings)
    }
