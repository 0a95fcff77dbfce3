"""Ibis expressions that are written down first, and built only where somebody needs them.

    from organizing_analytics.expressions import _, ibis

stand for Ibis's own `_` and `ibis`. What is done with them, and with the tables of a store, is
noted as a tree of operations with a digest. A statement that was compiled before can then be found
by the digest, without importing Ibis, building the expression or compiling it again. `real`
does the noted operations with Ibis.

The digest is of everything that was done: of every operation, name and value. Where a value is of a
type whose text may not tell it apart (a frame, a function), the expression has no digest and is
always built.
"""

# `real` builds recorded expressions, whose insides nobody else needs to see.
# ruff: noqa: SLF001

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from hashlib import blake2b
from types import FunctionType
from typing import Any

#: Attributes that are answers about an expression, no expressions: they need the real one.
_ANSWERS = frozenset(
    {
        "as_table", "bind", "compile", "execute", "get_name", "has_name", "op", "schema",
        "to_pandas", "to_polars", "to_pyarrow", "type",
    }
)  # fmt: skip
_PLAIN = (str, int, float, bool, type(None))


class Recorded:
    """An expression, or Ibis itself, as the operations that make it.

    Attributes
    ----------
    digest : str or None
        Of all operations that make it; None where it cannot be told apart by one.
    source : object
        What answers for the tables that it is made of, like a store; None without tables.
    """

    __slots__ = ("_arguments", "_built", "_make", "_parts", "digest", "source")

    def __init__(
        self,
        make: Callable[..., Any],
        name: str,
        *arguments: Any,
        digest: str | None = None,
        source: Any = None,
    ) -> None:
        self._make, self._arguments = make, arguments
        self._built: list[Any] = []
        self._parts = list(_recorded_in(arguments))
        self.source = source
        for part in self._parts:
            if part.source is not None:
                self.source = part.source
                break
        self.digest = digest if digest is not None else _digest(name, arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in _ANSWERS:
            return getattr(real(self), name)
        return Recorded(getattr, "attribute", self, name)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of a table's columns."""
        find = getattr(self.source, "columns_of", None)
        return tuple(real(self).columns) if find is None else find(self)

    def __call__(self, *arguments: Any, **named: Any) -> Recorded:
        """Note a call."""
        return Recorded(_call, "call", self, arguments, named)

    def __repr__(self) -> str:
        return f"<Recorded {self.digest}>"

    def __bool__(self) -> bool:
        raise TypeError("The truth of an expression is not known before the engine has run it.")

    def __reduce__(self) -> Any:
        raise TypeError("An expression belongs to the store that its tables are of.")

    # Without these Python would ask for one item after the other, without end.
    __iter__ = None
    __contains__ = None
    __hash__ = object.__hash__


def _operator(name: str) -> Callable[..., Recorded]:
    def apply(self: Recorded, *others: Any) -> Recorded:
        return Recorded(_apply, name, name, self, others)

    apply.__name__ = name
    return apply


for _plain in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    setattr(Recorded, f"__{_plain}__", _operator(f"__{_plain}__"))
    setattr(Recorded, f"__r{_plain}__", _operator(f"__r{_plain}__"))
for _plain in ("eq", "ne", "lt", "le", "gt", "ge", "neg", "invert", "getitem"):
    setattr(Recorded, f"__{_plain}__", _operator(f"__{_plain}__"))
Recorded.__hash__ = object.__hash__  # type: ignore[assignment]


def recorded(make: Callable[[], Any], *, digest: str | None = None, source: Any = None) -> Any:
    """Return an expression that `make` builds, as a leaf of recorded ones.

    Parameters
    ----------
    make : callable
        Builds the real expression, when it is needed.
    digest : str, optional
        What tells it apart from all others that `source` may be asked.
    source : object, optional
        What answers for it: `columns_of(recorded)`.
    """
    name = None if digest is None else _hash("leaf", digest)
    return Recorded(make, "leaf", digest=name, source=source)


def real(expression: Any) -> Any:
    """Return the Ibis expression of a recorded one; anything else as it is.

    The parts are built first, each once, however often it is used.
    """
    if not isinstance(expression, Recorded):
        return expression
    waiting = [expression]
    while waiting:
        part = waiting[-1]
        unbuilt = [] if part._built else [p for p in part._parts if not p._built]
        if unbuilt:
            waiting.extend(unbuilt)
            continue
        waiting.pop()
        if not part._built:
            part._built.append(part._make(*map(_real_parts, part._arguments)))
    return expression._built[0]


def _call(function: Any, arguments: Any, named: Any) -> Any:
    return function(*arguments, **named)


def _apply(name: str, first: Any, others: Any) -> Any:
    # By Python's own operators, which try both sides.
    word = name.strip("_")
    if word[0] == "r":
        return getattr(operator, f"__{word[1:]}__")(*others, first)
    return getattr(operator, name)(first, *others)


def _real_parts(value: Any) -> Any:
    """Return a value with its recorded parts built."""
    if isinstance(value, Recorded):
        return value._built[0]
    if isinstance(value, dict):
        return {_real_parts(key): _real_parts(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(_real_parts, value))
    if isinstance(value, FunctionType):  # Ibis calls it, and wants a real one back
        return lambda *arguments: real(value(*arguments))
    return value


def _recorded_in(value: Any) -> Iterator[Recorded]:
    if isinstance(value, Recorded):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _recorded_in(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _recorded_in(part)


class _NoDigestError(Exception):
    """A value whose text may not tell it apart."""


def _digest(name: str, arguments: Any) -> str | None:
    try:
        return _hash(name, *map(_text, arguments))
    except _NoDigestError:
        return None


def _text(value: Any) -> str:
    if isinstance(value, Recorded):
        if value.digest is None:
            raise _NoDigestError
        return f"<{value.digest}>"
    if type(value) in _PLAIN:
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, date) and type(value).__module__ == "datetime":  # and datetime
        return repr(value)
    if type(value) in (list, tuple):
        return f"{type(value).__name__}[{', '.join(map(_text, value))}]"
    if type(value) is dict:
        return f"{{{', '.join(f'{_text(key)}: {_text(part)}' for key, part in value.items())}}}"
    raise _NoDigestError


def _hash(*texts: str) -> str:
    return blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()


def _import_ibis() -> Any:
    import ibis  # noqa: PLC0415

    return ibis


def _import_deferred() -> Any:
    from ibis import _  # noqa: PLC0415

    return _


#: Ibis, and its placeholder for "the rows at hand".
ibis: Any = recorded(_import_ibis, digest="ibis")
_: Any = recorded(_import_deferred, digest="_")
