"""The house rules of the design, held by a machine: which way imports point, and where things may live."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ROOT / "services"
APIS = ("feedback_api", "survey_api", "reporting_api")
SOURCES = sorted(SERVICES.rglob("*.py"))

LAYERS = {"endpoints": 3, "presenter": 2, "service": 2, "repository": 1}
"""Roles a noun's files have, outermost highest: a file imports only what lies at its own height or below."""

CATCH_ALL = {"utils", "util", "helpers", "helper", "common", "misc", "models", "base_service", "tools"}


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_service_imports_another_and_shared_imports_none(path: Path) -> None:
    home = path.relative_to(SERVICES).parts[0]
    foreign = {api for api in APIS if api != home}
    if home == "cli":
        # The command reaches the services over HTTP; only their apps' documents are written from the code.
        foreign = set() if path.name == "openapi.py" else set(APIS)
    if home == "shared":
        foreign.add("cli")
    offenders = {name for name in imports_of(path) for other in foreign if name.startswith(f"services.{other}")}
    assert not offenders


@pytest.mark.parametrize("path", [path for path in SOURCES if path.stem in LAYERS], ids=name_of)
def test_layers_import_only_downwards(path: Path) -> None:
    height = LAYERS[path.stem]
    for name in imports_of(path):
        layer = next((part for part in reversed(name.split(".")) if part in LAYERS), None)
        if name.startswith("services.") and layer is not None:
            assert LAYERS[layer] <= height, f"imports upwards: {name}"


def test_no_catch_all_modules() -> None:
    assert not [name_of(path) for path in SOURCES if path.stem in CATCH_ALL]


def test_only_one_file_commits_requests() -> None:
    committing = [name_of(path) for path in SOURCES if ".commit(" in path.read_text(encoding="utf-8")]
    assert committing == ["services/shared/database.py"]


def test_only_the_one_exit_raises_http_exceptions() -> None:
    raising = [name_of(path) for path in SOURCES if "HTTPException(" in path.read_text(encoding="utf-8")]
    assert raising == []


def test_every_table_is_in_shared() -> None:
    outside = [
        name_of(path)
        for path in SOURCES
        if "table=True" in path.read_text(encoding="utf-8") and "services/shared/tables" not in name_of(path)
    ]
    assert outside == []


def test_every_module_says_what_it_is() -> None:
    silent = [name_of(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []
