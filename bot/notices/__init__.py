"""What the staff is told of leads, outside the panel: at once by the bot, or collected by e-mail."""
