"""Rate limits: token buckets in PostgreSQL, shared by every copy of the service."""

import math
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.errors import TooManyRequests
from app.security.policy import Limit

# One statement, so that two requests can't both take the last token. No row comes back when the bucket is empty.
TAKE = text(
    "INSERT INTO runtime.rate_limit AS bucket (key, tokens, refilled_at) VALUES (:key, :calls - 1, :now)"
    " ON CONFLICT (key) DO UPDATE SET refilled_at = :now, tokens ="
    " LEAST(:calls, bucket.tokens + EXTRACT(EPOCH FROM (:now - bucket.refilled_at)) * :calls / :seconds) - 1"
    " WHERE LEAST(:calls, bucket.tokens + EXTRACT(EPOCH FROM (:now - bucket.refilled_at)) * :calls / :seconds) >= 1"
    " RETURNING tokens"
)


async def take(engine: AsyncEngine, limit: Limit, key: str, now: datetime) -> None:
    """Takes one token from the bucket of the key, or raises `TooManyRequests`."""
    async with engine.begin() as connection:
        result = await connection.execute(
            TAKE,
            {"key": key, "calls": float(limit.calls), "seconds": limit.seconds, "now": now},
        )
        if result.one_or_none() is None:
            raise TooManyRequests(retry_after=max(1, math.ceil(limit.seconds / limit.calls)))
