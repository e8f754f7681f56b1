"""Building blocks of the contracts: what a value has to look like to be let in."""

import base64
import binascii
import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

# PostgreSQL stores no NUL in text.
NO_NUL = r"^[^\u0000]*$"

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1

EXACT = re.compile(r"-?[0-9]{1,1000}(\.[0-9]{1,1000})?")
WHOLE = re.compile(r"-?[0-9]{1,19}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}(:[0-9]{2}){2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DURATION = re.compile(r"[+-]?P(?=.)[0-9.,YMWD]*(T[0-9.,HMS]+)?")


def utc_now() -> dt.datetime:
    """The time of day."""
    return dt.datetime.now(dt.UTC)


def to_utc(value: dt.datetime) -> dt.datetime:
    """The same instant in UTC; one outside of the calendar is refused."""
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("The instant is outside of the calendar.") from None


def written_as(pattern: re.Pattern[str], value: Any, how: str) -> Any:
    """Lets text through that is written as the contract says, and values that are no text because they never
    travelled."""
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and pattern.fullmatch(value) is None):
        raise ValueError(f"It has to be {how}.")
    return value


def exact(value: Any) -> Any:
    """Digits in a string: a JSON number may lose some on its way."""
    return written_as(EXACT, value, 'digits in a string, such as "12.50"')


def instant(value: Any) -> Any:
    """RFC 3339."""
    return written_as(INSTANT, value, 'an instant with its offset, such as "2000-01-31T12:00:00Z"')


def calendar_date(value: Any) -> Any:
    """RFC 3339, the date alone."""
    return written_as(DATE, value, 'a date, such as "2000-01-31"')


def duration(value: Any) -> Any:
    """ISO 8601."""
    return written_as(DURATION, value, 'a duration, such as "P1DT12H"')


def whole(value: Any) -> Any:
    """A number without a fraction, however it is written: in JSON `2.0` is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def whole_parameter(value: Any) -> Any:
    """Digits alone, as they stand in a path or a query."""
    if isinstance(value, str) and WHOLE.fullmatch(value) is None:
        raise ValueError("It has to be a whole number.")
    return value


def bool_parameter(value: Any) -> Any:
    """`true` or `false`."""
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError("It has to be true or false.")
    return value


def from_base64(value: Any) -> Any:
    """Bytes, from base64 where they come from outside."""
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value.encode(), validate=True)
    except (binascii.Error, UnicodeError):
        raise ValueError("It has to be base64.") from None


def to_base64(value: bytes) -> str:
    """Bytes as JSON has them."""
    return base64.b64encode(value).decode()


def to_digits(value: Decimal) -> str:
    """All digits, never an exponent."""
    return format(value, "f")


T = TypeVar("T")

# A list that no client can make as long as it likes.
Many = Annotated[list[T], Field(max_length=1_000)]


class Fitting:
    """A pattern that looks around or back, which pydantic's own engine does not."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern, re.ASCII)

    def __call__(self, value: str) -> str:
        """The value, if the pattern fits it as a whole."""
        if self._pattern.fullmatch(value) is None:
            raise ValueError(f"It has to fit the pattern {self._pattern.pattern}")
        return value


ShortText = Annotated[str, Field(max_length=255, pattern=NO_NUL)]
LongText = Annotated[str, Field(max_length=65_536, pattern=NO_NUL)]
Email = Annotated[str, Field(max_length=254, pattern=r"^[^@\u0000-\u0020]{1,64}@[^@\u0000-\u0020]{1,189}$")]
Phone = Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
Url = Annotated[str, Field(max_length=2_048, pattern=r"^https?://[^\u0000-\u0020]+$")]
Whole = Annotated[int, BeforeValidator(whole), Field(strict=True)]
Int = Annotated[int, Field(strict=True, ge=INT_MIN, le=INT_MAX), BeforeValidator(whole)]
Long = Annotated[int, Field(strict=True, ge=LONG_MIN, le=LONG_MAX), BeforeValidator(whole)]
Float = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Bool = Annotated[bool, Field(strict=True)]
Exact = Annotated[
    Decimal,
    BeforeValidator(exact),
    PlainSerializer(to_digits, return_type=str),
    WithJsonSchema({"type": "string"}),
]
Money = Annotated[Exact, Field(max_digits=19, decimal_places=4)]
Instant = Annotated[AwareDatetime, BeforeValidator(instant), AfterValidator(to_utc)]
CalendarDate = Annotated[dt.date, BeforeValidator(calendar_date)]
Duration = Annotated[dt.timedelta, BeforeValidator(duration)]
Base64 = Annotated[bytes, BeforeValidator(from_base64), PlainSerializer(to_base64, return_type=str)]

# In paths and queries everything arrives as text.
WholeParameter = Annotated[int, BeforeValidator(whole_parameter)]
IntParameter = Annotated[int, Field(ge=INT_MIN, le=INT_MAX), BeforeValidator(whole_parameter)]
LongParameter = Annotated[int, Field(ge=LONG_MIN, le=LONG_MAX), BeforeValidator(whole_parameter)]
FloatParameter = Annotated[float, Field(allow_inf_nan=False)]
BoolParameter = Annotated[bool, BeforeValidator(bool_parameter)]


class Incoming(BaseModel):
    """A body that a client sends: unknown properties are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


class Outgoing(BaseModel):
    """A body that the service answers: only what is declared leaves."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        from_attributes=True,
        protected_namespaces=(),
        validate_by_alias=True,
        validate_by_name=True,
    )


class Value(BaseModel):
    """A value without an identity of its own, in either direction."""

    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())


def unset() -> Any:
    """The value of a property that a client left out; `model_fields_set` tells it from a null."""
    return None
