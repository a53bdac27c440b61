"""WhatsApp: the Business Platform's Cloud API, by pywa over aiohttp."""
