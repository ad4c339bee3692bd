"""`postwatch demo`: two days of September 2022, played through the real program.

The sandbox stands in for Telegram; everything else is as it will be: Telethon on both
accounts, the archive a real file, the sending limits enforced. ``stage`` sets it up, ``story``
plays the posts of seeds/demo.toml, ``screen`` shows what happens, ``tally`` counts at the end
what was posted, saved and delivered, ``chat`` lets one type to the bot.
"""

from bot.demo.play import play

__all__ = ["play"]
