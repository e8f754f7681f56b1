"""The migrations make the tables that the queries expect."""

from sqlalchemy import TableClause, text

from app.db import tables
from app.wiring import Service
from dev.database import migrate

COLUMNS = text(
    "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :name"
)


async def test_tables_have_the_columns_that_queries_name(service: Service) -> None:
    expected = [value for value in vars(tables).values() if isinstance(value, TableClause)]
    async with service.engine.connect() as connection:
        for table in expected:
            found = (await connection.execute(COLUMNS, {"name": table.name})).scalars().all()
            assert {column.name for column in table.columns} <= set(found)


def test_applying_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
