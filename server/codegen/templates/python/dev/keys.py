"""The keys of encrypted fields while developing: `FIELD_KEYS`, else a key that is made once for this checkout."""

import os
from pathlib import Path

from app.security.cipher import new_key
from dev.database import cluster_folder


def field_keys() -> str:
    """As `FIELD_KEYS` has them."""
    given = os.environ.get("FIELD_KEYS")
    if given:
        return given
    path = Path(f"{cluster_folder('dev')}.keys")
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(new_key("dev"), encoding="utf-8")
    return path.read_text(encoding="utf-8")
