"""Counting v1's hours: each takes the place of what was counted of its hour before."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.settings import Settings
from services.shared.tables import HappyOrNotHour
from services.shared.tables.happy_or_not import Generation, IndexOrder, OrderCheck
from services.survey_api.happy_or_not import hours, repository
from services.survey_api.happy_or_not.mapping import (
    BUTTONS,
    SOURCE,
    PairKey,
    SurveyMapping,
    VendorMapping,
    WaitReason,
)
from services.survey_api.happy_or_not.stored_mapping import fetch_vendor_mapping
from services.survey_api.hourly_counts.schemas import CountsLine
from services.survey_api.hourly_counts.service import take_lines
from services.survey_api.responses.lines import button_question
from services.survey_api.surveys.cache import SurveyCache
from services.survey_api.surveys.definitions import SurveyDefinition


class _Draft(NamedTuple):
    hour: HappyOrNotHour
    line: CountsLine


@dataclass(frozen=True)
class TakingHours:
    """Counts staged hours; ``counts`` grow by what became of them."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache
    settings: Settings
    counts: Counter[str] = field(default_factory=Counter)

    async def take(self) -> None:
        """Look at every hour that is new or has changed; count what the mapping allows."""
        after: tuple[str, datetime] | None = None
        while True:
            async with self.sessions.session() as session, session.begin():
                batch = await hours.fetch_unlooked(session, after=after, limit=self.settings.import_batch_lines)
                if not batch:
                    return
                await self._take(session, batch)
            after = (batch[-1].survey_id, batch[-1].hour_starts_at)

    async def _take(self, session: AsyncSession, batch: Sequence[HappyOrNotHour]) -> None:
        mapping = await fetch_vendor_mapping(session)
        checks = {
            row.survey_id: row.order_check
            for row in await repository.fetch_surveys(session)
            if row.generation == Generation.V1
        }
        codes = {survey.survey_code for survey in mapping.surveys.values()}
        definitions = await self.surveys.find_all(session, codes) if codes else {}
        drafts, reasons = list[_Draft](), dict[str, dict[datetime, str | None]]()
        for hour in batch:
            found = _draft(hour, mapping, checks, definitions)
            if isinstance(found, _Draft):
                drafts.append(found)
            else:
                reasons.setdefault(hour.survey_id, {})[hour.hour_starts_at] = found
                self.counts["waiting"] += 1
        lines = [(number, draft.line) for number, draft in enumerate(drafts)]
        results = await take_lines(session, self.catalogue, self.surveys, lines, at=now())
        for draft, result in zip(drafts, results, strict=True):
            self.counts[f"{result.status}_hours"] += 1
            reason = result.code if result.status in {"refused", "held"} else None
            reasons.setdefault(draft.hour.survey_id, {})[draft.hour.hour_starts_at] = reason
        for survey_id, of_survey in reasons.items():
            await hours.mark(session, survey_id, of_survey)


def _draft(
    hour: HappyOrNotHour,
    mapping: VendorMapping,
    checks: Mapping[str, str | None],
    definitions: Mapping[str, SurveyDefinition],
) -> _Draft | WaitReason:
    key = PairKey(Generation.V1, hour.survey_id, hour.point_id)
    found = mapping.find(key)
    if isinstance(found, WaitReason):
        return found
    if not _has_buttons(hour, found, definitions):
        return WaitReason.SCALE_MISMATCH
    if checks.get(hour.survey_id) == OrderCheck.CONTRADICTED:
        return WaitReason.BUTTON_ORDER_CONTRADICTED
    is_negative_first = found.index_order is IndexOrder.NEGATIVE_FIRST
    line = CountsLine(
        survey=found.survey_code,
        source=SOURCE,
        source_point=key.source_point,
        hour=hour.hour_starts_at,
        counts=list(hour.counts) if is_negative_first else list(reversed(hour.counts)),
    )
    return _Draft(hour, line)


def _has_buttons(hour: HappyOrNotHour, mapping: SurveyMapping, definitions: Mapping[str, SurveyDefinition]) -> bool:
    """Whether the mapped question is the one that counts are of, and has as many buttons."""
    question = button_question(definitions[mapping.survey_code].version_at(hour.hour_starts_at))
    if question is None or question.code != mapping.rating_question:
        return False
    return BUTTONS.get(question.kind) == len(hour.counts)
