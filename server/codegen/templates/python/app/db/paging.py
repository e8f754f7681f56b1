"""Cursors of pages."""

import base64
import binascii
import json

from app.domain.errors import Unprocessable


def encode_cursor(last: str) -> str:
    """An opaque word for `after this row`."""
    return base64.urlsafe_b64encode(json.dumps([last]).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The identity in the cursor; raises `Unprocessable` for a word that this service has not made."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        value = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, UnicodeError, ValueError, RecursionError):
        raise Unprocessable("The cursor was not made by this service.") from None
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], str):
        raise Unprocessable("The cursor was not made by this service.")
    return value[0]
