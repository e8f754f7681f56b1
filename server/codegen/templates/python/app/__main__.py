"""Starts the service for production: `python -m app`."""

import sys

import uvicorn

from app.main import create_app
from app.settings import SettingsError, load_settings
from app.telemetry import logs


def main() -> int:
    """Reads the settings and serves until told to stop."""
    logs.configure()
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    uvicorn.run(
        create_app(settings),
        host=settings.app_host,
        port=settings.app_port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
