"""How Alembic runs here: on the connection that `examdesk.store.migrate` opened, one transaction per migration."""

from alembic import context

from examdesk.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    transaction_per_migration=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
