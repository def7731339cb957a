"""Running the schema's migrations on a database."""

from pathlib import Path

from alembic import command
from alembic.config import Config

import migrations


def alembic_config(database_url: str) -> Config:
    """Alembic's configuration for one database, wherever the package is installed."""
    folder = Path(next(iter(migrations.__path__)))
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("version_locations", str(folder / "versions").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["database_url"] = database_url
    return config


def migrate(database_url: str) -> None:
    """Bring the database's schema to this version's; does nothing where it is there already."""
    command.upgrade(alembic_config(database_url), "head")
