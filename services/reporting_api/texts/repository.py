"""Reading and writing chapter texts."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import ChapterText


async def list_texts(session: AsyncSession, quarter: str) -> Sequence[ChapterText]:
    """All texts of the quarter."""
    statement = (
        select(ChapterText)
        .where(col(ChapterText.quarter) == quarter)
        .order_by(col(ChapterText.chapter), col(ChapterText.language))
    )
    return (await session.execute(statement)).scalars().all()


async def put(session: AsyncSession, text: ChapterText) -> None:
    """Write the text in place of the one there was."""
    values = text.model_dump()
    statement = insert(ChapterText).values(values)
    key = ["quarter", "chapter", "language"]
    changed = {name: value for name, value in values.items() if name not in key}
    await session.execute(statement.on_conflict_do_update(index_elements=key, set_=changed))


async def remove(session: AsyncSession, quarter: str, chapter: str, language: str) -> bool:
    """Take the text away; False where there was none."""
    statement = (
        delete(ChapterText)
        .where(
            col(ChapterText.quarter) == quarter,
            col(ChapterText.chapter) == chapter,
            col(ChapterText.language) == language,
        )
        .returning(col(ChapterText.chapter))
    )
    return (await session.execute(statement)).scalar_one_or_none() is not None
