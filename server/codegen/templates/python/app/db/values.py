"""Between cells and values."""

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


def optional(make: Callable[[Any], T], cell: Any) -> T | None:
    """The value in a cell that may be empty."""
    return None if cell is None else make(cell)


def members(make: Callable[[Any], T], cell: Any) -> list[T]:
    """The values in an array."""
    return [make(item) for item in cell]


def optional_members(make: Callable[[Any], T], cell: Any) -> list[T] | None:
    """The values in an array that may be missing."""
    return None if cell is None else members(make, cell)


def dumped(adapter: TypeAdapter[Any], value: Any) -> Any:
    """The value as JSON."""
    return None if value is None else adapter.dump_python(value, mode="json", by_alias=True)
