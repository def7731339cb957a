"""Comments in what is not counted yet: held lines, and what was read from HappyOrNot.

The words give way to a sign that there were some. So an answer that can be counted one day still counts as one with a
text, and one that is counted already does not change when it is read again.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, func, select

from services.shared.tables import HappyOrNotFeedback, HappyOrNotText, HeldAnswer, SurveyOption
from services.survey_api.surveys.answers import SMILEYS

ERASED = "…"
"""Stands where a text was."""

_SMILEY_CODES = frozenset(code for codes in SMILEYS.values() for code in codes)

Due = tuple[int, datetime | None]

# Nobody knows a held line's questions before its survey is known: any word that is no option's code may be a comment.
_HELD_DUE = """
    FROM held_answer AS held
    WHERE held.given_at < :before
      AND EXISTS (
        SELECT FROM jsonb_path_query(held.line -> 'answers', '$.** ? (@.type() == "string")') AS said (word)
        WHERE said.word #>> '{}' <> :erased
          AND said.word #>> '{}' <> ALL(:smileys)
          AND NOT EXISTS (SELECT FROM survey_option AS known WHERE known.code = said.word #>> '{}')
      )
"""

_COUNT_HELD = text(f"SELECT count(*), min(held.given_at) {_HELD_DUE}")

_LOCK_HELD = text(f"SELECT held.id, held.line {_HELD_DUE} ORDER BY held.id LIMIT :limit FOR UPDATE SKIP LOCKED")


async def count_held(session: AsyncSession, before: datetime) -> Due:
    """How many held lines given before the moment may have comments, and when the oldest was given."""
    row = (await session.execute(_COUNT_HELD, _parameters(before))).one()
    return row[0], row[1]


async def erase_held(session: AsyncSession, before: datetime, limit: int) -> int:
    """Erase what may be comments in up to ``limit`` held lines; in how many."""
    rows = (await session.execute(_LOCK_HELD, _parameters(before) | {"limit": limit})).all()
    if not rows:
        return 0
    codes = _SMILEY_CODES | set((await session.execute(select(SurveyOption.code).distinct())).scalars())
    for held_id, line in rows:
        statement = update(HeldAnswer).where(col(HeldAnswer.id) == held_id).values(line=without_words(line, codes))
        await session.execute(statement.execution_options(synchronize_session=False))
    return len(rows)


def without_words(line: Mapping[str, Any], codes: Collection[str]) -> dict[str, Any]:
    """The line with the sign in place of every answer, or part of one, that is a text and none of the ``codes``."""

    def cleared(answer: object) -> object:
        if isinstance(answer, list):
            return [cleared(item) for item in answer]
        return ERASED if isinstance(answer, str) and answer not in codes else answer

    return {**line, "answers": {code: cleared(answer) for code, answer in line["answers"].items()}}


async def count_read(session: AsyncSession, before: datetime) -> Due:
    """How many texts read from HappyOrNot were given before the moment, and when the oldest was."""
    statement = (
        select(func.count(), func.min(col(HappyOrNotFeedback.given_at)))
        .select_from(HappyOrNotText)
        .join(HappyOrNotFeedback, col(HappyOrNotFeedback.feedback_id) == col(HappyOrNotText.feedback_id))
        .where(col(HappyOrNotFeedback.given_at) < before, col(HappyOrNotText.comment) != ERASED)
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]


_ERASE_READ = text(
    """
    UPDATE happy_or_not_text AS written SET comment = :erased
    FROM (
        SELECT due.feedback_id, due.position
        FROM happy_or_not_text AS due
        JOIN happy_or_not_feedback AS press USING (feedback_id)
        WHERE press.given_at < :before AND due.comment <> :erased
        ORDER BY due.feedback_id, due.position
        LIMIT :limit
        FOR UPDATE OF due SKIP LOCKED
    ) AS locked
    WHERE (written.feedback_id, written.position) = (locked.feedback_id, locked.position)
    RETURNING 1
    """
)


async def erase_read(session: AsyncSession, before: datetime, limit: int) -> int:
    """Erase up to ``limit`` of those texts; how many."""
    erased = await session.execute(_ERASE_READ, {"erased": ERASED, "before": before, "limit": limit})
    return len(erased.all())


def _parameters(before: datetime) -> dict[str, Any]:
    return {"before": before, "erased": ERASED, "smileys": sorted(_SMILEY_CODES)}
