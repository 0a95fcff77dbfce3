"""Every tool that can be loaded: those of this package, and those that other packages add.

A package adds one with an entry point of the group `organizing_analytics.sources` that names a
`Source`. Nothing else has to be touched: loading, `--source`, `oa sources` and the trust between
sources follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.errors import SourceError
from organizing_analytics.sources import action_network, check_in, everyaction, mobilize
from organizing_analytics.sources.source import Source

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "organizing_analytics.sources"
#: Names with a meaning of their own, which no source may have.
AUTO, TEMPLATES = "auto", "templates"

#: The page of the mapping files that travel with the package.
MAPPED_PAGE = "sources/eventbrite_meetup_sheets"

#: The sources of this package: a new one is added here.
OURS: tuple[Source, ...] = (
    mobilize.MOBILIZE,
    everyaction.EVERYACTION,
    action_network.ACTION_NETWORK,
    check_in.CHECK_IN,
)


@cache
def sources() -> dict[str, Source]:
    """Return every source by its name.

    Raises
    ------
    SourceError
        A source of another package cannot be used; the sentence names the package.
    """
    by_name = {source.name: source for source in OURS}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        source = _load(entry)
        if source.name in {AUTO, TEMPLATES, *by_name, *shipped_mappings()}:
            raise SourceError(f'{_origin(entry)}: there is a source "{source.name}" already.')
        by_name[source.name] = source
    return by_name


def _load(entry: EntryPoint) -> Source:
    try:
        source = entry.load()
    except SourceError as error:
        raise SourceError(f"{_origin(entry)}: {error}") from error
    except Exception as error:
        raise SourceError(
            f"{_origin(entry)}: cannot be imported ({type(error).__name__}: {error}). Update that "
            "package, or uninstall it."
        ) from error
    if not isinstance(source, Source):
        raise SourceError(f"{_origin(entry)}: {entry.value} is not a Source.")
    return source


def _origin(entry: EntryPoint) -> str:
    package = f" of the package {entry.dist.name}" if entry.dist else ""
    return f"The source {entry.name}{package}"


def shipped_mappings() -> dict[str, Path]:
    """Return the mapping files that travel with the package, by name."""
    folder = Path(str(files("organizing_analytics.sources") / "mappings"))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


@dataclass(frozen=True)
class ListedSource:
    """One value that `--source` takes.

    Attributes
    ----------
    name : str
        The value.
    title : str
        Whose files it reads.
    is_told : bool
        Whether `auto` tells such files by their header.
    page : str
        Where its documentation is.
    """

    name: str
    title: str
    is_told: bool
    page: str

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON."""
        return {"source": self.name, "files": self.title, "auto": self.is_told, "docs": self.page}


def listed_sources() -> list[ListedSource]:
    """Return every value that `--source` takes but `auto` and the path of a mapping file."""
    own = ListedSource(TEMPLATES, "our templates", is_told=True, page="sources/templates")
    tools = [
        ListedSource(s.name, s.title, is_told=s.is_told, page=s.page) for s in sources().values()
    ]
    mapped = [
        ListedSource(name, f"{name} (a mapping file)", is_told=True, page=MAPPED_PAGE)
        for name in shipped_mappings()
    ]
    return [own, *tools, *mapped]
