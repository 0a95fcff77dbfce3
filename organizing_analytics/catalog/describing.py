"""A declaration as text: for `--explain`, for the Python docstring, for the docs."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from organizing_analytics.catalog.shared import SHRUNK, shared_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from organizing_analytics.catalog.declaration import Column, Measure, Option

WIDTH = 100


def explanation(measure: Measure) -> str:
    """Return what every number of a measure means, as `--explain` prints it."""
    parts = [
        measure.question,
        _paragraph(measure.definition),
        _section("Columns", _columns(measure)),
    ]
    if measure.groups:
        always = f" ({', '.join(measure.always)} always)" if measure.always else ""
        groups = [(group.name, group.meaning) for group in measure.groups]
        parts.append(_section(f"Groups{always}", groups))
    if measure.options:
        options = [(option.flag, option.meaning.removesuffix(".")) for option in measure.options]
        parts.append(_section("Options of its own", options))
    return "\n\n".join(parts)


def meaning_of(column: Column) -> str:
    """Return a column's meaning with the formula of a rate.

    Examples
    --------
    >>> from organizing_analytics.catalog.show_up import SHOW_UP
    >>> meaning_of(SHOW_UP.column("rate"))
    'attended / (attended + no_show): of those still on the list, the share who came'
    """
    return f"{column.formula}: {column.meaning}" if column.formula else column.meaning


def docstring(measure: Measure, summary: str) -> str:
    """Return the docstring of the public function, in numpydoc's form.

    Parameters
    ----------
    measure : Measure
    summary : str
        Its first line: what the function returns.
    """
    lines = [summary, "", _paragraph(measure.definition), "", "Parameters", "----------"]
    lines += ["store : Data", "    An open store."]
    for option in measure.options:
        lines += _parameter(option)
    for option in shared_options(measure):
        lines += _parameter(option)
        if option.name == "by":
            names = ", ".join(group.name for group in measure.groups)
            lines.append(f"    Any of {names}.")
    lines += ["", "Returns", "-------", "DataFrame"]
    lines += [f"    {line}" for line in _section("", _columns(measure)).splitlines()]
    lines += ["", "Raises", "------", "OptionError", "    An option's value is not allowed."]
    return "\n".join(lines)


def as_markdown(measure: Measure) -> str:
    """Return a measure's section of docs/measures.md."""
    lines = [f"## `oa {measure.name}`: {_lower(measure.question)}", "", *_texts(measure)]
    lines += ["", "```python", _call(measure), "```"]
    lines += ["", "| column | kind | meaning |", "|---|---|---|"]
    lines += [f"| `{c.name}` | {c.kind.value} | {meaning_of(c)} |" for c in _all_columns(measure)]
    if measure.groups:
        lines += ["", "| group column | meaning |", "|---|---|"]
        for group in measure.groups:
            always = " (always)" if group.name in measure.always else ""
            lines.append(f"| `{group.name}`{always} | {group.meaning} |")
    if measure.options:
        lines += ["", "| option | default | meaning |", "|---|---|---|"]
        lines += [f"| `{o.flag}` | {_default(o)} | {o.meaning} |" for o in measure.options]
    lines += ["", *(f"    oa {measure.name} {example}".rstrip() for example in measure.examples)]
    return "\n".join(lines) + "\n"


def readme_row(measure: Measure) -> str:
    """Return a measure's row of the README's table."""
    return f"| `oa {measure.name}` | {_lower(measure.question).removesuffix('?')} |"


def _call(measure: Measure) -> str:
    options = (*measure.options, *shared_options(measure))
    keywords = [f"{o.name}={() if o.name == 'by' else o.default!r}" for o in options]
    call = f"oa.{measure.function}(store, *, {', '.join(keywords)})"
    return fill(call, WIDTH, subsequent_indent="    ", break_on_hyphens=False)


def _texts(measure: Measure) -> list[str]:
    return [_paragraph(measure.definition)]


def _lower(question: str) -> str:
    return question[0].lower() + question[1:]


def _default(option: Option) -> str:
    if option.type is bool:
        return "off"
    return f"`{option.default}`"


def _all_columns(measure: Measure) -> tuple[Column, ...]:
    return (*measure.columns, *(SHRUNK if measure.can_shrink else ()))


def _columns(measure: Measure) -> list[tuple[str, str]]:
    return [(column.name, meaning_of(column)) for column in _all_columns(measure)]


def _parameter(option: Option) -> list[str]:
    kind = option.annotation or option.type.__name__
    default = "" if option.default is None else f", default {option.default!r}"
    # The command line's switch turns a default of True off; Python's False does the same.
    meaning = f"False: {_lower(option.meaning)}" if option.switch else option.meaning
    return [f"{option.name} : {kind}{default}", f"    {meaning}"]


def _paragraph(text: str) -> str:
    return fill(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def _section(title: str, entries: Iterable[tuple[str, str]]) -> str:
    entries = list(entries)
    width = max(len(name) for name, _ in entries) + 2
    lines = [
        fill(
            meaning,
            WIDTH - 4,
            initial_indent=f"{name:<{width}}",
            subsequent_indent=" " * width,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for name, meaning in entries
    ]
    body = "\n".join(lines)
    if not title:
        return body
    return f"{title}\n" + "\n".join(f"  {line}" for line in body.splitlines())
