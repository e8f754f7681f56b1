"""Rows, bodies and requests of one case."""

from typing import Any

from httpx import Response

from app.security.caller import Caller
from app.wiring import Service
from tests.cases import Case
from tests.support import Browser, samples_of


class Trial:
    """One case, tried by one caller on rows of an owner."""

    def __init__(self, browser: Browser, service: Service, case: Case) -> None:
        self._browser = browser
        self._service = service
        self._case = case

    async def row(self, owner: Caller) -> Any:
        """A stored row of the owner."""
        async with samples_of(self._service, owner) as samples:
            return await getattr(samples, f"store_{self._case.entity}")()

    async def remove(self, row: Any) -> None:
        """Deletes the row behind the service's back."""
        async with samples_of(self._service, Caller()) as samples:
            await getattr(samples, f"remove_{self._case.entity}")(row)

    async def body(self, owner: Caller) -> Any:
        """A body that fits, or nothing where none is sent."""
        if not self._case.has_body:
            return None
        prefix = "new" if self._case.kind == "create" else "patch"
        async with samples_of(self._service, owner) as samples:
            return await getattr(samples, f"{prefix}_{self._case.entity}")()

    async def send(
        self,
        caller: Caller,
        row: Any = None,
        *,
        body: Any = None,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Response:
        """The request, about a row where the case is about one."""
        case = self._case
        path = case.path if not case.parameter else case.path.replace(case.parameter, str(getattr(row, case.key)))
        return await self._browser.send(caller, case.method, path + query, body=body, headers=headers)


def agrees(answered: Any, sent: Any) -> bool:
    """Whether what was sent came back, as far as it is answered at all."""
    if isinstance(answered, dict) and isinstance(sent, dict):
        return all(agrees(answered[name], value) for name, value in sent.items() if name in answered)
    return bool(answered == sent)
