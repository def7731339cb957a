"""Where the files that came with feedback lie, if that is a folder of this machine."""

from pathlib import Path

from services.cli.home import Home
from services.shared.settings import Settings

_FOLDER = "file://"


def attachments_folder(home: Home, settings: Settings) -> Path | None:
    """The folder; None where a bucket keeps them."""
    if settings.attachments_url is None:
        return home.attachments
    if settings.attachments_url.startswith(_FOLDER):
        return Path(settings.attachments_url.removeprefix(_FOLDER))
    return None
