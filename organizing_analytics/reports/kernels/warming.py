"""The libraries that the warm process imports and tries out, so that no kernel has to.

Which modules: what `sys.modules` of a kernel that has run the weekly report holds more than a new
Python. Opening a store or drawing a chart is left to the forks: an open DuckDB has threads, and
vl-convert, once it has drawn, draws in no fork.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MODULES = (
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "IPython.core.completerlib",
    "matplotlib_inline.config",
    "storemagic",
    "ibis.backends.duckdb",
    "ibis.backends.sql.compilers.duckdb",
    "ibis.backends.duckdb.converter",
    "ibis.formats.pandas",
    "ibis.formats.pyarrow",
    "pandas.io.formats.string",
    "pandas.io.formats.style",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "pyarrow_hotfix",
    "scipy.special",
    "scipy.stats",
    "tzdata",
    "vl_convert",
)


def warm_up() -> None:
    """Import the libraries of notebooks, and use once what is slow the first time."""
    with _without_debugger():
        import_module("ipykernel.debugger")
    import_all(MODULES)
    # Altair would hold every piece of a chart against its schema; our tests have done so.
    import_module("altair.utils.schemapi").disable_debug_mode()
    _remember_schemas()
    _try_ibis()


def import_all(names: Iterable[str]) -> None:
    """Import modules; one that another version of its package lacks is left to the kernels."""
    for name in names:
        with suppress(ImportError):
            import_module(name)


@contextmanager
def _without_debugger() -> Iterator[None]:
    # ipykernel imports debugpy, which nobody needs here, and then offers it. A notebook may
    # import it all the same.
    there = "debugpy" in sys.modules
    if not there:
        sys.modules["debugpy"] = None  # type: ignore[assignment]  # Python's way to say: not there
    try:
        yield
    finally:
        if not there:
            del sys.modules["debugpy"]


def _remember_schemas() -> None:
    """Let Altair know its own schemas by hash.

    It works out the hashes of all 600 anew for every column that a chart names by a string: in
    a report as much time as drawing. The schemas belong to classes, so each stays what it is.
    """
    schemapi: Any = import_module("altair.utils.schemapi")
    try:
        reader, classes = schemapi._FromDict, schemapi._subclasses(schemapi.SchemaBase)  # noqa: SLF001
        work_out = reader.hash_schema
        schemas = [schema for schema in (kind._schema for kind in classes) if schema is not None]  # noqa: SLF001
    except AttributeError:  # another version of Altair, which may know better
        return
    results = {id(schema): work_out(schema) for schema in schemas}

    def hash_schema(schema: Any, use_json: bool = True) -> int:  # Altair's
        result = results.get(id(schema))
        return result if result is not None else int(work_out(schema, use_json))

    reader.hash_schema = staticmethod(hash_schema)


def _try_ibis() -> None:
    import ibis  # noqa: PLC0415

    rows = ibis.table(
        {"team_id": "string", "on": "date", "at": "timestamp", "n": "int64"}, name="t"
    )
    late = rows.filter(rows.on >= "2024-01-01").mutate(week=rows.on.truncate("W"))
    both = late.left_join(rows.group_by("team_id").aggregate(m=rows.n.max()), "team_id")
    counted = both.group_by("week").aggregate(n=both.n.count(where=both.m > 0))
    ibis.to_sql(counted.filter(counted.n > 0).order_by("week"), dialect="duckdb")
