"""Linters of what is not Python: workflows, Dockerfiles, compose, YAML; the search for secrets. All work offline."""

import subprocess

from suite.paths import ROOT

# Detectors that know a secret by its form; those that guess by entropy or by a variable's name cry wolf.
_GUESSING = ("KeywordDetector", "HexHighEntropyString", "Base64HighEntropyString", "BasicAuthDetector")
# Keys and tokens that belong to nobody, made up for the tests of what is done with such things; the
# first line of a key in a docstring.
_MADE_UP = r"auth/users/(key_files|tests/test_(signing|key_rotation))\.py|libs/jsonlog/tests/test_redaction\.py"


def commands() -> dict[str, list[str]]:
    """The command by the name of its step."""
    workflows = _found(".github/workflows/*.yml")
    compose = _found("Docker/docker-compose*.yml")
    dockerfiles = [*_found("Docker/*Dockerfile"), *_found(".railway/*Dockerfile")]
    files = tracked()
    yaml = [name for name in files if name.endswith((".yml", ".yaml")) and not name.startswith("frontend/")]
    schema = ["check-jsonschema", "--quiet", "--builtin-schema"]
    result = {
        "zizmor": ["zizmor", "--offline", "--persona", "auditor", "--quiet", "--no-progress", ".github"],
        "actionlint": ["actionlint", *workflows],
        "hadolint": ["hadolint", *dockerfiles],
        "schema of workflows": [*schema, "vendor.github-workflows", *workflows],
        "schema of dependabot.yml": [*schema, "vendor.dependabot", ".github/dependabot.yml"],
        "migrations without downtime": ["python", "Scripts/suite/ci/migrations.py"],
        "yamllint": ["yamllint", "--strict", *yaml],
        "secrets": ["detect-secrets-hook", "--exclude-files", _MADE_UP, *_without(_GUESSING), *files],
    }
    if compose:
        result["schema of compose"] = [*schema, "vendor.compose-spec", *compose]
    return result


def tracked() -> list[str]:
    """The files that git knows or would add, without those that are deleted but not yet committed."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file()]


def _found(pattern: str) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern))


def _without(plugins: tuple[str, ...]) -> list[str]:
    return [argument for plugin in plugins for argument in ("--disable-plugin", plugin)]
