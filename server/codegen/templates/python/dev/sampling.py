"""Values that are made up."""

import datetime as dt
import secrets

from hypothesis import find
from hypothesis.strategies import from_regex

LETTERS = "abcdefghijklmnopqrstuvwxyz"
MADE: dict[str, set[str]] = {}


def word(minimum: int, maximum: int) -> str:
    """Letters, as many as fit; two words are hardly ever the same."""
    length = max(minimum, min(maximum, 12))
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def whole(minimum: int, maximum: int) -> int:
    """A whole number between the two."""
    return minimum + secrets.randbelow(maximum - minimum + 1)


def matching(pattern: str, minimum: int, maximum: int) -> str:
    """A text that fits the pattern and has not been made before."""
    made = MADE.setdefault(pattern, set())
    length = whole(max(minimum, min(maximum, 8)), max(minimum, min(maximum, 16)))

    def fits(text: str) -> bool:
        return minimum <= len(text) <= maximum and text not in made and "\0" not in text

    strategy = from_regex(pattern, fullmatch=True)
    try:
        text = find(strategy, lambda text: fits(text) and len(text) >= length)
    except Exception:
        text = find(strategy, fits)
    made.add(text)
    return text


def written(moment: dt.datetime) -> str:
    """An instant as JSON has it."""
    return moment.isoformat().replace("+00:00", "Z")
