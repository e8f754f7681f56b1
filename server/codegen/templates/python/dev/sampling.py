"""Values that are made up."""

import datetime as dt
import secrets

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def drawn(letters: str, count: int) -> str:
    """As many of the letters."""
    return "".join(secrets.choice(letters) for _ in range(count))


def word(count: int) -> str:
    """A word; two long ones are hardly ever the same."""
    return drawn(LETTERS, count)


def whole(minimum: int, maximum: int) -> int:
    """A whole number between the two."""
    return minimum + secrets.randbelow(maximum - minimum + 1)


def written(moment: dt.datetime) -> str:
    """An instant as JSON has it."""
    return moment.isoformat().replace("+00:00", "Z")
