"""`Idempotency-Key`: the same request sent twice is carried out once and answered twice."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from fastapi import Request, Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.errors import BadRequest, Conflict, Unprocessable

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
KEY = re.compile(r"[!-~]{1,255}")

# Taken until the transaction ends: a second request with the same key is told to come back.
LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:scope, 0))")
FIND = text(
    "SELECT request_hash, status, media_type, body FROM runtime.idempotency WHERE scope = :scope AND expires_at > :now"
)
KEEP = text(
    "INSERT INTO runtime.idempotency (scope, request_hash, status, media_type, body, expires_at)"
    " VALUES (:scope, :request_hash, :status, :media_type, :body, :expires_at)"
    " ON CONFLICT (scope) DO UPDATE SET request_hash = excluded.request_hash, status = excluded.status,"
    " media_type = excluded.media_type, body = excluded.body, expires_at = excluded.expires_at"
)


async def once(
    request: Request,
    connection: AsyncConnection,
    *,
    operation: str,
    principal: str,
    now: datetime,
    run: Callable[[Request], Awaitable[Response]],
) -> Response:
    """Runs the operation, or repeats its first answer. Errors are not kept: after one the request may be repeated."""
    key = request.headers.get(HEADER)
    if key is None or KEY.fullmatch(key) is None:
        raise BadRequest(f"The header {HEADER} is missing or is not 1 to 255 visible characters.")
    scope = hashlib.sha256("\n".join((operation, principal, key)).encode()).hexdigest()
    body = await request.body()
    request_hash = hashlib.sha256(str(request.url).encode() + b"\n" + body).digest()
    if not (await connection.execute(LOCK, {"scope": scope})).scalar_one():
        raise Conflict("The first request with this key is still running.")
    kept = (await connection.execute(FIND, {"scope": scope, "now": now})).mappings().one_or_none()
    if kept is not None:
        if kept["request_hash"] != request_hash:
            raise Unprocessable("This key was used for a different request.")
        return Response(kept["body"], status_code=kept["status"], media_type=kept["media_type"])
    response = await run(request)
    await connection.execute(
        KEEP,
        {
            "scope": scope,
            "request_hash": request_hash,
            "status": response.status_code,
            "media_type": response.headers.get("content-type"),
            "body": bytes(response.body),
            "expires_at": now + KEPT,
        },
    )
    return response
