"""Retention: what is due by which policy, what a run erases, and what a dry one does not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.erasure import service as erasure
from services.feedback_api.erasure.schemas import ContentErased
from services.feedback_api.feedback.lifecycle import OPEN
from services.feedback_api.retention import repository, service
from services.feedback_api.retention.rules import Due, due_of
from services.shared.catalogue import read_catalogue
from services.shared.clock import now
from services.shared.retention import repository as runs_repository
from services.shared.retention.repository import last_whole_run
from services.shared.scopes import Scope
from services.shared.tables import Feedback, RetentionPolicy
from services.shared.tables.access import Service
from services.shared.tables.feedback import FeedbackState, Hold
from services.shared.tables.retention import CountedFrom, RetainedContent
from tests.conftest import add_key, client_of
from tests.feedback_api.test_events import make, record

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOLDS = [None, *Hold]
TYPES = ["complaint", "idea", "other"]


def policy(code: str, holds: list[str], types: list[str], counted_from: str, days: int) -> RetentionPolicy:
    return RetentionPolicy(
        code=code,
        position=1,
        content="feedback",
        holds=holds,
        type_codes=types,
        counted_from=counted_from,
        keep_days=days,
        names={"fi": code},
        owner="tests",
        source="tests",
    )


POLICIES = [
    policy("ideas", [], ["idea"], "last_event_when_closed", 10),
    policy("others", [], [], "last_event_when_closed", 100),
    policy("spam", ["suspected_spam", "duplicate"], [], "received", 5),
]


def applies_to(due: Due, *, hold: str | None, type_code: str) -> bool:
    """Whether an item of that hold and type falls under the policy."""
    is_held_so = hold in due.holds if due.holds else hold is None
    is_of_type = type_code in due.type_codes if due.type_codes else type_code not in due.other_types
    return is_held_so and is_of_type


def is_due(due: Due, *, received_at: datetime, last_event_at: datetime, is_open: bool) -> bool:
    """Whether an item that falls under the policy has been kept long enough."""
    if due.counted_from is CountedFrom.RECEIVED:
        return received_at < due.before
    return not is_open and last_event_at < due.before


@given(hold=st.sampled_from(HOLDS), type_code=st.sampled_from(TYPES))
def test_no_item_falls_under_two_policies(hold: Hold | None, type_code: str) -> None:
    found = [due.policy.code for due in due_of(POLICIES, now=NOW) if applies_to(due, hold=hold, type_code=type_code)]
    expected = {None: ["ideas" if type_code == "idea" else "others"], Hold.NOT_FEEDBACK: []}
    assert found == expected.get(hold, ["spam"])


@given(days=st.integers(0, 200), touched_later=st.integers(0, 200), is_open=st.booleans(), place=st.integers(0, 2))
def test_due_is_strictly_past_the_days_and_never_while_open(
    days: int, touched_later: int, is_open: bool, place: int
) -> None:
    due = due_of(POLICIES, now=NOW)[place]
    received_at = NOW - timedelta(days=days)
    last_event_at = min(NOW, received_at + timedelta(days=touched_later))
    found = is_due(due, received_at=received_at, last_event_at=last_event_at, is_open=is_open)
    if due.policy.code == "spam":
        assert found == (days > 5)
    else:
        kept_for = (NOW - last_event_at).days
        assert found == (not is_open and kept_for > due.policy.keep_days)


@pytest.fixture
async def eraser(app: FastAPI, session: AsyncSession) -> httpx.AsyncClient:
    return client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="eraser"))


async def texts(session: AsyncSession) -> set[str]:
    return set((await session.execute(text("SELECT body FROM feedback_content"))).scalars())


async def some_items(staff: httpx.AsyncClient) -> None:
    old, young = "2021-05-04T09:30:00+03:00", (now() - timedelta(days=30)).isoformat()
    for words, received_at, events in (
        ("vanha käsitelty", old, [{"kind": "closed", "occurred_at": "2021-05-05T09:30:00+03:00"}]),
        ("vanha avoin", old, []),
        ("vanha uudelleen avattu", old, [{"kind": "closed", "occurred_at": old}, {"kind": "reopened"}]),
        ("vanha, hiljattain käsitelty", old, [{"kind": "closed"}]),
        ("nuori käsitelty", young, [{"kind": "closed"}]),
        ("vanha roska", old, [{"kind": "held", "hold": "suspected_spam", "hold_reason": "staff"}]),
        ("nuori roska", young, [{"kind": "held", "hold": "suspected_spam", "hold_reason": "staff"}]),
    ):
        feedback_id = await make(staff, text=words, received_at=received_at)
        for event in events:
            assert (await record(staff, feedback_id, **event)).status_code == 201


def counts(run: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["policy"]: (one["due"], one["erased"]) for one in run["policies"]}


async def test_a_dry_run_counts_and_a_real_one_erases_the_same(
    staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession
) -> None:
    await some_items(staff)
    before = await texts(session)
    dry = (await eraser.post("/v1/retention/runs", json={})).json()
    assert counts(dry) == {"feedback": (1, 0), "suspected_spam": (1, 0), "duplicate": (0, 0), "not_feedback": (0, 0)}
    assert await texts(session) == before
    real = (await eraser.post("/v1/retention/runs", json={"dry_run": False})).json()
    assert counts(real)["feedback"] == (1, 1)
    assert before - await texts(session) == {"vanha käsitelty", "vanha roska"}
    again = (await eraser.post("/v1/retention/runs", json={"dry_run": False})).json()
    assert set(counts(again).values()) == {(0, 0)}
    runs = (await eraser.get("/v1/retention/runs")).json()["items"]
    assert [run["dry_run"] for run in runs] == [False, False, True]


async def test_sql_and_rules_say_the_same_of_every_item(staff: httpx.AsyncClient, session: AsyncSession) -> None:
    await some_items(staff)
    catalogue = await read_catalogue(session)
    for due in due_of(catalogue.retention_policies_of(RetainedContent.FEEDBACK), now=now()):
        in_sql = {facts.id for facts in await repository.lock_due(session, due, 100)}
        rows = (await session.execute(Feedback.__table__.select())).all()
        by_rule = {
            row.id
            for row in rows
            if applies_to(due, hold=row.hold, type_code=row.type_code)
            and is_due(
                due,
                received_at=row.received_at,
                last_event_at=row.last_event_at,
                is_open=FeedbackState(row.state) in OPEN,
            )
        }
        assert in_sql == by_rule


async def test_the_daily_run_is_done_once_a_day_from_its_hour_on(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
) -> None:
    await some_items(staff)
    catalogue = await read_catalogue(session)
    before_three = datetime(2030, 1, 15, 0, 59, tzinfo=UTC)  # 02:59 in Helsinki

    async def run(at: datetime) -> bool:
        return await service.run_if_due(app.state.sessions, None, catalogue, app.state.settings, at=at)

    assert not await run(before_three)
    assert "vanha käsitelty" in await texts(session)
    assert await run(before_three + timedelta(minutes=1))
    assert "vanha käsitelty" not in await texts(session)
    assert not await run(before_three + timedelta(hours=20))
    assert not await run(before_three + timedelta(hours=22)), "past midnight, before three"
    assert await run(before_three + timedelta(days=1, minutes=1))


async def test_a_run_that_is_cut_short_says_what_it_had_done(
    app: FastAPI, staff: httpx.AsyncClient, eraser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_items(staff)
    erase = erasure.erase

    async def erase_no_spam(session: AsyncSession, storage: None, facts: Feedback, *, actor: str) -> ContentErased:
        if facts.hold is not None:
            raise OSError("the attachments' store is gone")
        return await erase(session, storage, facts, actor=actor)

    monkeypatch.setattr(erasure, "erase", erase_no_spam)
    assert (await eraser.post("/v1/retention/runs", json={"dry_run": False})).status_code == 500
    (run,) = (await eraser.get("/v1/retention/runs")).json()["items"]
    assert counts(run) == {"feedback": (1, 1), "suspected_spam": (1, 0), "duplicate": (0, 0), "not_feedback": (0, 0)}
    assert (run["failure"], run["is_complete"]) == ("OSError", False)
    async with app.state.sessions.session() as session:
        assert await last_whole_run(session, Service.FEEDBACK_API) is None, "so that the daily run is tried again"


async def test_one_call_erases_no_more_than_the_setting_and_the_next_goes_on(
    app: FastAPI, staff: httpx.AsyncClient, eraser: httpx.AsyncClient, session: AsyncSession
) -> None:
    old = "2021-05-04T09:30:00+03:00"
    for number in range(3):
        feedback_id = await make(staff, text=f"vanha {number}", received_at=old)
        assert (await record(staff, feedback_id, kind="closed", occurred_at=old)).status_code == 201
    await some_items(staff)
    app.state.settings = app.state.settings.model_copy(update={"retention_run_items_max": 3})
    runs = [(await eraser.post("/v1/retention/runs", json={"dry_run": False})).json() for _ in range(3)]
    assert [(run["is_complete"], run["failure"]) for run in runs] == [(False, None), (True, None), (True, None)]
    assert [counts(run)["feedback"] for run in runs] == [(4, 3), (1, 1), (0, 0)]
    assert [counts(run)["suspected_spam"] for run in runs] == [(1, 0), (1, 1), (0, 0)]
    assert not {words for words in await texts(session) if words in {"vanha 0", "vanha 1", "vanha 2", "vanha roska"}}
    async with app.state.sessions.session() as own:
        assert await last_whole_run(own, Service.FEEDBACK_API) == datetime.fromisoformat(runs[2]["started_at"])


class KilledError(BaseException):
    """Nothing runs after it in the process that it ends."""


async def test_a_run_whose_process_dies_says_what_it_had_done(
    app: FastAPI,
    staff: httpx.AsyncClient,
    eraser: httpx.AsyncClient,
    session: AsyncSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await some_items(staff)
    update_run = runs_repository.update_run

    async def until_the_spam(session: AsyncSession, run_id: UUID, counts: dict[str, Any], **over: Any) -> None:
        if counts["policies"][1]["erased"] or over:
            raise KilledError
        await update_run(session, run_id, counts, **over)

    monkeypatch.setattr(runs_repository, "update_run", until_the_spam)
    with pytest.raises(KilledError):
        await eraser.post("/v1/retention/runs", json={"dry_run": False})
    (run,) = (await eraser.get("/v1/retention/runs")).json()["items"]
    assert counts(run)["feedback"] == (1, 1)
    assert counts(run)["suspected_spam"] == (1, 0)
    assert (run["finished_at"], run["is_complete"]) == (None, False)
    left = await texts(session)
    assert "vanha käsitelty" not in left
    assert "vanha roska" in left, "its erasing was rolled back with its record"
    async with app.state.sessions.session() as own:
        assert await last_whole_run(own, Service.FEEDBACK_API) is None


async def test_needs_the_scope_and_says_whose_word_a_policy_is(
    staff: httpx.AsyncClient, eraser: httpx.AsyncClient
) -> None:
    assert (await staff.post("/v1/retention/runs", json={})).status_code == 403
    policies = (await eraser.get("/v1/retention/policies")).json()["items"]
    assert {one["content"] for one in policies} == {"feedback"}
    assert all(one["owner"] and one["source"] for one in policies)
