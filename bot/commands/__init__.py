"""What people can ask of the bot: a table of commands, a router, and one module a subject."""
