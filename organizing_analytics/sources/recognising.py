"""Which source a file is of, told by its name and its header."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from organizing_analytics.errors import FileError, MappingError, OptionError, SourceError, unknown
from organizing_analytics.sources import check_in, templates
from organizing_analytics.sources.mapping import Mapping, read_mapping
from organizing_analytics.sources.numbered import header_of_items, numbered_columns
from organizing_analytics.sources.registry import AUTO, shipped_mappings, sources

if TYPE_CHECKING:
    from organizing_analytics.settings import Settings
    from organizing_analytics.sources.feeds import Reading
    from organizing_analytics.sources.shapes import Shape
    from organizing_analytics.sources.source import Source


#: A file that lacks one of more columns than this is said to look like one of a tool.
MIN_MARKS = 2


@cache
def told_mappings() -> tuple[Mapping, ...]:
    """Return the mapping files of the package that tell their files by their columns."""
    mappings = (read_mapping(path) for path in shipped_mappings().values())
    return tuple(mapping for mapping in mappings if mapping.told_by)


@dataclass(frozen=True)
class Recogniser:
    """Tells what a file is: by itself, or as the user says.

    Attributes
    ----------
    source : str
        `auto`, `templates` or a tool.
    shapes : tuple of Shape
        The kinds of file to choose from.
    mapping : Mapping or None
        Where the user gave a mapping, that and nothing else.
    local : tuple of (Path, Mapping)
        Mapping files that lie beside the file or in the store's folder.
    """

    source: str
    shapes: tuple[Shape, ...] = ()
    mapping: Mapping | None = None
    local: tuple[tuple[Path, Mapping], ...] = ()

    def beside(self, path: Path, folders: tuple[Path, ...]) -> Recogniser:
        """Return what tells a file, with the mapping files beside it and in more folders.

        A mapping that is called like the file is the file's own, and goes before all else. Others
        read what nothing else knows, where they fit.

        Raises
        ------
        MappingError
            The file's own mapping is none.
        """
        if self.source != AUTO:
            return self
        own = own_mapping(path)
        if own.is_file():
            mapping = read_mapping(own)
            return Recogniser(str(own), mapping=mapping, local=((own, mapping),))
        tomls = [toml for folder in (path.parent, *folders) for toml in _tomls(folder)]
        return replace(self, local=_mappings(tuple(dict.fromkeys(tomls))))

    @property
    def is_check_in(self) -> bool:
        """Tell whether the files are lists of who came."""
        return self.source == check_in.SOURCE

    def fits(self, header: tuple[str, ...], /, *, table_name: str, row: int | None = None) -> bool:
        """Return whether a header is one that can be read; `row` is where it stands, 0 is first."""
        if self.mapping and not self.mapping.is_place(table_name, row):
            return False
        try:
            list_key = self.numbered_list(header)
            header = header_of_items(header, list_key) if list_key else header
            shape = self.shape_of(header, file="", table_name=table_name)
            self.read(shape, header, file="", table_name=table_name)
        except FileError:
            return False
        return True

    def numbered_list(self, header: tuple[str, ...]) -> str | None:
        """Return the list that a table of a tool spreads over numbered columns, None if none."""
        keys = {shape.list_key for shape in self.shapes if shape.list_key}
        return next((key for key in sorted(keys) if numbered_columns(header, key)), None)

    def check_place(self, row: int, header: tuple[str, ...], *, file: str) -> None:
        """Refuse a header that is not in the row that the mapping says; 1 is the first.

        Raises
        ------
        FileError
            The mapping's row does not name the columns that it needs.
        """
        header_row = self.mapping.layout.header_row if self.mapping else None
        if header_row is not None and row != header_row:
            raise FileError(
                f"{file}: the mapping says header_row = {header_row}, and that row does not name "
                f"the columns that it needs. Row {row} has: {', '.join(header[:40])}.",
                row=row,
            )

    def shape_of(self, header: tuple[str, ...], *, file: str, table_name: str) -> Shape | None:
        """Return the tool's kind of file that this is; None when it is a template or mapped.

        Raises
        ------
        FileError
            The user said which tool it is of, and it is none of that tool's files.
        """
        if self.mapping or self.source == templates.SOURCE:
            return None
        if self.source == AUTO and templates.is_template(header, table_name):
            return None
        fitting = [shape for shape in self.shapes if shape.fits(header)]
        if fitting:
            return max(fitting, key=lambda shape: len(shape.marks))
        if self.source == AUTO:
            return None
        kinds = "; ".join(f"{shape.what} by {shape.told_by}" for shape in self.shapes)
        raise FileError(
            f"{file}: this is no file of {self.source} that is known. Files are told by their "
            f"columns: {kinds}. Its columns are: {', '.join(header[:40])}."
        )

    def read(
        self, shape: Shape | None, header: tuple[str, ...], *, file: str, table_name: str
    ) -> Reading:
        """Return what the rows of a file feed.

        Raises
        ------
        FileError
            Nothing fits, or a required column is missing.
        """
        if shape:
            reading = shape.read(header)
            if not reading.mains:
                raise FileError(
                    f"{file}: looks like {shape.what}, but lacks the columns that make a row of "
                    f"{' or '.join(shape.mains)}. Its columns are: {', '.join(header[:40])}."
                )
            return reading
        if self.mapping:
            reading = self.mapping.read(header, file=file)
            if self.local:  # found, not given
                return replace(reading, what=f"a file for {self.source}", mapping=self.source)
            return reading
        try:
            return templates.read_template(header, file=file, table_name=table_name)
        except FileError as error:
            if self.source != AUTO:
                raise
            local = self._read_local(header, file=file)
            return local or self._read_mapped(header, file=file, error=error)

    def _read_local(self, header: tuple[str, ...], *, file: str) -> Reading | None:
        """Return what the mapping beside the file that fits its header best makes of it.

        Raises
        ------
        FileError
            Two mappings fit it alike.
        """
        fitting: list[tuple[int, Path, Reading]] = []
        for path, mapping in self.local:
            try:
                reading = mapping.read(header, file=file)
            except FileError:
                continue
            fitting.append((len(reading.left_out), path, reading))
        if not fitting:
            return None
        fewest = min(left for left, _, _ in fitting)
        best = [(path, reading) for left, path, reading in fitting if left == fewest]
        if len(best) > 1:
            names = " and ".join(str(path) for path, _ in best)
            raise FileError(f"{file}: {names} fit it alike. Say which: --source {best[0][0]}")
        path, reading = best[0]
        return replace(reading, what=f"a file for {path}", mapping=str(path))

    def _read_mapped(self, header: tuple[str, ...], *, file: str, error: FileError) -> Reading:
        """Return what a mapping file of the package makes of a file that nothing else knows."""
        telling = [mapping for mapping in told_mappings() if mapping.tells(header)]
        if not telling:
            near = self._nearly(header)
            raise error.with_more(near) if near else error
        mapping = max(telling, key=lambda mapping: len(mapping.told_by))
        source = mapping.reading.source
        try:
            reading = mapping.read(header, file=file)
        except FileError as lacking:
            raise lacking.with_more(
                f" The file looks like one for --source {source}; its page in the docs says which "
                "columns to add. Where it only says who came, load it with --source check_in "
                "--shift ID."
            ) from error
        return replace(reading, what=f"a file for --source {source}")

    def _nearly(self, header: tuple[str, ...]) -> str:
        """Return what a file lacks to be of a tool, where that is one column; else nothing."""
        for shape in self.shapes:
            missing = shape.missing(header)
            if len(missing) == 1 and len(shape.marks) > MIN_MARKS:
                names = " or ".join(missing[0].split("|"))
                return f" It looks like {shape.what}, but has no column {names}."
        return ""


def own_mapping(path: Path) -> Path:
    """Return where a file's own mapping lies, if it has one: beside it, and called like it."""
    return path.with_name(f"{path.name.split('.')[0]}.toml")


#: More mapping files than this in one folder are not looked through.
MAX_LOCAL = 200


def _tomls(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.toml"))[:MAX_LOCAL]
    except OSError:
        return []


@cache
def _mappings_of(paths: tuple[tuple[Path, int], ...]) -> tuple[tuple[Path, Mapping], ...]:
    mappings: list[tuple[Path, Mapping]] = []
    for path, _ in paths:
        try:
            mappings.append((path, read_mapping(path)))
        except MappingError:
            continue  # other tools have files of this kind, too
    return tuple(mappings)


def _mappings(paths: tuple[Path, ...]) -> tuple[tuple[Path, Mapping], ...]:
    return _mappings_of(tuple((path, path.stat().st_mtime_ns) for path in paths))


def recogniser(source: str | None, settings: Settings) -> Recogniser:
    """Return what tells files apart, for what the user gave as `--source`.

    Raises
    ------
    OptionError, MappingError, SourceError
        There is no such source, the mapping file is not one, or a source of another package
        cannot be used.
    """
    tools = sources()
    if source is None or source == AUTO:
        recognized = (tool for tool in tools.values() if tool.is_told)
        return Recogniser(AUTO, tuple(s for tool in recognized for s in _shapes(tool, settings)))
    if source.endswith(".toml"):
        return Recogniser(source, mapping=read_mapping(Path(source)))
    name = source.replace("-", "_")
    if name == templates.SOURCE:
        return Recogniser(templates.SOURCE)
    if name in tools:
        return Recogniser(name, _shapes(tools[name], settings))
    shipped = shipped_mappings()
    if name in shipped:
        return Recogniser(name, mapping=read_mapping(shipped[name]))
    names = [AUTO, templates.SOURCE, *tools, *shipped]
    raise OptionError(f"{unknown('source', source, names)} Or give a mapping file (.toml).")


def _shapes(tool: Source, settings: Settings) -> tuple[Shape, ...]:
    shapes = tool.shapes(settings)
    wrong = next((shape.source for shape in shapes if shape.source != tool.name), None)
    if wrong is not None:
        raise SourceError(f'The source {tool.name} has a shape of "{wrong}": give it its name.')
    return shapes
