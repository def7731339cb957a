"""Letters through a real SMTP server: once each, tried again, given up, cancelled; and never what is sensitive."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.mail import worker
from services.shared.security import Scope
from tests.conftest import add_key, client_of
from tests.feedback_api.test_events import make, record
from tests.journeys.conftest import free_ports

pytestmark = pytest.mark.anyio

WISH = {"reply_wanted": True, "sender_email": "aino@example.org", "sender_name": "Aino\r\nBcc: x@example.org"}


class Mailbox:
    """What a mail server was given; ``refusal`` is what it says instead of taking it."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refusal: str | None = None

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 (its name)
        if self.refusal:
            return self.refusal
        content = envelope.content
        assert isinstance(content, bytes)
        self.letters.append(message_from_bytes(content, policy=policy.default))
        assert envelope.rcpt_tos == ["aino@example.org"]
        return "250 OK"


@pytest.fixture
def mailbox(app: FastAPI) -> Iterator[Mailbox]:
    mailbox = Mailbox()
    (port,) = free_ports(1)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    app.state.settings = app.state.settings.model_copy(
        update={
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"),
            "mail_from": "Palautepalvelu <palaute@example.org>",
            "public_feedback_url": "https://palaute.example.org/",
            "mail_poll_seconds": 0.001,
        }
    )
    yield mailbox
    controller.stop()


async def send_due(app: FastAPI, session: AsyncSession) -> list[tuple[str, int, str | None]]:
    """Send what waits, whenever it would be due; state, tries and error of each letter."""
    await session.execute(text("UPDATE outgoing_mail SET next_attempt_at = now() WHERE state = 'queued'"))
    await worker.send_due(app.state.sessions, app.state.settings)
    rows = await session.execute(text("SELECT state, attempts, last_error FROM outgoing_mail ORDER BY created_at"))
    return [(row[0], row[1], row[2]) for row in rows]


async def answered(staff: httpx.AsyncClient, **event: Any) -> tuple[str, str | None]:
    """A new item with a wish and its answer; its id and what becomes of the letter."""
    feedback_id = await make(staff, sender_identified=True, **WISH)
    response = await record(staff, feedback_id, **{"kind": "answered", "note": "Kiitos, korjasimme oven.", **event})
    assert response.status_code == 201, response.text
    return feedback_id, response.json()["mail"]


async def test_an_answer_is_sent_once(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    feedback_id, outcome = await answered(staff)
    assert outcome == "queued"
    receipt = (await staff.get(f"/v1/feedback/{feedback_id}")).json()["receipt"]
    assert await send_due(app, session) == [("sent", 1, None)]
    assert await send_due(app, session) == [("sent", 1, None)]
    (letter,) = mailbox.letters
    assert (letter["Subject"], letter["To"], letter["Auto-Submitted"]) == (
        "Vastaus palautteeseesi",
        "aino@example.org",
        "auto-generated",
    )
    assert letter["Message-ID"].endswith("@example.org>")
    assert "Bcc" not in letter
    body = letter.get_content()
    assert "Kiitos, korjasimme oven." in body
    assert f"https://palaute.example.org/form/receipts/{receipt}" in body
    assert "Palautetta" not in body, "what the sender wrote is not repeated"


@pytest.mark.parametrize(
    ("language", "subject"), [("sv", "Svar på din respons"), ("other", "An answer to your feedback")]
)
async def test_in_the_senders_language(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox, language: str, subject: str
) -> None:
    feedback_id = await make(staff, language=language, **WISH)
    await record(staff, feedback_id, kind="interim_answered", note="Vi utreder")
    await send_due(app, session)
    assert mailbox.letters[0]["Subject"] == subject


async def test_a_sensitive_answer_stays_here(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    await answered(staff, note="Näytteenne tulos", is_sensitive=True)
    assert await send_due(app, session) == [("sent", 1, None)]
    assert "Näytteenne" not in mailbox.letters[0].get_content()


async def test_tried_again_and_given_up(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    await answered(staff)
    mailbox.refusal = "451 Later"
    assert await send_due(app, session) == [("queued", 1, "451")]
    mailbox.refusal = None
    assert await send_due(app, session) == [("sent", 2, "451")] or mailbox.letters
    await answered(staff)
    mailbox.refusal = "550 Never"
    assert ("parked", 1, "550") in await send_due(app, session)
    (parked,) = (await staff.get("/v1/mail")).json()["items"]
    mailbox.refusal = None
    assert (await staff.post(f"/v1/mail/{parked['id']}/retry")).json()["state"] == "queued"
    await send_due(app, session)
    assert len(mailbox.letters) == 2
    assert (await staff.post(f"/v1/mail/{parked['id']}/retry")).status_code == 409


async def test_a_server_that_is_down(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    up = app.state.settings
    app.state.settings = up.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:1")})
    await answered(staff)
    assert (await send_due(app, session))[0][:2] == ("queued", 1)
    app.state.settings = up
    assert (await send_due(app, session))[0][:2] == ("sent", 2)
    assert len(mailbox.letters) == 1


async def test_what_is_erased_is_not_sent(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    feedback_id, _ = await answered(staff)
    eraser = client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="eraser"))
    await eraser.delete(f"/v1/feedback/{feedback_id}/content")
    assert await send_due(app, session) == [("cancelled", 0, None)]
    assert mailbox.letters == []


@pytest.mark.parametrize(
    ("fields", "event", "outcome"),
    [
        ({}, {"kind": "answered", "note": "A"}, "not_wanted"),
        ({"reply_wanted": True}, {"kind": "answered", "note": "A"}, "no_address"),
        (WISH, {"kind": "answered"}, "no_words"),
        (WISH, {"kind": "closed"}, None),
    ],
)
async def test_when_no_letter_is_sent(
    staff: httpx.AsyncClient, mailbox: Mailbox, fields: dict[str, Any], event: dict[str, Any], outcome: str | None
) -> None:
    assert (await record(staff, await make(staff, **fields), **event)).json()["mail"] == outcome


async def test_without_a_server_the_answer_is_recorded_all_the_same(staff: httpx.AsyncClient) -> None:
    assert (await answered(staff))[1] == "not_configured"


async def test_a_claimed_letter_is_nobody_elses_until_its_lease_ends(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    await answered(staff)
    await session.execute(
        text("UPDATE outgoing_mail SET next_attempt_at = now() + :lease"), {"lease": timedelta(seconds=60)}
    )
    assert await worker.send_due(app.state.sessions, app.state.settings) == 0
    assert mailbox.letters == []


class TestSubjectAccess:
    async def test_by_a_link_to_the_address(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
    ) -> None:
        feedback_id, _ = await answered(staff)
        await record(staff, feedback_id, kind="noted", note="Sisäinen huomio")
        await make(staff, text="Toisen", sender_email="toinen@example.org")
        wish = {"email": "AINO@example.org", "language": "en"}
        asked = [
            await public.post("/v1/subject-access-requests", json=wish | {"email": email})
            for email in ("aino@example.org", "nobody@example.org")
        ]
        assert [one.status_code for one in asked] == [202, 202]
        assert asked[0].json() == asked[1].json(), "nobody learns whose address is known"
        await session.execute(
            text(
                "UPDATE outgoing_mail SET state='cancelled', finished_at=now(), recipient=NULL "
                "WHERE recipient = 'nobody@example.org' OR kind = 'answer'"
            )
        )
        await send_due(app, session)
        link = next(word for word in mailbox.letters[0].get_content().split() if "/v1/subject-access/" in word)
        export = await public.get(httpx.URL(link).path)
        assert export.headers["cache-control"] == "no-store"
        (item,) = export.json()["items"]
        assert item["id"] == feedback_id
        assert item["content"]["sender_email"] == "aino@example.org"
        assert [event["text"] for event in item["events"]] == [None, "Kiitos, korjasimme oven.", None]
        assert "huomio" not in export.text
        left = await session.execute(text("SELECT count(*) FROM outgoing_mail WHERE recipient IS NOT NULL"))
        assert left.scalar_one() == 0

    async def test_by_receipt_and_by_a_clerk(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        feedback_id = await make(staff, **WISH)
        receipt = (await staff.get(f"/v1/feedback/{feedback_id}")).json()["receipt"]
        assert (await public.get(f"/v1/receipts/{receipt}/export")).json()["items"][0]["id"] == feedback_id
        clerk = client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="clerk"))
        found = await clerk.get("/v1/subject-access", params={"email": "Aino@Example.org"})
        assert [item["id"] for item in found.json()["items"]] == [feedback_id]
        assert (await staff.get("/v1/subject-access", params={"email": "a@b.fi"})).status_code == 403

    async def test_without_mail_and_with_a_forged_link(self, public: httpx.AsyncClient) -> None:
        refused = await public.post("/v1/subject-access-requests", json={"email": "a@example.org"})
        assert (refused.status_code, refused.json()["code"]) == (503, "mail_not_configured")
        assert (await public.get("/v1/subject-access/forged.token")).json()["code"] == "link_ended"
