"""The review of the demonstration, published through the services as two officers would."""

from rich.console import Console

from services.cli.demo.counts import PUBLISHED_QUARTER
from services.cli.demo.presence import DRAFTER_NAME
from services.cli.keys import short_lived_key
from services.cli.publish import publish_quarter
from services.cli.service_http import Services
from services.shared.scopes import Scope
from services.shared.settings import Settings

SIGNER_NAME = "demonstration-signer"


def publish_demonstration(settings: Settings, database_url: str, console: Console) -> None:
    """Publish the quarter, accepting its warnings; raises :class:`CommandError` where a check blocks it.

    Whoever drafts an edition may not sign it off, so there are two keys, which are revoked when it is published. By
    the first one's name the next start knows a draft that this one was killed over.
    """
    console.print(f"Demonstration: publishing the review of {PUBLISHED_QUARTER} …", highlight=False)
    scopes = [Scope.REPORT_PUBLISH]
    with (
        short_lived_key(database_url, DRAFTER_NAME, scopes) as first,
        short_lived_key(database_url, SIGNER_NAME, scopes) as second,
        Services.of(settings, first) as drafter,
        Services.of(settings, second) as signer,
    ):
        publish_quarter(drafter.reporting, signer.reporting, PUBLISHED_QUARTER, Console(quiet=True), accepts_all=True)
