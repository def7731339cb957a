"""Reading v1: the folders with their surveys, and each survey's presses an hour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from services.shared.clock import midnight
from services.shared.database import Sessions
from services.shared.settings import Settings
from services.shared.tables import HappyOrNotPoint, HappyOrNotSurvey
from services.shared.tables.happy_or_not import Generation, IndexOrder, OrderCheck
from services.survey_api.happy_or_not import hours as staged_hours
from services.survey_api.happy_or_not import repository
from services.survey_api.happy_or_not.button_order import check_order
from services.survey_api.happy_or_not.client_v1 import ClientV1
from services.survey_api.happy_or_not.times import UnreadableTimeError, instant
from services.survey_api.happy_or_not.vendor_schemas import Folder, FolderSurvey, HourRow, PressRow
from services.survey_api.happy_or_not.windows import Window


class PlacedSurvey(NamedTuple):
    """A survey and the folder it is in."""

    survey: FolderSurvey
    folder: Folder


@dataclass(frozen=True)
class ReadingV1:
    """Reads by ``client`` into the staging tables; ``counts`` grow by what was found."""

    sessions: Sessions
    client: ClientV1
    settings: Settings
    counts: Counter[str] = field(default_factory=Counter)

    async def read_lists(self, *, at: datetime) -> list[PlacedSurvey]:
        """Keep what folders and surveys there are; the surveys."""
        folders = await self.client.folders()
        placed = [PlacedSurvey(survey, folder) for folder in folders for survey in folder.surveys]
        seen = {"generation": Generation.V1, "seen_at": at}
        async with self.sessions.session() as session, session.begin():
            await repository.keep_seen(
                session,
                HappyOrNotPoint,
                [
                    seen
                    | {
                        "point_id": folder.key,
                        "name": folder.name,
                        "parent_id": None,
                        "is_group": not folder.surveys,
                    }
                    for folder in folders
                ],
            )
            await repository.keep_seen(
                session,
                HappyOrNotSurvey,
                [
                    seen
                    | {
                        "survey_id": survey.key,
                        "question": survey.question.name if survey.question else None,
                        "scale": survey.scale,
                        "index_type": survey.index_type,
                    }
                    for survey, _ in placed
                ],
            )
        return placed

    async def read_window(self, window: Window, placed: Sequence[PlacedSurvey]) -> None:
        """Keep the hours of all surveys in the window: replaced whole, never added to."""
        for survey, folder in placed:
            await self._read_survey(window, survey, folder)

    async def _read_survey(self, window: Window, survey: FolderSurvey, folder: Folder) -> None:
        start, end = midnight(window.start), midnight(window.end)
        counts = self._counts_of(await self.client.hours(survey, start, end), start, end)
        async with self.sessions.session() as session:
            mapping = await repository.fetch_mapping(session)
        order = next(
            (
                IndexOrder(row.index_order)
                for row in mapping.surveys
                if (row.generation, row.survey_id) == (Generation.V1, survey.key)
            ),
            IndexOrder.NEGATIVE_FIRST,
        )
        check = await self._check_order(survey, counts, order, start, end)
        async with self.sessions.session() as session, session.begin():
            changed = await staged_hours.stage_hours(session, survey.key, folder.key, counts, start=start, end=end)
            if check is not OrderCheck.UNDECIDED:
                await repository.note_order_check(session, survey.key, check)
        self.counts["hours"] += len(counts)
        self.counts["changed_hours"] += changed

    def _counts_of(
        self, rows: Sequence[HourRow | None], start: datetime, end: datetime
    ) -> dict[datetime, Sequence[int]]:
        """The hours within the span; the vendor need not list them in order."""
        counts: dict[datetime, Sequence[int]] = {}
        for row in rows:
            try:
                at = instant(row.starts_at) if row else None
            except UnreadableTimeError:
                at = None
            if row is None or at is None or at.timestamp() % 3600:
                self.counts["unreadable"] += 1
            elif start <= at < end:
                counts[at] = row.counts
        return counts

    async def _check_order(
        self,
        survey: FolderSurvey,
        counts: dict[datetime, Sequence[int]],
        order: IndexOrder,
        start: datetime,
        end: datetime,
    ) -> OrderCheck:
        if not any(any(hour) for hour in counts.values()):
            return OrderCheck.UNDECIDED
        presses = await self.client.presses(survey, start, end)
        return check_order(counts, _pressed(presses or []), order)


def _pressed(rows: Sequence[PressRow | None]) -> list[tuple[datetime, int]]:
    pressed = []
    for row in rows:
        if row is None or row.button_index is None:
            continue
        try:
            pressed.append((instant(row.at), row.button_index))
        except UnreadableTimeError:
            continue
    return pressed
