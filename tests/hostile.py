"""Texts that attack what shows or sends them, by where they would do harm. Tests share them."""

from __future__ import annotations

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
