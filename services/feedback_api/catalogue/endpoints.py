"""/v1/catalogue: what forms let people choose from."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Response

from services.feedback_api.catalogue.schemas import CatalogueEntry, CataloguePublic, DeadlinePolicyEntry, UnitEntry
from services.shared.catalogue import CatalogueDep
from services.shared.tables import (
    Channel,
    DeadlinePolicy,
    FeedbackType,
    HelpBarrier,
    HelpReason,
    OmbudsmanReason,
    OmbudsmanService,
    Theme,
    Topic,
    Unit,
)
from services.shared.tables.catalogue import DeadlineBasis, DeadlineUnit

router = APIRouter(prefix="/v1/catalogue", tags=["catalogue"])

Named = FeedbackType | Topic | Channel | Theme | OmbudsmanService | OmbudsmanReason | HelpReason | HelpBarrier


@router.get(
    "",
    summary="Types, topics, channels, themes, units and deadline policies",
    response_model=CataloguePublic,
    responses={304: {"description": "Not changed since the `ETag` sent as `If-None-Match`."}},
)
async def catalogue_read(
    response: Response, catalogue: CatalogueDep, if_none_match: Annotated[str | None, Header()] = None
) -> CataloguePublic | Response:
    """Changes seldom: keep it, and ask again with `If-None-Match`."""
    etag = f'"{catalogue.revision}"'
    if if_none_match == etag:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag})
    response.headers["ETag"] = etag
    return CataloguePublic(
        revision=catalogue.revision,
        types=_entries(catalogue.feedback_types.values()),
        topics=_entries(catalogue.topics.values()),
        channels=_entries(catalogue.channels.values()),
        themes=_entries(catalogue.themes.values()),
        units=[_unit_entry(unit) for unit in catalogue.units.values()],
        deadline_policies=[_policy_entry(policy) for policy in catalogue.deadline_policies],
        ombudsman_services=_entries(catalogue.ombudsman_services.values()),
        ombudsman_reasons=_entries(catalogue.ombudsman_reasons.values()),
        help_reasons=_entries(catalogue.help_reasons.values()),
        help_barriers=_entries(catalogue.help_barriers.values()),
    )


def _entries(rows: Iterable[Named]) -> list[CatalogueEntry]:
    return [CatalogueEntry(code=row.code, names=row.names, aliases=getattr(row, "aliases", [])) for row in rows]


def _unit_entry(unit: Unit) -> UnitEntry:
    return UnitEntry(
        code=unit.code,
        names=unit.names,
        aliases=unit.aliases,
        kind=unit.kind,
        parent=unit.parent_code,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        successor=unit.successor_code,
    )


def _policy_entry(policy: DeadlinePolicy) -> DeadlinePolicyEntry:
    return DeadlinePolicyEntry(
        kind=policy.kind,
        valid_from=policy.valid_from,
        amount=policy.amount,
        unit=DeadlineUnit(policy.unit),
        basis=DeadlineBasis(policy.basis),
        is_general=policy.is_general,
        types=policy.type_codes,
        only_reply_wanted=policy.only_reply_wanted,
        names=policy.names,
        source=policy.source,
    )
