"""The service: channels, conversation, records and delivery."""
