"""Submissions that arrive together are stored together, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.feedback import intake
from services.feedback_api.feedback.intake import Accepted, Judged
from services.feedback_api.feedback.screening import duplicate_window
from services.feedback_api.publication import service as publication
from services.shared.catalogue import Catalogue
from services.shared.clock import now
from services.shared.group_commit import GroupCommit
from services.shared.settings import Settings


@dataclass(frozen=True, slots=True)
class Arrival:
    """A submission that waits for its commit, judged by the catalogue."""

    judged: Judged
    catalogue: Catalogue
    settings: Settings


FeedbackGroups = GroupCommit[Arrival, Accepted]
"""The queue of submissions, which tells each what became of it."""


def feedback_groups(*, waiting_max: int, group_max: int) -> FeedbackGroups:
    """A queue of submissions."""

    async def write(session: AsyncSession, arrivals: Sequence[Arrival]) -> Sequence[Accepted]:
        # One catalogue for all: between two loadings of it, policies and holidays are the newer one's.
        catalogue, settings = arrivals[-1].catalogue, arrivals[-1].settings
        judged = [arrival.judged for arrival in arrivals]
        async with session.begin():
            accepted = await intake.store(session, catalogue, judged, window=duplicate_window(settings), at=now())
            await publication.await_moderation_of_all(session, catalogue, settings, accepted)
        return accepted

    return GroupCommit(
        "submissions",
        write,
        open_session=lambda sessions: sessions.session(),
        waiting_max=waiting_max,
        group_max=group_max,
    )
