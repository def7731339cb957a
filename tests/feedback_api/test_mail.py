"""Letters through a real SMTP server: once each, tried again, given up, cancelled; and never what is sensitive."""

import asyncio
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

from services.feedback_api.mail import smtp, worker
from services.shared.scopes import Scope
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
        self.dawdles_for = 0.0
        self.is_silent_at_quit = False
        self.refusals: dict[str, str] = {}

    def refuse_at(self, when: str, words: str | None) -> None:
        """Say the words there from now on; None takes what comes."""
        if words:
            self.refusals[when] = words
        else:
            self.refusals.pop(when, None)

    async def handle_EHLO(  # noqa: N802 (its name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        await asyncio.sleep(self.dawdles_for)
        session.host_name = hostname
        refusal = self.refusals.get("handle_EHLO")
        return [refusal] if refusal else responses

    async def handle_HELO(  # noqa: N802 (its name)
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return self.refusals.get("handle_EHLO") or "250 hello"

    async def handle_MAIL(  # noqa: N802 (its name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await asyncio.sleep(self.dawdles_for)
        envelope.mail_from = address
        return self.refusals.get("handle_MAIL") or "250 OK"

    async def handle_RCPT(  # noqa: N802 (its name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        await asyncio.sleep(self.dawdles_for)
        envelope.rcpt_tos.append(address)
        return self.refusals.get("handle_RCPT") or "250 OK"

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 (its name)
        if self.is_silent_at_quit:
            await asyncio.sleep(1)
        return "221 Bye"

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


def change(app: FastAPI, **settings: Any) -> None:
    """Let the app go on with other settings."""
    app.state.settings = app.state.settings.model_copy(update=settings)


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
    ("language", "subject"),
    [("sv", "Svar på din respons"), ("other", "An answer to your feedback / Vastaus palautteeseesi")],
)
async def test_in_the_senders_language(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox, language: str, subject: str
) -> None:
    feedback_id = await make(staff, language=language, **WISH)
    await record(staff, feedback_id, kind="interim_answered", note="Vi utreder")
    await send_due(app, session)
    (letter,) = mailbox.letters
    assert letter["Subject"] == subject
    assert letter.get_content().count("Vi utreder") == subject.count("/") + 1, "once in each language"


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
    assert (await send_due(app, session))[0][:2] == ("sent", 2)
    feedback_id, _ = await answered(staff)
    mailbox.refusal = "550 Never"
    assert ("parked", 1, "550") in await send_due(app, session)
    (parked,) = (await staff.get("/v1/mail")).json()["items"]
    assert parked["feedback_id"] == feedback_id, "staff can find another way to answer"
    mailbox.refusal = None
    assert (await staff.post(f"/v1/mail/{parked['id']}/retry")).json()["state"] == "queued"
    await send_due(app, session)
    assert len(mailbox.letters) == 2
    assert (await staff.post(f"/v1/mail/{parked['id']}/retry")).status_code == 409


async def test_the_wait_doubles_up_to_the_longest(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    change(app, mail_poll_seconds=5, mail_retry_max_seconds=60)
    mailbox.refusal = "451 Later"
    await answered(staff)
    waits = []
    for _ in range(6):
        await send_due(app, session)
        left = await session.execute(text("SELECT next_attempt_at - clock_timestamp() FROM outgoing_mail"))
        waits.append(left.scalar_one().total_seconds())
    assert waits == pytest.approx([5, 10, 20, 40, 60, 60], abs=2)


async def test_given_up_after_so_many_tries(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    change(app, mail_attempts_max=3)
    mailbox.refusal = "451 Later"
    await answered(staff)
    states = [(await send_due(app, session))[0][:2] for _ in range(4)]
    assert states == [("queued", 1), ("queued", 2), ("parked", 3), ("parked", 3)]


@pytest.mark.parametrize("when", ["handle_EHLO", "handle_MAIL"])
async def test_what_the_operator_has_to_mend_parks_no_letter(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox, when: str
) -> None:
    await answered(staff)
    mailbox.refuse_at(when, "550 I do not know you")
    assert (await send_due(app, session))[0] == ("queued", 1, "550")
    mailbox.refuse_at(when, None)
    assert (await send_due(app, session))[0][:2] == ("sent", 2)


async def test_a_recipient_that_is_refused_parks_the_letter(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    await answered(staff)
    mailbox.refuse_at("handle_RCPT", "550 No such mailbox")
    assert await send_due(app, session) == [("parked", 1, "550")]


async def test_a_server_that_dawdles_is_left_in_time(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    # Each command is quicker than the time allowed; all together are not.
    change(app, mail_timeout_seconds=0.5)
    mailbox.dawdles_for = 0.2
    await answered(staff)
    assert await send_due(app, session) == [("queued", 1, "TimeoutError")]
    assert mailbox.letters == []


async def test_a_server_that_does_not_say_goodbye_has_the_letter_all_the_same(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "QUIT_SECONDS", 0.1)
    mailbox.is_silent_at_quit = True
    await answered(staff)
    assert await send_due(app, session) == [("sent", 1, None)]
    assert len(mailbox.letters) == 1


async def test_what_a_dead_process_left_is_sent_after_its_lease_under_the_same_id(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    await answered(staff)
    await send_due(app, session)
    # As if the process had died between the server's word and ours.
    await session.execute(text("UPDATE outgoing_mail SET state = 'queued', finished_at = NULL"))
    await send_due(app, session)
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize(
    "address", ["aino,bob@example.org", "<x>aino@example.org", "äiti@example.org", '"aino@example.org']
)
async def test_an_address_that_would_be_another_is_parked_and_holds_up_nothing(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox, address: str
) -> None:
    odd = await make(staff, **WISH | {"sender_email": address})
    await record(staff, odd, kind="answered", note="Kiitos")
    await answered(staff)
    assert [row[0] for row in await send_due(app, session)] == ["parked", "sent"]


async def test_words_that_look_like_a_template_or_a_header(
    app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
) -> None:
    words = "{link} {0} %s\nBcc: nobody\n\n.\n日本語 ÅÄÖ 🙂"
    await answered(staff, note=words)
    await send_due(app, session)
    (letter,) = mailbox.letters
    assert words in letter.get_content().replace("\r\n", "\n")
    assert set(letter.keys()) >= {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"}
    assert "Bcc" not in letter


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

    async def test_only_a_few_letters_a_day_to_one_address(
        self, app: FastAPI, public: httpx.AsyncClient, session: AsyncSession, mailbox: Mailbox
    ) -> None:
        for email in ("aino@example.org", "AINO@example.org", "Aino@Example.org", "aino@example.org"):
            assert (await public.post("/v1/subject-access-requests", json={"email": email})).status_code == 202
        assert (await public.post("/v1/subject-access-requests", json={"email": "x@example.org"})).status_code == 202
        queued = await session.execute(
            text("SELECT lower(recipient), count(*) FROM outgoing_mail GROUP BY 1 ORDER BY 1")
        )
        assert [tuple(row) for row in queued] == [("aino@example.org", 3), ("x@example.org", 1)]

    async def test_a_look_alike_is_another_address(
        self, app: FastAPI, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        await make(staff, sender_email="kaisa@example.org")
        clerk = client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="clerk"))
        await make(staff, text="Toinen", sender_email="\u212aerttu@example.org")
        for email, found in (("KAISA@example.org", 1), ("\u212aaisa@example.org", 0), ("kerttu@example.org", 0)):
            answer = await clerk.get("/v1/subject-access", params={"email": email})
            assert len(answer.json()["items"]) == found

    async def test_without_mail_and_with_a_forged_link(self, public: httpx.AsyncClient) -> None:
        refused = await public.post("/v1/subject-access-requests", json={"email": "a@example.org"})
        assert (refused.status_code, refused.json()["code"]) == (503, "mail_not_configured")
        assert (await public.get("/v1/subject-access/forged.token")).json()["code"] == "link_ended"
