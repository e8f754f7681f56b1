"""The outermost layer: trace id, size of bodies, headers, one log line, and an answer to what nobody expected."""

import logging
import re
import secrets
import time

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import problem
from app.security.headers import HEADERS

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
logger = logging.getLogger(__name__)


class Edge:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, body_limit: int) -> None:
        self._app = app
        self._body_limit = body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        trace_id = trace_id_from(headers.get("traceparent"))
        scope["trace_id"] = trace_id
        status = 0
        received = 0

        async def limited_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._body_limit:
                raise HTTPException(413)
            return message

        async def complete_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *HEADERS, (b"x-trace-id", trace_id.encode())]
            await send(message)

        try:
            declared = headers.get("content-length", "0")
            if declared.isascii() and declared.isdigit() and int(declared[:20]) > self._body_limit:
                too_large = problem(
                    status=413,
                    slug="content-too-large",
                    title="Content Too Large.",
                    trace_id=trace_id,
                    headers={"Connection": "close"},
                )
                await too_large(scope, receive, complete_send)
            else:
                await self._app(scope, limited_receive, complete_send)
        except Exception:
            logger.exception("unexpected error", extra={"trace_id": trace_id})
            if status == 0:
                failed = problem(status=500, slug="internal-error", title="Internal error.", trace_id=trace_id)
                await failed(scope, receive, complete_send)
        finally:
            # The route's template, not the path: identities in paths may be personal data.
            template = getattr(scope.get("route"), "path", "-")
            logger.info(
                "request",
                extra={
                    "trace_id": trace_id,
                    "method": scope["method"],
                    "route": template,
                    "status": status,
                    "milliseconds": round((time.perf_counter() - started) * 1000, 1),
                },
            )


def trace_id_from(traceparent: str | None) -> str:
    """The caller's trace id (W3C Trace Context), or a new one."""
    match = TRACEPARENT.fullmatch(traceparent or "")
    if match is None or match[1] == "0" * 32:
        return secrets.token_hex(16)
    return match[1]
