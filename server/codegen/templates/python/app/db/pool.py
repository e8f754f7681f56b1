"""The connection pool."""

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.settings import Settings


def create_engine(settings: Settings) -> AsyncEngine:
    """An engine over asyncpg, which reads `DATABASE_URL` as libpq does (sslmode, socket folders, …)."""
    url = settings.database_url.get_secret_value()

    async def connect() -> asyncpg.Connection:
        return await asyncpg.connect(url, timeout=10, server_settings={"timezone": "UTC"})

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=settings.database_pool,
        max_overflow=0,
        pool_timeout=5,
        pool_pre_ping=True,
        # Values may be personal data: errors and logs show statements without them.
        hide_parameters=True,
    )
