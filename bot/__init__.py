"""postwatch: a lookout for official Telegram channels."""
