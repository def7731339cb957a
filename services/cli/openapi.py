"""The committed OpenAPI documents: one a service, equal to what its app generates."""

import importlib
import json
from pathlib import Path

from services.cli.failure import CommandError

SERVICES = ("feedback_api", "survey_api", "reporting_api")


def write_documents() -> list[Path]:
    """Write all documents; the paths written."""
    folder = _folder()
    folder.mkdir(exist_ok=True)
    paths = []
    for service in SERVICES:
        path = folder / f"{service}.json"
        path.write_text(generate_document(service), encoding="utf-8")
        paths.append(path)
    return paths


def differing_documents() -> list[str]:
    """The names of the documents that are missing or not what their app generates now."""
    folder = _folder()
    return [
        f"openapi/{service}.json"
        for service in SERVICES
        if not (folder / f"{service}.json").exists()
        or (folder / f"{service}.json").read_text(encoding="utf-8") != generate_document(service)
    ]


def generate_document(service: str) -> str:
    """The document of a service's app, in the app's own order."""
    app = importlib.import_module(f"services.{service}.main").create()
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def _folder() -> Path:
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / "pyproject.toml").exists():
        raise CommandError("The OpenAPI documents are in the checkout; run this from there.")
    return checkout / "openapi"
