"""How Alembic reaches the database: through the connection that `store.migrate` hands it, in its transaction."""

from alembic import context
from sqlmodel import SQLModel

from store import tables as _tables  # noqa: F401  (registers every table)

_connection = context.config.attributes["connection"]
context.configure(
    connection=_connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=_connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
