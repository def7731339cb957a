"""The review of the demonstration, published through the services as two officers would."""

from rich.console import Console

from services.cli.demo.counts import PUBLISHED_QUARTER
from services.cli.keys import short_lived_key
from services.cli.publish import publish_quarter
from services.cli.service_http import Services
from services.shared.scopes import Scope
from services.shared.settings import Settings

SIGNER_NAME = "demonstration-signer"


def publish_demonstration(officer: Services, settings: Settings, database_url: str, console: Console) -> None:
    """Publish the quarter, accepting its warnings; raises :class:`CommandError` where a check blocks it.

    Whoever drafts an edition may not sign it off, so a second key does, which is revoked when it has.
    """
    console.print(f"Demonstration: publishing the review of {PUBLISHED_QUARTER} …", highlight=False)
    with (
        short_lived_key(database_url, SIGNER_NAME, [Scope.REPORT_PUBLISH]) as key,
        Services.of(settings, key) as signer,
    ):
        publish_quarter(officer.reporting, signer.reporting, PUBLISHED_QUARTER, Console(quiet=True), accepts_all=True)
