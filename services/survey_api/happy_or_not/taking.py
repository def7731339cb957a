"""Counting what was read: a press becomes a response like any other, under an id that follows from the vendor's.

A batch is stored and marked in one transaction, so wherever a pull ends, the next one goes on with the same rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.database import Sessions
from services.shared.ndjson import LineResult
from services.shared.settings import Settings, get_settings
from services.shared.tables import HappyOrNotFeedback
from services.shared.tables.happy_or_not import Generation
from services.shared.tables.surveys import CollectionMode, MisuseReason, QuestionKind
from services.survey_api.happy_or_not import staging
from services.survey_api.happy_or_not.mapping import (
    SOURCE,
    PairKey,
    SurveyMapping,
    WaitReason,
    mapped_options,
)
from services.survey_api.happy_or_not.stored_mapping import fetch_vendor_mapping
from services.survey_api.happy_or_not.taking_hours import TakingHours
from services.survey_api.responses.amendments import amend
from services.survey_api.responses.errors import ResponseConflictProblem
from services.survey_api.responses.imports import judge_all, take_lines
from services.survey_api.responses.lines import answer_of_button
from services.survey_api.responses.schemas import ResponseLine
from services.survey_api.responses.submission import JudgedResponse
from services.survey_api.surveys.cache import SurveyCache
from services.survey_api.surveys.definitions import SurveyDefinition

IDS = UUID("5d0d5b0c-4b0c-5f0e-9d5c-8f6a3a1d7c42")
"""The namespace of response ids made from the vendor's."""

_MODES = frozenset(CollectionMode)


class Draft(NamedTuple):
    """A press ready to be counted, and what of it waits even so."""

    press: HappyOrNotFeedback
    line: ResponseLine
    waits_for: WaitReason | None


def response_id(key: PairKey, feedback_id: UUID) -> UUID:
    """Our id of a press: the same whenever it is read."""
    return uuid5(IDS, f"{key.source_point}:{feedback_id}")


@dataclass(frozen=True)
class Taking:
    """Counts staged presses; ``counts`` grow by what became of them."""

    sessions: Sessions
    catalogue: Catalogue
    surveys: SurveyCache
    settings: Settings
    counts: Counter[str] = field(default_factory=Counter)

    async def take_all(self) -> None:
        """Count all that can be counted."""
        await self.take_presses()
        await TakingHours(self.sessions, self.catalogue, self.surveys, self.settings, self.counts).take()

    async def take_presses(self) -> None:
        """Look at every press that is new or has changed; count what the mapping allows."""
        after: UUID | None = None
        while True:
            async with self.sessions.session() as session, session.begin():
                presses = await staging.fetch_unlooked(session, after=after, limit=self.settings.import_batch_lines)
                if not presses:
                    return
                await self._take(session, presses)
            after = presses[-1].feedback_id

    async def _take(self, session: AsyncSession, presses: Sequence[HappyOrNotFeedback]) -> None:
        mapping = await fetch_vendor_mapping(session)
        found = {press.feedback_id: mapping.find(_key_of(press)) for press in presses}
        codes = {survey.survey_code for survey in found.values() if isinstance(survey, SurveyMapping)}
        drafting = _Drafting(
            await self.surveys.find_all(session, codes) if codes else {},
            await staging.fetch_options(session, list(found)),
            await staging.fetch_texts(session, list(found)),
        )
        drafts, reasons = list[Draft](), dict[UUID, str | None]()
        for press in presses:
            draft = drafting.draft(press, found[press.feedback_id])
            if isinstance(draft, Draft):
                drafts.append(draft)
            else:
                reasons[press.feedback_id] = draft
        reasons |= await self._count(session, drafts)
        self.counts["waiting"] += sum(reason is not None for reason in reasons.values())
        await staging.mark(session, reasons)

    async def _count(self, session: AsyncSession, drafts: Sequence[Draft]) -> dict[UUID, str | None]:
        lines = [(number, draft.line) for number, draft in enumerate(drafts)]
        results = await self._take_lines(session, lines)
        conflicts = [result.line for result in results if result.code == ResponseConflictProblem.code]
        if conflicts:
            changed = [lines[number] for number in conflicts]
            self.counts["amended"] += await self._amend(session, changed)
            # Again, as whether it is misuse may have changed with it.
            for result in await self._take_lines(session, changed):
                results[result.line] = result
        for result in results:
            self.counts[result.status] += 1
        return {
            draft.press.feedback_id: _reason_of(draft, result) for draft, result in zip(drafts, results, strict=True)
        }

    async def _take_lines(self, session: AsyncSession, lines: Sequence[tuple[int, ResponseLine]]) -> list[LineResult]:
        return await take_lines(session, self.catalogue, self.surveys, lines, at=now())

    async def _amend(self, session: AsyncSession, lines: Sequence[tuple[int, ResponseLine]]) -> int:
        judged = await judge_all(session, self.catalogue, self.surveys, lines, [line for _, line in lines], now())
        responses = [line.outcome for line in judged if isinstance(line.outcome, JudgedResponse)]
        return len(await amend(session, responses))


@dataclass(frozen=True)
class _Drafting:
    """Turns staged presses into lines of an import."""

    surveys: Mapping[str, SurveyDefinition]
    options: Mapping[UUID, Sequence[str]]
    texts: Mapping[UUID, Sequence[str]]

    def draft(self, press: HappyOrNotFeedback, mapping: SurveyMapping | WaitReason) -> Draft | WaitReason:
        if not press.has_button:
            return WaitReason.NO_BUTTON_ROW
        if isinstance(mapping, WaitReason):
            return mapping
        survey = self.surveys[mapping.survey_code]
        question = survey.version_at(press.given_at).questions.get(mapping.rating_question)
        index = mapping.semantic_index(press.button_index, QuestionKind(question.kind)) if question else None
        if question is None or index is None:
            return WaitReason.SCALE_MISMATCH
        answers: dict[str, Any] = {mapping.rating_question: answer_of_button(question, index)}
        waits_for = self._add_follow_up(answers, press, mapping)
        texts = self.texts.get(press.feedback_id, [])
        if texts and mapping.comment_question is not None:
            answers[mapping.comment_question] = "\n\n".join(texts)[: get_settings().text_max_length]
        return Draft(press, _line_of(press, mapping, answers), waits_for)

    def _add_follow_up(
        self, answers: dict[str, Any], press: HappyOrNotFeedback, mapping: SurveyMapping
    ) -> WaitReason | None:
        codes, is_any_unmapped = mapped_options(mapping, self.options.get(press.feedback_id, []))
        if codes and mapping.follow_up_question is not None:
            version = self.surveys[mapping.survey_code].version_at(press.given_at)
            question = version.questions.get(mapping.follow_up_question)
            is_single = question is not None and question.kind is QuestionKind.SINGLE_CHOICE
            answers[mapping.follow_up_question] = codes[0] if is_single else codes
        return WaitReason.UNMAPPED_OPTION if is_any_unmapped else None


def _key_of(press: HappyOrNotFeedback) -> PairKey:
    return PairKey(Generation.V2, press.survey_id, press.point_id)


def _line_of(press: HappyOrNotFeedback, mapping: SurveyMapping, answers: dict[str, Any]) -> ResponseLine:
    key = _key_of(press)
    return ResponseLine.model_validate(
        {
            "id": response_id(key, press.feedback_id),
            "survey": mapping.survey_code,
            "given_at": press.given_at,
            "source": SOURCE,
            "source_point": key.source_point,
            # A way of answering that is new with the vendor is the survey's own way.
            "collection_mode": press.ui if press.ui in _MODES else None,
            "misuse": {"reason": MisuseReason.VENDOR_FLAG} if press.is_misuse else None,
            "answers": answers,
        }
    )


def _reason_of(draft: Draft, result: LineResult) -> str | None:
    if result.status in {"refused", "held"}:
        return result.code
    return draft.waits_for
