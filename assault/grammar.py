"""Random statements from DuckDB's own grammar.

DuckDB's parser reads its grammar (a parsing expression grammar) from a text inside its library.
That text is taken from the installed library, so the statements always fit the version in use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import _duckdb

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

FIRST_RULE = b"Program <- TopLevelStatement"
TOKEN = re.compile(
    r"(?P<literal>'(?:\\.|[^'\\])*'i?)|(?P<set>\[(?:\\.|[^\]\\])*\]i?)|(?P<arrow><-)"
    r"|(?P<name>%?[A-Za-z_]\w*)|(?P<sign>[()/?*+!&,<>])|(?P<skip>\s+|\#[^\n]*)"
)
#: Beyond this depth the shortest alternative is taken, so that every statement ends.
MAX_DEPTH = 22
INFINITE = 10**6


@dataclass(frozen=True)
class Node:
    """A part of a rule.

    Attributes
    ----------
    kind : str
        `literal`, `set`, `rule`, `sequence`, `choice`, `repeat` or `nothing`.
    text : str
        The literal, the set of characters, or the name of the rule.
    parts : tuple of Node
        What it is made of.
    least, most : int
        How often a `repeat` may stand.
    """

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = ()
    least: int = 1
    most: int = 1


@dataclass
class _Reader:
    """Reads the rules from the tokens of the grammar."""

    tokens: list[tuple[str, str]]
    at: int = 0
    rules: dict[str, Node] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        # A name before a bracket is a rule with a parameter only where one was declared.
        heads = [self._head(at) for at in range(len(self.tokens))]
        self.parameters = {name: parameter for name, parameter, _ in heads if parameter}
        while self.at < len(self.tokens):
            name, _, length = self._head(self.at)
            if not length:
                raise ValueError(f"no rule begins at {self.tokens[self.at : self.at + 5]}")
            self.at += length
            self.rules[name] = self._choice()

    def _head(self, at: int) -> tuple[str, str, int]:
        """Return the name and parameter of the rule that begins here, and its tokens."""
        ahead = self.tokens[at : at + 5]
        kinds, texts = [kind for kind, _ in ahead], [text for _, text in ahead]
        if kinds[:2] == ["name", "arrow"]:
            return texts[0], "", 2
        if kinds == ["name", "sign", "name", "sign", "arrow"] and texts[1] == "(":
            return texts[0], texts[2], 5
        return "", "", 0

    def _sign(self) -> str:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return text if kind == "sign" else ""

    def _choice(self) -> Node:
        parts = [self._sequence()]
        while self._sign() == "/":
            self.at += 1
            parts.append(self._sequence())
        return parts[0] if len(parts) == 1 else Node("choice", parts=tuple(parts))

    def _sequence(self) -> Node:
        parts = []
        while self.at < len(self.tokens) and self._sign() not in ("/", ")", ","):
            if self._head(self.at)[2]:
                break
            parts.append(self._repeated())
        return Node("sequence", parts=tuple(parts))

    def _repeated(self) -> Node:
        node = self._single()
        bounds = {"?": (0, 1), "*": (0, 2), "+": (1, 3)}
        while self._sign() in bounds:
            least, most = bounds[self._sign()]
            self.at += 1
            node = Node("repeat", parts=(node,), least=least, most=most)
        return node

    def _single(self) -> Node:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind in ("literal", "set"):
            inner = text.removesuffix("i")[1:-1]
            return Node(kind, re.sub(r"\\(.)", r"\1", inner) if kind == "literal" else inner)
        if text in self.parameters and self._sign() == "(":
            self.at += 1
            inside = self._choice()
            self.at += 1
            return Node("rule", text, (inside,))
        if kind == "name":
            return Node("rule", text)
        if text == "(":
            inside = self._choice()
            self.at += 1
            return inside
        if text in "!&":  # looks ahead; what follows need not be written
            self._single()
            return Node("nothing")
        return Node("nothing")  # < and > only mark a token


@cache
def grammar_text() -> str:
    """Return DuckDB's grammar.

    Raises
    ------
    ValueError
        This build of DuckDB does not hold it.
    """
    library = Path(_duckdb.__file__).read_bytes()
    place = library.find(FIRST_RULE)
    if place < 0:
        raise ValueError("the installed DuckDB does not hold the text of its grammar")
    return library[place : library.find(b"\0", place)].decode()


class Grammar:
    """The rules, and a way to make random text from them.

    Parameters
    ----------
    terminals : dict
        Name of a rule → a function that takes a `random.Random` and returns text for it.
    """

    def __init__(self, terminals: dict[str, Callable[[random.Random], str]]) -> None:
        tokens = [
            (str(match.lastgroup), match.group())
            for match in TOKEN.finditer(grammar_text())
            if match.lastgroup != "skip"
        ]
        reader = _Reader(tokens)
        reader.read()
        self.rules, self.parameters = reader.rules, reader.parameters
        self.terminals = terminals
        self.depths = self._depths()

    def _depths(self) -> dict[str, int]:
        """Return how deep each rule is at least."""
        depths = dict.fromkeys(self.rules, INFINITE)
        depths |= dict.fromkeys(self.terminals, 0)
        changed = True
        while changed:
            changed = False
            for name, node in self.rules.items():
                depth = 0 if name in self.terminals else 1 + self._depth(node, depths)
                if depth < depths[name]:
                    depths[name], changed = depth, True
        return depths

    def _depth(self, node: Node, depths: dict[str, int]) -> int:
        if node.kind == "rule":
            own = depths.get(node.text, 0)
            return max([own, *(self._depth(part, depths) for part in node.parts)])
        if node.kind == "repeat" and not node.least:
            return 0
        inside = [self._depth(part, depths) for part in node.parts]
        return (min if node.kind == "choice" else max)(inside, default=0)

    def text(self, dice: random.Random, rule: str = "Statement") -> str:
        """Return a random text of a rule, its tokens separated by blanks."""
        words: list[str] = []
        self._write(Node("rule", rule), dice, words, 0, {})
        return " ".join(words)

    def _write(
        self, node: Node, dice: random.Random, out: list[str], depth: int, bound: dict[str, Node]
    ) -> None:
        if node.kind == "literal":
            out.append(node.text)
        elif node.kind == "set":
            out.append(_character(node.text, dice))
        elif node.kind == "rule":
            self._write_rule(node, dice, out, depth, bound)
        elif node.kind == "choice":
            self._write(self._pick(node, dice, depth), dice, out, depth + 1, bound)
        elif node.kind == "repeat":
            # A deep statement ends soon.
            most = node.least if depth > MAX_DEPTH else node.most
            for _ in range(_times(node.least, most, dice)):
                self._write(node.parts[0], dice, out, depth + 1, bound)
        else:
            for part in node.parts:
                self._write(part, dice, out, depth, bound)

    def _write_rule(
        self, node: Node, dice: random.Random, out: list[str], depth: int, bound: dict[str, Node]
    ) -> None:
        if node.text in self.terminals:
            out.append(self.terminals[node.text](dice))
        elif node.text in bound:
            self._write(bound[node.text], dice, out, depth + 1, {})
        elif node.text in self.rules:
            inner = {}
            if node.parts:
                inner[self.parameters[node.text]] = _resolved(node.parts[0], bound)
            self._write(self.rules[node.text], dice, out, depth + 1, inner)

    def _pick(self, node: Node, dice: random.Random, depth: int) -> Node:
        if depth <= MAX_DEPTH:
            return dice.choice(node.parts)
        least = min(self._depth(part, self.depths) for part in node.parts)
        return dice.choice([p for p in node.parts if self._depth(p, self.depths) == least])


def _resolved(node: Node, bound: dict[str, Node]) -> Node:
    """Return a part with the parameters of the rule around it filled in."""
    if node.kind == "rule" and node.text in bound:
        return bound[node.text]
    parts = tuple(_resolved(part, bound) for part in node.parts)
    return Node(node.kind, node.text, parts, node.least, node.most)


def _times(least: int, most: int, dice: random.Random) -> int:
    times = least
    while times < most and dice.random() < 0.3:
        times += 1
    return times


def _character(characters: str, dice: random.Random) -> str:
    return dice.choice([c for c in characters if c.isprintable() and c not in "^\\"] or ["a"])
