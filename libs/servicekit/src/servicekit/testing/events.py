"""Validation of event envelopes against contracts/."""

import functools
import json
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from servicekit.testing.repository import repository_root


class ContractViolation(AssertionError):
    """An envelope or answer is not what contracts/ says."""


@functools.cache
def _registry() -> Registry[Any]:
    """Every schema under contracts/, read once."""
    schemas = sorted((repository_root() / "contracts").rglob("*.schema.json"))
    contents = [(path.as_uri(), json.loads(path.read_text(encoding="utf-8"))) for path in schemas]
    resources = [(uri, Resource.from_contents(content, DRAFT202012)) for uri, content in contents]
    registry: Registry[Any] = Registry().with_resources(resources)
    return registry.crawl()


@functools.cache
def validator(relative: str) -> Draft202012Validator:
    """The validator of one schema file under contracts/; `$ref`s are relative to the file that holds them."""
    path = repository_root() / "contracts" / relative
    if not path.is_file():
        raise ContractViolation(f"contracts/{relative} does not exist")
    return Draft202012Validator({"$ref": path.as_uri()}, registry=_registry())


def validate_event(envelope: dict[str, Any]) -> None:
    """Raise `ContractViolation` that lists every deviation of the envelope from contracts/events/<type>.schema.json."""
    name = str(envelope.get("type"))
    # As JSON, since that is what travels: a UUID or datetime left in the dict is a violation, not a TypeError.
    plain = json.loads(json.dumps(envelope, default=lambda value: {"not JSON": type(value).__name__}))
    errors = sorted(validator(f"events/{name}.schema.json").iter_errors(plain), key=lambda error: error.json_path)
    if errors:
        lines = "\n".join(f"  {error.json_path}: {error.message[:300]}" for error in errors)
        raise ContractViolation(f"{name} does not keep its contract:\n{lines}")
