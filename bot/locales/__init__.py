"""What people read, in their language.

English is the source text, in the code; the other languages are the .po files beside this one.
"""

from bot.locales.markup import (
    INLINE_UNITS,
    Html,
    anchor,
    bare,
    bold,
    clean,
    escape,
    fitting,
    inline,
    joined,
    quote,
    shortened,
    units,
)
from bot.locales.say import LANGUAGES, SOURCE, Say, deferred, speaker

__all__ = [
    "INLINE_UNITS",
    "LANGUAGES",
    "SOURCE",
    "Html",
    "Say",
    "anchor",
    "bare",
    "bold",
    "clean",
    "deferred",
    "escape",
    "fitting",
    "inline",
    "joined",
    "quote",
    "shortened",
    "speaker",
    "units",
]
