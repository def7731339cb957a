"""Reading what is public of items."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Float, cast, func
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from sqlmodel.sql.expression import Select

from services.feedback_api.feedback.lifecycle import OPEN
from services.feedback_api.feedback.repository import with_words
from services.feedback_api.open311.parameters import Box, Circle, RequestQuery
from services.shared.tables import Feedback, FeedbackContent, FeedbackEvent, FeedbackPublication
from services.shared.tables.open311 import Moderation

EARTH_RADIUS_METRES = 6_371_008.8
"""Mean radius of WGS84."""


class PublicItem(NamedTuple):
    """An item that can be followed through Open311; its content is None once erased."""

    facts: Feedback
    publication: FeedbackPublication
    content: FeedbackContent | None

    @property
    def is_published(self) -> bool:
        """Whether its words may be shown."""
        return (
            self.facts.publication_permitted
            and self.publication.moderation == Moderation.PUBLISHED
            and self.facts.hold is None
        )


async def fetch_items(session: AsyncSession, ids: Collection[UUID]) -> list[PublicItem]:
    """The items of the ids that can be followed, whether published or not, newest first."""
    statement = _items().where(col(Feedback.id).in_(ids)).order_by(*_NEWEST_FIRST)
    return [PublicItem(*row) for row in await session.execute(statement)]


async def list_items(session: AsyncSession, query: RequestQuery) -> tuple[list[PublicItem], int]:
    """A page of published items, newest first, and how many there are in all."""
    conditions = list(_conditions(query))
    published = _items().where(*conditions)
    total = (await session.execute(select(func.count()).select_from(published.subquery()))).scalar_one()
    page = published.order_by(*_NEWEST_FIRST).limit(query.page_size).offset((query.page - 1) * query.page_size)
    return [PublicItem(*row) for row in await session.execute(page)], total


async def fetch_published_events(
    session: AsyncSession, ids: Collection[UUID] | None, start: datetime, end: datetime, limit: int
) -> list[tuple[FeedbackEvent, FeedbackPublication]]:
    """Events of published items in the time, oldest first."""
    statement = (
        select(FeedbackEvent, FeedbackPublication)
        .join(FeedbackPublication, col(FeedbackPublication.feedback_id) == col(FeedbackEvent.feedback_id))
        .join(Feedback, col(Feedback.id) == col(FeedbackEvent.feedback_id))
        .where(*_PUBLISHED, col(FeedbackEvent.occurred_at).between(start, end))
        .order_by(col(FeedbackEvent.occurred_at), col(FeedbackEvent.feedback_id), col(FeedbackEvent.sequence))
        .limit(limit)
    )
    if ids is not None:
        statement = statement.where(col(FeedbackEvent.feedback_id).in_(ids))
    return [(event, publication) for event, publication in await session.execute(statement)]


_NEWEST_FIRST = (col(Feedback.received_at).desc(), col(Feedback.id).desc())
_PUBLISHED: tuple[ColumnElement[bool], ...] = (
    col(Feedback.publication_permitted).is_(True),
    col(FeedbackPublication.moderation) == Moderation.PUBLISHED.value,
    col(Feedback.hold).is_(None),
)


def _items() -> Select[Feedback, FeedbackPublication, FeedbackContent]:
    return (
        select(Feedback, FeedbackPublication, FeedbackContent)
        .join(FeedbackPublication, col(FeedbackPublication.feedback_id) == col(Feedback.id))
        .outerjoin(FeedbackContent, col(FeedbackContent.feedback_id) == col(Feedback.id))
    )


def _conditions(query: RequestQuery) -> Sequence[ColumnElement[bool]]:
    found = [*_PUBLISHED, col(Feedback.received_at).between(query.start, query.end)]
    if query.service_codes:
        found.append(col(FeedbackPublication.service_code).in_(query.service_codes))
    if len(query.statuses) == 1:
        is_open = col(Feedback.state).in_(OPEN)
        found.append(is_open if "open" in query.statuses else ~is_open)
    if query.updated_after is not None:
        found.append(col(Feedback.updated_at) >= query.updated_after)
    if query.updated_before is not None:
        found.append(col(Feedback.updated_at) <= query.updated_before)
    if query.service_object_id is not None:
        found.append(col(FeedbackPublication.service_object_id) == query.service_object_id)
    if query.words is not None:
        found.append(col(Feedback.id).in_(with_words(query.words)))
    if query.box is not None:
        found += _in_box(query.box)
    if query.circle is not None:
        found += _in_circle(query.circle)
    return found


def _in_box(box: Box) -> list[ColumnElement[bool]]:
    return [
        col(FeedbackContent.latitude).between(box.south, box.north),
        col(FeedbackContent.longitude).between(box.west, box.east),
    ]


def _in_circle(circle: Circle) -> list[ColumnElement[bool]]:
    """On the sphere (haversine); the band of latitudes before it is what the index answers."""
    band = circle.metres / EARTH_RADIUS_METRES * 57.29577951308232
    latitude = func.radians(cast(col(FeedbackContent.latitude), Float))
    longitude = func.radians(cast(col(FeedbackContent.longitude), Float))
    middle, meridian = func.radians(circle.latitude), func.radians(circle.longitude)
    half_chord = func.pow(func.sin((latitude - middle) / 2), 2) + func.cos(latitude) * func.cos(middle) * func.pow(
        func.sin((longitude - meridian) / 2), 2
    )
    metres = 2 * EARTH_RADIUS_METRES * func.asin(func.least(1.0, func.sqrt(half_chord)))
    return [
        col(FeedbackContent.latitude).between(circle.latitude - band, circle.latitude + band),
        metres <= circle.metres,
    ]
