"""Reading v2: what the customer has, and the presses, follow-ups and texts of a span of days."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.database import Sessions
from services.shared.personal_data import mask
from services.shared.settings import Settings
from services.shared.tables import HappyOrNotOption, HappyOrNotPoint, HappyOrNotSurvey
from services.shared.tables.happy_or_not import Generation
from services.survey_api.happy_or_not import repository, staging
from services.survey_api.happy_or_not.client_v2 import ClientV2, read_rows
from services.survey_api.happy_or_not.staging import Press
from services.survey_api.happy_or_not.times import UnreadableTimeError, local_instant
from services.survey_api.happy_or_not.vendor_schemas import (
    ButtonRow,
    ExperiencePoint,
    FeedbackRow,
    FollowUpOption,
    FollowUpQuestion,
    FollowUpRow,
    TextRow,
    VendorSurvey,
)
from services.survey_api.happy_or_not.windows import Window

Row = TypeVar("Row", bound=FeedbackRow)

Values = dict[str, Any]
"""Column to value."""


@dataclass(frozen=True)
class ReadingV2:
    """Reads by ``client`` into the staging tables; ``counts`` grow by what was found."""

    sessions: Sessions
    client: ClientV2
    settings: Settings
    counts: Counter[str] = field(default_factory=Counter)
    on_page: Callable[[], Awaitable[None]] | None = None
    """Awaited after each page."""

    async def read_lists(self, *, at: datetime) -> None:
        """Check the token, and keep what surveys, points and options there are."""
        await self.client.introspect()
        points = await self.client.experience_points()
        surveys = await self.client.surveys()
        questions = {question.id: question.text for question in await self.client.questions()}
        asked = {question.id: question for question in await self.client.follow_up_questions()}
        options = await self.client.follow_up_options()
        seen = {"seen_at": at}
        async with self.sessions.session() as session, session.begin():
            await repository.keep_seen(session, HappyOrNotPoint, [seen | _point_values(it) for it in points])
            await repository.keep_seen(
                session, HappyOrNotSurvey, [seen | _survey_values(it, questions) for it in surveys]
            )
            await repository.keep_seen(session, HappyOrNotOption, [seen | _option_values(it, asked) for it in options])

    async def read_window(self, window: Window) -> None:
        """Keep everything given in the window. What was kept before and is the same stays as it was."""
        await self._stage(self.client.button_pages(*window), ButtonRow, self._stage_presses)
        await self._stage(self.client.follow_up_pages(*window), FollowUpRow, self._stage_options)
        await self._stage(self.client.text_pages(*window), TextRow, self._stage_texts)

    async def _stage(
        self,
        pages: AsyncIterator[list[Any]],
        model: type[Row],
        stage: Callable[[AsyncSession, Sequence[tuple[Press, Row]]], Awaitable[None]],
    ) -> None:
        async for page in pages:
            self.counts["pages"] += 1
            for start in range(0, len(page), self.settings.import_batch_lines):
                part = page[start : start + self.settings.import_batch_lines]
                rows = [(self._press_of(row), row) if row else None for row in read_rows(part, model)]
                readable = [(read[0], read[1]) for read in rows if read and read[0]]
                self.counts["unreadable"] += len(rows) - len(readable)
                async with self.sessions.session() as session, session.begin():
                    await stage(session, readable)
            if self.on_page is not None:
                await self.on_page()

    def _press_of(self, row: FeedbackRow) -> Press | None:
        try:
            given_at = local_instant(row.local_time, ZoneInfo(self.settings.happy_or_not_time_zone))
        except UnreadableTimeError:
            return None
        return Press(
            feedback_id=row.feedback_id,
            survey_id=row.survey_id,
            point_id=row.point_id,
            local_time=row.local_time,
            given_at=given_at,
            button_index=row.button_index,
            is_misuse=row.is_misuse,
            ui=row.ui if isinstance(row, ButtonRow) else None,
        )

    async def _stage_presses(self, session: AsyncSession, rows: Sequence[tuple[Press, ButtonRow]]) -> None:
        staged = await staging.stage_presses(session, [press for press, _ in rows])
        self.counts["read"] += len(rows)
        self.counts["new"] += staged.new
        self.counts["changed"] += staged.changed

    async def _stage_options(self, session: AsyncSession, rows: Sequence[tuple[Press, FollowUpRow]]) -> None:
        chosen = [(press, row.option_id) for press, row in rows if row.option_id is not None]
        self.counts["follow_ups"] += await staging.stage_options(session, chosen)

    async def _stage_texts(self, session: AsyncSession, rows: Sequence[tuple[Press, TextRow]]) -> None:
        texts = [(press, row.position, self._masked(row.text)) for press, row in rows if not row.is_spam and row.text]
        self.counts["spam_texts"] += sum(row.is_spam for _, row in rows)
        self.counts["texts"] += await staging.stage_texts(session, [text for text in texts if text[2]])

    def _masked(self, text: str) -> str:
        """Before anything is written; a text beyond the limit of ours is cut there, and a NUL is no character."""
        cleaned = text.replace("\x00", "").strip()
        return mask(cleaned).text[: self.settings.text_max_length].strip()


def _point_values(point: ExperiencePoint) -> Values:
    return {
        "generation": Generation.V2,
        "point_id": point.id,
        "name": point.name,
        "parent_id": point.parent,
        "is_group": point.is_group,
    }


def _survey_values(survey: VendorSurvey, questions: Mapping[str, str | None]) -> Values:
    return {
        "generation": Generation.V2,
        "survey_id": survey.id,
        "question": survey.question or questions.get(survey.question_id or ""),
        "scale": survey.scale,
        "index_type": survey.index_type,
        "state": survey.state,
    }


def _option_values(option: FollowUpOption, asked: Mapping[str, FollowUpQuestion]) -> Values:
    question = asked.get(option.question_id)
    return {
        "option_id": option.id,
        "survey_id": question.survey_id if question else None,
        "follow_up_question_id": option.question_id,
        "is_positive": question.is_positive if question else None,
        "label": option.text,
    }
