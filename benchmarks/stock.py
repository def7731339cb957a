"""The stock implementation: FastAPI and SQLModel as their tutorials have them, on the same PostgreSQL."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from sqlalchemy import JSON, Column, DateTime, func
from sqlmodel import Field, Session, SQLModel, col, create_engine, select

from benchmarks.environment import STOCK_FEEDBACK_TABLE, STOCK_RESPONSE_TABLE, STOCK_URL_VARIABLE
from services.shared.database import sqlalchemy_url


def _now() -> datetime:
    return datetime.now(UTC)


class StockFeedbackBase(SQLModel):
    """The fields of a form."""

    text: str
    type: str = "other"
    topic: str | None = None
    unit: str | None = None
    channel: str = "web_form"
    language: str = "fi"
    sender_email: str | None = None
    reply_wanted: bool = False


class StockFeedback(StockFeedbackBase, table=True):
    """A piece of feedback, all in one row."""

    __tablename__ = STOCK_FEEDBACK_TABLE

    id: int | None = Field(default=None, primary_key=True)
    received_at: datetime = Field(default_factory=_now, sa_type=DateTime(timezone=True), index=True)


class StockResponseBase(SQLModel):
    """The answers as they came."""

    answers: dict[str, Any] = Field(sa_column=Column(JSON))
    language: str | None = None


class StockResponse(StockResponseBase, table=True):
    """A response, counted by whoever wants figures."""

    __tablename__ = STOCK_RESPONSE_TABLE

    id: int | None = Field(default=None, primary_key=True)
    given_at: datetime = Field(default_factory=_now, sa_type=DateTime(timezone=True))
    survey: str


class StockResponseCreate(SQLModel):
    """What a page sends."""

    answers: dict[str, Any]
    language: str | None = None


engine = create_engine(sqlalchemy_url(os.environ[STOCK_URL_VARIABLE]))


def get_session() -> Iterator[Session]:
    """The tutorial's session."""
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]


@asynccontextmanager
async def create_tables(_app: FastAPI) -> AsyncIterator[None]:
    """The tutorial's start."""
    SQLModel.metadata.create_all(engine)
    yield


app = FastAPI(lifespan=create_tables)


@app.post("/v1/feedback", status_code=201)
def feedback_create(feedback: StockFeedbackBase, session: SessionDep) -> StockFeedback:
    """Writes one row."""
    row = StockFeedback.model_validate(feedback)
    session.add(row)
    session.commit()
    session.refresh(row)
    return row


@app.post("/v1/surveys/{code}/responses", status_code=201)
def response_create(code: str, response: StockResponseCreate, session: SessionDep) -> StockResponse:
    """Writes one row."""
    row = StockResponse(survey=code, answers=response.answers, language=response.language)
    session.add(row)
    session.commit()
    session.refresh(row)
    return row


@app.get("/v1/quarters/{quarter}")
def quarter_read(quarter: str, session: SessionDep) -> dict[str, int]:
    """Counts one quarter's feedback by type: one of some two hundred figures of the real answer."""
    year, _, number = quarter.partition("-Q")
    month = 3 * int(number) - 2
    begins = datetime(int(year), month, 1, tzinfo=UTC)
    ends = datetime(int(year) + month // 10, (month + 2) % 12 + 1, 1, tzinfo=UTC)
    counted = (
        select(StockFeedback.type, func.count())
        .where(col(StockFeedback.received_at) >= begins, col(StockFeedback.received_at) < ends)
        .group_by(StockFeedback.type)
    )
    return dict(session.exec(counted).all())


@app.get("/health/ready")
def health_ready() -> dict[str, str]:
    """The tables are there."""
    return {"status": "ready"}
