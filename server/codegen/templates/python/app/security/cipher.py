"""Encrypted fields: AES-256-GCM, with the key's name in the value and bound to the value's place."""

import base64
import binascii
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
MOST_NAME_BYTES = 100


class Unreadable(Exception):
    """The value was sealed for another place, or with a key that is not there, or has been changed."""


class Cipher:
    """Seals with the first key and opens with any: put a new key in front, and the old ones stay readable."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._current = next(iter(keys))
        self._keys = {name: AESGCM(key) for name, key in keys.items()}

    def seal(self, value: bytes, place: str) -> bytes:
        """Version, length of the key's name, the name, a nonce, and what AES-GCM made of the value."""
        name = self._current.encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, value, place.encode())
        return bytes([VERSION, len(name)]) + name + nonce + sealed

    def open(self, sealed: bytes, place: str) -> bytes:
        """The value; raises `Unreadable`."""
        version, length = sealed[0], sealed[1]
        name = sealed[2 : 2 + length].decode()
        nonce = sealed[2 + length : 2 + length + NONCE_BYTES]
        key = self._keys.get(name)
        if version != VERSION or key is None:
            raise Unreadable(f"There is no key {name!r} to open {place} with.")
        try:
            return key.decrypt(nonce, sealed[2 + length + NONCE_BYTES :], place.encode())
        except InvalidTag:
            raise Unreadable(f"{place} holds a value that was not sealed for it.") from None


def parse_keys(text: str) -> dict[str, bytes]:
    """`NAME:KEY,NAME:KEY`, each key 32 bytes in base64, the current one first."""
    keys: dict[str, bytes] = {}
    for entry in text.split(","):
        name, _, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not name or len(name.encode()) > MOST_NAME_BYTES or len(key) != KEY_BYTES or name in keys:
            raise ValueError("FIELD_KEYS has to be NAME:KEY[,NAME:KEY]…, each key 32 bytes in base64")
        keys[name] = key
    return keys


def new_key(name: str) -> str:
    """A key of its own, as it stands in `FIELD_KEYS`."""
    return f"{name}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"
