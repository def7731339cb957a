"""The schema's history: readable, single, reversible, and equal to the tables."""

import ast
import re
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory

from services.cli.embedded_postgres import EmbeddedPostgres
from services.cli.migrations import alembic_config, migrate
from services.shared.schema_version import expected_revision

VERSIONS = sorted((Path(__file__).parents[2] / "migrations" / "versions").glob("[0-9]*.py"))


def stem(path: Path) -> str:
    return path.stem


@pytest.fixture(scope="module")
def history_url(postgres: EmbeddedPostgres) -> str:
    postgres.ensure_database("katsaus_history")
    return postgres.url("katsaus_history")


def test_numbers_run_without_gap_and_say_what_is_done() -> None:
    assert [int(path.stem[:4]) for path in VERSIONS] == list(range(1, len(VERSIONS) + 1))
    assert all(re.fullmatch(r"\d{4}(_[a-z0-9]+)+", path.stem) for path in VERSIONS)
    assert max(len(path.stem) for path in VERSIONS) <= 32, "Alembic keeps the name in 32 characters"


def test_there_is_one_head_and_it_is_what_the_code_expects() -> None:
    assert ScriptDirectory.from_config(alembic_config("unused")).get_heads() == [expected_revision()]


@pytest.mark.parametrize("path", VERSIONS, ids=stem)
def test_a_migration_stands_alone(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert not [module for module in imported if module.startswith("services")], "later code must not change it"
    assert f'revision = "{path.stem}"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", VERSIONS, ids=stem)
def test_each_goes_up_down_and_up_again(path: Path, history_url: str) -> None:
    config = alembic_config(history_url)
    command.upgrade(config, path.stem)
    command.downgrade(config, "-1")
    command.upgrade(config, path.stem)


def test_the_whole_history_goes_down_and_up_and_equals_the_tables(history_url: str) -> None:
    config = alembic_config(history_url)
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    command.upgrade(config, "head")
    command.check(config)


def test_migrating_again_changes_nothing(history_url: str) -> None:
    migrate(history_url)
    migrate(history_url)
