"""Alembic migrations, packaged: append-only, each one transaction, each with a fixture from before it."""
