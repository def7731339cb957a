"""What has been read and not yet counted: written so that reading anything again changes nothing."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import HappyOrNotFeedback, HappyOrNotFollowUp, HappyOrNotText
from services.shared.tables.happy_or_not import StagedState


class Press(NamedTuple):
    """A press, or what a text or follow-up tells of its press."""

    feedback_id: UUID
    survey_id: str
    point_id: str
    local_time: str
    given_at: datetime
    button_index: int
    is_misuse: bool
    ui: str | None


_ROWS = """
    unnest(CAST(:feedback_ids AS uuid[]), CAST(:survey_ids AS text[]), CAST(:point_ids AS text[]),
        CAST(:local_times AS text[]), CAST(:given_at AS timestamptz[]), CAST(:buttons AS smallint[]),
        CAST(:misuse AS boolean[]), CAST(:uis AS text[]))
        AS read (feedback_id, survey_id, point_id, local_time, given_at, button_index, is_misuse, ui)
"""

# Where and when a press was is settled by the first reading of its button row, as its response is kept under it. What
# only a text had told of it gives way.
_STAGE_PRESSES = text(
    f"""
    INSERT INTO happy_or_not_feedback AS staged (feedback_id, survey_id, point_id, local_time, given_at, button_index,
        is_misuse, ui, has_button, state)
    SELECT read.*, true, 'waiting' FROM {_ROWS}
    ON CONFLICT (feedback_id) DO UPDATE SET
        survey_id = CASE WHEN staged.has_button THEN staged.survey_id ELSE excluded.survey_id END,
        point_id = CASE WHEN staged.has_button THEN staged.point_id ELSE excluded.point_id END,
        local_time = CASE WHEN staged.has_button THEN staged.local_time ELSE excluded.local_time END,
        given_at = CASE WHEN staged.has_button THEN staged.given_at ELSE excluded.given_at END,
        ui = CASE WHEN staged.has_button THEN staged.ui ELSE excluded.ui END,
        button_index = excluded.button_index, is_misuse = excluded.is_misuse,
        has_button = true, state = 'waiting', reason = NULL
    WHERE NOT staged.has_button
        OR (staged.button_index, staged.is_misuse) <> (excluded.button_index, excluded.is_misuse)
    RETURNING xmax = 0 AS is_new
    """  # noqa: S608 (a constant)
)

_STAGE_COMPANIONS = text(
    f"""
    INSERT INTO happy_or_not_feedback (feedback_id, survey_id, point_id, local_time, given_at, button_index,
        is_misuse, ui, has_button, state)
    SELECT read.*, false, 'waiting' FROM {_ROWS}
    ON CONFLICT (feedback_id) DO NOTHING
    """  # noqa: S608 (a constant)
)

_STAGE_OPTIONS = text(
    """
    INSERT INTO happy_or_not_follow_up (feedback_id, option_id)
    SELECT * FROM unnest(CAST(:feedback_ids AS uuid[]), CAST(:options AS text[]))
    ON CONFLICT DO NOTHING
    RETURNING feedback_id
    """
)

_STAGE_TEXTS = text(
    """
    INSERT INTO happy_or_not_text AS staged (feedback_id, position, comment)
    SELECT * FROM unnest(CAST(:feedback_ids AS uuid[]), CAST(:positions AS int[]), CAST(:comments AS text[]))
    ON CONFLICT (feedback_id, position) DO UPDATE SET comment = excluded.comment
    WHERE staged.comment <> excluded.comment
    RETURNING feedback_id
    """
)


class Staged(NamedTuple):
    """How many presses were new, and how many had changed."""

    new: int
    changed: int


async def stage_presses(session: AsyncSession, presses: Sequence[Press]) -> Staged:
    """Keep presses with their button rows; of several rows of one press the last counts."""
    unique = {press.feedback_id: press for press in presses}
    if not unique:
        return Staged(0, 0)
    written = [row.is_new for row in await session.execute(_STAGE_PRESSES, _columns(list(unique.values())))]
    return Staged(sum(written), len(written) - sum(written))


async def stage_options(session: AsyncSession, chosen: Sequence[tuple[Press, str]]) -> int:
    """Keep options chosen after presses; how many were new."""
    if not chosen:
        return 0
    await _stage_companions(session, [press for press, _ in chosen])
    columns = {
        "feedback_ids": [press.feedback_id for press, _ in chosen],
        "options": [option for _, option in chosen],
    }
    changed = list((await session.execute(_STAGE_OPTIONS, columns)).scalars())
    await _look_again(session, set(changed))
    return len(changed)


async def stage_texts(session: AsyncSession, written: Sequence[tuple[Press, int, str]]) -> int:
    """Keep masked texts; how many were new or changed."""
    unique = {(press.feedback_id, position): comment for press, position, comment in written}
    if not unique:
        return 0
    await _stage_companions(session, [press for press, _, _ in written])
    columns = {
        "feedback_ids": [feedback_id for feedback_id, _ in unique],
        "positions": [position for _, position in unique],
        "comments": list(unique.values()),
    }
    changed = list((await session.execute(_STAGE_TEXTS, columns)).scalars())
    await _look_again(session, set(changed))
    return len(changed)


async def _stage_companions(session: AsyncSession, presses: Sequence[Press]) -> None:
    unique = {press.feedback_id: press for press in presses}
    await session.execute(_STAGE_COMPANIONS, _columns(list(unique.values())))


async def _look_again(session: AsyncSession, feedback_ids: Collection[UUID]) -> None:
    await session.execute(
        update(HappyOrNotFeedback)
        .where(col(HappyOrNotFeedback.feedback_id).in_(feedback_ids))
        .values(state=StagedState.WAITING, reason=None)
    )


def _columns(presses: Sequence[Press]) -> dict[str, list[object]]:
    return {
        "feedback_ids": [press.feedback_id for press in presses],
        "survey_ids": [press.survey_id for press in presses],
        "point_ids": [press.point_id for press in presses],
        "local_times": [press.local_time for press in presses],
        "given_at": [press.given_at for press in presses],
        "buttons": [press.button_index for press in presses],
        "misuse": [press.is_misuse for press in presses],
        "uis": [press.ui for press in presses],
    }


async def fetch_unlooked(session: AsyncSession, *, after: UUID | None, limit: int) -> Sequence[HappyOrNotFeedback]:
    """Presses that are new or have changed since they were last looked at, by id."""
    table = HappyOrNotFeedback
    statement = select(table).where(col(table.state) == StagedState.WAITING, col(table.reason).is_(None))
    if after is not None:
        statement = statement.where(col(table.feedback_id) > after)
    return (await session.execute(statement.order_by(col(table.feedback_id)).limit(limit))).scalars().all()


async def fetch_options(session: AsyncSession, feedback_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The options chosen after the presses."""
    table = HappyOrNotFollowUp
    statement = (
        select(table.feedback_id, table.option_id)
        .where(col(table.feedback_id).in_(feedback_ids))
        .order_by(col(table.option_id))
    )
    options: dict[UUID, list[str]] = {}
    for feedback_id, option in await session.execute(statement):
        options.setdefault(feedback_id, []).append(option)
    return options


async def fetch_texts(session: AsyncSession, feedback_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The texts written after the presses, in their order."""
    table = HappyOrNotText
    statement = (
        select(table.feedback_id, table.comment)
        .where(col(table.feedback_id).in_(feedback_ids))
        .order_by(col(table.position))
    )
    texts: dict[UUID, list[str]] = {}
    for feedback_id, comment in await session.execute(statement):
        texts.setdefault(feedback_id, []).append(comment)
    return texts


_MARK = text(
    """
    UPDATE happy_or_not_feedback AS staged SET state = told.state, reason = told.reason
    FROM unnest(CAST(:feedback_ids AS uuid[]), CAST(:states AS text[]), CAST(:reasons AS text[]))
        AS told (feedback_id, state, reason)
    WHERE staged.feedback_id = told.feedback_id
    """
)


async def mark(session: AsyncSession, reasons: Mapping[UUID, str | None]) -> None:
    """Presses that were counted (None), and those that wait, with why."""
    await session.execute(
        _MARK,
        {
            "feedback_ids": list(reasons),
            "states": [StagedState.WAITING if reason else StagedState.TAKEN for reason in reasons.values()],
            "reasons": list(reasons.values()),
        },
    )


async def look_at_all_again(session: AsyncSession) -> None:
    """Let everything that waits be looked at again: the mapping or the catalogue may have changed."""
    for table in ("happy_or_not_feedback", "happy_or_not_hour"):
        await session.execute(
            text(f"UPDATE {table} SET reason = NULL WHERE state = 'waiting' AND reason IS NOT NULL")  # noqa: S608 (ours)
        )


async def forget_taken(session: AsyncSession, *, before: datetime) -> int:
    """Delete counted presses given ``before`` then, which are not read again; how many."""
    table = HappyOrNotFeedback
    deleted = await session.execute(
        delete(table)
        .where(col(table.state) == StagedState.TAKEN, col(table.given_at) < before)
        .returning(col(table.feedback_id))
    )
    return len(deleted.scalars().all())
