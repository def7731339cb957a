"""``katsaus publish``: a quarter's review from the live figures to the published page, saying what blocks it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.console import Console
from rich.table import Table

from services.cli.failure import CommandError
from services.cli.service_http import Record, Service

_LANGUAGES = ("fi", "sv", "en")


def publish_quarter(
    officer: Service,
    signer: Service,
    quarter: str,
    console: Console,
    *,
    reasons: Mapping[str, str | None] = MappingProxyType({}),
    accepted: Sequence[str] = (),
    accepts_all: bool = False,
) -> None:
    """Draft, check, sign off and publish; raises :class:`CommandError` with what stands in the way.

    A draft that another run left behind is made anew, as the figures may have changed. ``accepts_all`` accepts every
    warning, for demonstrations; blocking checks always block. ``reasons`` are why a published review is corrected, by
    language, Finnish if there are any.
    """
    edition = _draft(officer, quarter, reasons, console)
    warnings = [it["code"] for it in edition["checks"] if not it["passed"] and not it["is_blocking"]]
    _show_checks(edition["checks"], console)
    address = f"/v1/editions/{quarter}/{edition['version']}"
    blocking = [it["code"] for it in edition["checks"] if not it["passed"] and it["is_blocking"]]
    if blocking:
        raise CommandError(f"{quarter} is not published: {', '.join(blocking)}. The draft stays as it is.")
    standing = [code for code in warnings if code not in accepted]
    if standing and not accepts_all:
        options = " ".join(f"--accept {code}" for code in standing)
        raise CommandError(f"{quarter} is not published: mend the warnings, or accept them with {options}.")
    console.print("Signing off …")
    signer.post(f"{address}/sign-off", {})
    console.print("Publishing …")
    published = officer.post(f"{address}/publish", {"accept_warnings": warnings})
    console.print(f"{quarter}, version {published['version']}, is published; SHA-256 {published['content_hash']}")


def show_addresses(base_url: str, quarter: str, console: Console) -> None:
    """Where the published review is read."""
    for language in _LANGUAGES:
        address = f"{base_url}/reviews/{quarter}"
        console.print(f"  {address}?lang={language}   {address}.pdf?lang={language}", soft_wrap=True, highlight=False)


def _draft(officer: Service, quarter: str, reasons: Mapping[str, str | None], console: Console) -> Any:
    for edition in officer.get("/v1/editions")["editions"]:
        if edition["quarter"] == quarter and edition["published_at"] is None:
            console.print(f"Discarding the draft of version {edition['version']} …")
            officer.delete(f"/v1/editions/{quarter}/{edition['version']}")
    console.print(f"Drafting {quarter} …")
    translations = {language: reasons[language] for language in ("sv", "en") if reasons.get(language)}
    body = {"quarter": quarter, "reason": reasons.get("fi"), "reason_translations": translations}
    return officer.post("/v1/editions", body)


def _show_checks(checks: Sequence[Record], console: Console) -> None:
    table = Table("check", "", "what it says", show_edge=False)
    for check in checks:
        outcome = "passed" if check["passed"] else "blocks" if check["is_blocking"] else "warning"
        table.add_row(check["code"], outcome, check["detail"] or "")
    console.print(table)
