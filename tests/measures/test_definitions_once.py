"""What a measure means stands in its declaration; the module that counts it does not say it again."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from organizing_analytics.catalog import MEASURES

MODULES = sorted({measure.module for measure in MEASURES})
#: So many words in a row are a sentence that was copied.
RUN = 7


def repeated(text: str, definitions: str) -> list[str]:
    """Return what a text defines once more: lines that begin with a column, runs of words."""
    columns = {column.name for measure in MEASURES for column in measure.columns}
    lines = re.findall(r"^ *([a-z_]+)  +\S", text, re.MULTILINE)
    words, known = (
        re.findall(r"\w+", text.lower()),
        " ".join(re.findall(r"\w+", definitions.lower())),
    )
    runs = [" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]
    return [line for line in lines if line in columns] + [run for run in runs if run in known]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_of_measures_repeats_no_definition(module):
    declared = [measure for measure in MEASURES if measure.module == module]
    definitions = " ".join(
        [measure.definition for measure in declared]
        + [column.meaning for measure in declared for column in measure.columns]
    )
    text = import_module(f"organizing_analytics.measures.{module}").__doc__
    assert repeated(text, definitions) == []


def test_a_repeated_definition_would_be_noticed():
    definition = "A person lapses the first time that more than L days pass after a visit."
    assert repeated(f"The curve. {definition}", definition)
    assert repeated("How it is counted:\n\n    attended    whatever the status says\n", "")
