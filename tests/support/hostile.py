"""Texts that attack what shows or sends them, by where they would do harm. Tests share them."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

#: In a mail header: each would begin a header, or the body, of the attacker's choice.
ENCODED_WORDS = (
    "=?utf-8?q?A=0D=0AReply-To:_e@x.co=0D=0A=0D=0AHi?=",
    "=?utf-8?b?QQ0KQmNjOiBlQHguY28NCg0KSGk=?=",
    "North =?utf-8?q?=0ABcc:_e@x.co?= =?iso-8859-1?q?=0D=0A=0D=0Ax?=",
    # Decoded once, it is an encoded word again.
    "=?utf-8?q?=3D=3Futf-8=3Fq=3FA=3D0D=3D0AReply-To=3A=5Fe=40x=2Eco=3F=3D?=",
    "=?utf-8?q?=0D?==?utf-8?q?=0AReply-To:_e@x.co?=",
    "==??utf-8?q?A=0D=0AReply-To:_e@x.co?=",
    "=?utf-8?q?" + "A=0D=0AReply-To:_e@x.co_" * 20 + "?=",
    "=?unknown?q?=0D=0AReply-To:_e@x.co?=",
    "=?utf-8?b?####?=",
    "=?utf-8?q?\ud800=0D=0A?=",
)

#: In a spreadsheet: each would run as a formula, be it cut at another separator.
FORMULAS = (
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "+1 234",
    "+1-555-123-4567",
    "-1e5",
    "- 4",
    "+44 (0)20 7946 0958",
    "-0x1F",
    "+A1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\xa0=1+1",
    "\ufeff=1+1",
    "\u3000\uff1d1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(1)",
    "Ann;=1+1",
    "Ann; \t+1+1;x",
    "Ann\t=1+1",
    "Ann\n=cmd|' /C calc'!A0;x",
    "Ann\r\n@SUM(1)",
    "Ann;\uff1d1+1",
    "';=1",
    '";=1;"',
    'Ann;"=1;x',
    '=HYPERLINK("http://x.co";"Ann")',
)


def cells_that_run(text: str) -> list[str]:
    """Return what of a CSV file some spreadsheet would run, with any of the usual separators.

    A program set to another separator than the file's sees no quotes but those at a cell's start.
    It takes a line for one cell: nothing but a number alone may begin with a sign.
    """
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    inner = [piece for cell in cells for piece in re.split(r"[;\t\r\n]", cell)[1:]]
    for separator in ";\t":
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        cells += [cell for row in rows for cell in row]
    blanks = " \t\r\n\v\f\xa0\u200b\u2060\ufeff\u3000"
    bare = [cell.lstrip(blanks) for cell in cells] + [cell.lstrip(f'{blanks}"') for cell in inner]
    return [
        cell
        for cell in bare
        if re.match(r"[=+\-@\uff1d\uff0b\uff0d\uff20](?!\d+([.,]\d+)?$)", cell)
    ]


#: On a terminal: colors, the window's title, a cleared screen, what turns a line around.
TERMINAL = (
    "Ann\x1b[31m",
    "Bo\x1b]0;owned\x07",
    "Cy\x1b[2J\x1b[1;1H",
    "Di\x9b31m",
    "Ed\r\x1b[1A\x1b[K",
    "Fay\u202etxt.exe",
    "Gus\u2066\u2028x",
    "Hal\x08\x08\x7f\x00"[:-1],
)


def obeyed(text: str) -> list[str]:
    """Return the characters of a text that a terminal would obey; line feeds are ours."""
    kinds = ("Cc", "Zl", "Zp")
    turns = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
    return [c for c in text if (unicodedata.category(c) in kinds and c != "\n") or c in turns]
