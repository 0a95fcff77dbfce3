"""What a campaign may set, kept in its store.

campaign.py   every setting, declared once; reading and changing them
declaring.py  what a declaration of a setting consists of
values.py     the kinds of values: what is allowed, and how text is read
"""

from organizing_analytics.settings.campaign import (
    SETTINGS,
    Settings,
    changed,
    described,
    settings_of,
)
from organizing_analytics.settings.declaring import DeclaredSetting
from organizing_analytics.settings.values import check_timezone, plain_word, written

__all__ = [
    "SETTINGS",
    "DeclaredSetting",
    "Settings",
    "changed",
    "check_timezone",
    "described",
    "plain_word",
    "settings_of",
    "written",
]
