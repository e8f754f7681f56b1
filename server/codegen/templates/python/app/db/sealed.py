"""Between encrypted cells and values."""

from typing import Any, TypeVar

from pydantic import TypeAdapter

from app.security.cipher import Cipher

T = TypeVar("T")


def sealed(cipher: Cipher, adapter: TypeAdapter[Any], value: Any, place: str) -> bytes | None:
    """The value as JSON, sealed for its place; nothing stays nothing."""
    return None if value is None else cipher.seal(adapter.dump_json(value, by_alias=True), place)


def opened(cipher: Cipher, adapter: TypeAdapter[T], cell: bytes, place: str) -> T:
    """The value in a cell."""
    return adapter.validate_json(cipher.open(cell, place))


def optional_opened(cipher: Cipher, adapter: TypeAdapter[T], cell: bytes | None, place: str) -> T | None:
    """The value in a cell that may be empty."""
    return None if cell is None else opened(cipher, adapter, cell, place)
