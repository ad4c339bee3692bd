"""Everything that knows Telethon (with the sandbox): two accounts, what they hear, what they send.

Telethon's objects come in here and ``storage.records`` go out; its errors come in and
``bot.outcomes`` go out. What must be kept is handed to functions the root provides.
"""
