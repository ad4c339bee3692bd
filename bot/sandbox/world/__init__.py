"""What is true on the server: accounts, places, messages, files. No sockets, no asyncio.

`world.World` holds the state; `sending` changes it and tells whoever may see the change;
`viewing` shows it as one account sees it.
"""
