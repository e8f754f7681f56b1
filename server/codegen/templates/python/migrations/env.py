"""How Alembic reaches the database: over `DATABASE_URL`, as the service does."""

import os

import psycopg
from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

# The service's own bookkeeping lives in a schema of its own, so that it can't collide with the blueprint's names.
SCHEMA = "runtime"


def migrate() -> None:
    """Applies what is missing, all of it or nothing; a second copy of the service waits."""
    url = context.config.attributes.get("database_url") or os.environ["DATABASE_URL"]
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('migrations', 0))"))
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        context.configure(
            connection=connection,
            version_table="migration",
            version_table_schema=SCHEMA,
            transactional_ddl=False,
        )
        context.run_migrations()
    engine.dispose()


migrate()
