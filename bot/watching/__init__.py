"""What the watcher's services know and write down, kept in the archive.

``bot.telegram`` knows only the shapes (its ``watchlist`` and ``downloads``); these are what the
root gives it: the watchlist, the register of channel facts, the ledger of accounted ids, the
shelf of files.
"""
