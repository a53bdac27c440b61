"""Run by Alembic with what its caller hands over: a connection and, to compare tables with models, the metadata."""

from alembic import context
from sqlalchemy import text

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes.get("metadata"),
    transaction_per_migration=True,
)
with context.begin_transaction():
    connection.execute(text("SET lock_timeout = '5s'"))  # rather fail than hold up the traders
    context.run_migrations()
