"""The API document says what the service does."""

import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from openapi_spec_validator import validate

from app.api.service import document
from tests.support import Browser, methods_of, operations

# What each type can be bounded by. Patterns are written differently and mean the same; numbers in strings have a pattern
# in the document only.
BOUNDS = {
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum"),
    "number": ("minimum", "maximum"),
    "array": ("minItems", "maxItems"),
}


def normal(path: str) -> str:
    """A path whose parameters have no names and no converters."""
    return re.sub(r"\{[^}]+\}", "{}", path)


def live(app: FastAPI) -> set[tuple[str, str]]:
    """Method and path of every route that the blueprint asks for."""
    shown = [operation for operation in operations(app) if operation.include_in_schema]
    return {(method.lower(), normal(operation.path)) for operation in shown for method in methods_of(operation)}


def resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """The schema that a reference leads to."""
    while "$ref" in schema:
        target: Any = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def shape(schema: dict[str, Any], whole: dict[str, Any], *, bounded: bool) -> Any:
    """What two documents have to agree on: properties, which of them are required, plain types, and for what comes in
    the bounds as well."""
    schema = resolved(schema, whole)
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        shapes = frozenset(shape(option, whole, bounded=bounded) for option in options)
        return None if None in shapes else shapes
    kind = schema.get("type")
    if isinstance(kind, list):
        return frozenset(shape({**schema, "type": one}, whole, bounded=bounded) for one in kind)
    if kind == "object" and "properties" in schema:
        properties = {name: shape(inner, whole, bounded=bounded) for name, inner in schema["properties"].items()}
        return ("object", frozenset(properties.items()), frozenset(schema.get("required", [])))
    if "enum" in schema:
        return frozenset(schema["enum"])
    names = BOUNDS.get(str(kind), ()) if bounded else ()
    bounds = tuple((name, float(schema[name])) for name in names if name in schema)
    if kind == "array":
        return ("array", shape(schema["items"], whole, bounded=bounded), *bounds)
    return (kind, *bounds) if bounds else kind


def bodies(whole: dict[str, Any]) -> dict[tuple[str, str, str], Any]:
    """The shapes of every request and of every successful answer."""
    found = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            if method not in {"get", "put", "post", "delete", "patch", "head", "options"}:
                continue
            contents = {"request": operation.get("requestBody", {})}
            contents |= {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
            for name, content in contents.items():
                schema = content.get("content", {}).get("application/json", {}).get("schema")
                if schema:
                    found[method, normal(path), name] = shape(schema, whole, bounded=name == "request")
    return found


def test_the_document_is_valid() -> None:
    validate(document())


def test_routes_and_document_are_the_same(app: FastAPI) -> None:
    declared = {(method, normal(path)) for path, methods in document()["paths"].items() for method in methods}
    assert live(app) == {(method, path) for method, path in declared if method != "parameters"}


def test_types_and_document_are_the_same(app: FastAPI) -> None:
    shown = [operation for operation in operations(app) if operation.include_in_schema]
    from_types = bodies(get_openapi(title="", version="", routes=shown))
    declared = bodies(document())
    assert from_types.keys() == declared.keys()
    for key, expected in from_types.items():
        assert declared[key] == expected, key


async def test_the_document_is_served(browser: Browser) -> None:
    response = await browser.send(None, "GET", "/openapi.json")
    assert response.status_code == 200
    assert response.json() == document()
