"""What may import what: the domain knows neither HTTP nor SQL, and nothing inside knows the routes."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"

# Folder: what its modules never import.
FORBIDDEN = {
    "contracts": {"fastapi", "starlette", "sqlalchemy", "asyncpg", "app.api", "app.db", "app.domain", "app.wiring"},
    "domain": {"fastapi", "starlette", "sqlalchemy", "asyncpg", "app.api", "app.db", "app.wiring"},
    "db": {"fastapi", "starlette", "app.api", "app.wiring"},
    "security": {"fastapi", "starlette", "app.api", "app.wiring"},
}


def imported(path: Path) -> set[str]:
    """Every module that the file names in an import."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_layers_keep_to_themselves(folder: str) -> None:
    for path in (APP / folder).rglob("*.py"):
        for name in imported(path):
            parts = name.split(".")
            above = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
            assert not above & FORBIDDEN[folder], f"{path.relative_to(APP)} imports {name}"
