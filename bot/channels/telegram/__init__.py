"""Telegram: the Bot API, by python-telegram-bot over aiohttp."""
