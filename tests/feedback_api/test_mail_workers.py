"""Several workers at once with real commits on a database of their own, and TLS: one letter, and never in the clear."""

import asyncio
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from services.cli.embedded_postgres import EmbeddedPostgres
from services.feedback_api.background import background
from services.feedback_api.mail import repository, smtp, worker
from services.feedback_api.main import create
from services.shared.clock import now
from services.shared.database import connect
from services.shared.settings import Settings
from services.shared.tables.access import Service
from services.shared.tables.mail import MailKind
from tests.conftest import catalogued_database
from tests.journeys.conftest import free_ports

pytestmark = pytest.mark.anyio

LETTERS = 50


class Recipients:
    """Who was written to, a letter each; ``ids`` are the letters' Message-IDs."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()
        self.ids: set[str] = set()
        self.was_tls: set[bool] = set()

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (its name)
        await asyncio.sleep(0.005)
        assert isinstance(envelope.content, bytes)
        self.counted.update(envelope.rcpt_tos)
        self.ids.add(message_from_bytes(envelope.content)["Message-ID"])
        self.was_tls.add(session.ssl is not None)
        return "250 OK"


@pytest.fixture(scope="module")
def own_database_url(postgres: EmbeddedPostgres) -> str:
    return catalogued_database(postgres, "katsaus_mail")


@pytest.fixture
async def app(own_database_url: str) -> AsyncIterator[FastAPI]:
    app = create()
    app.state.sessions = connect(Settings(DATABASE_URL=own_database_url), Service.FEEDBACK_API)
    yield app
    async with app.state.sessions.session() as session, session.begin():
        await session.execute(text("DELETE FROM outgoing_mail"))
    await app.state.sessions.dispose()


@pytest.fixture
def recipients() -> Recipients:
    return Recipients()


@pytest.fixture
def server(recipients: Recipients) -> Iterator[Controller]:
    yield from serve(recipients)


def serve(handler: Any, **options: Any) -> Iterator[Controller]:
    (port,) = free_ports(1)
    controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
    controller.start()
    yield controller
    controller.stop()


def settings_for(url: str, **more: Any) -> Settings:
    fields = {"smtp_url": SecretStr(url), "mail_from": "palaute@example.org", "mail_poll_seconds": 0.05}
    return Settings().model_copy(update=fields | more)


async def queue(app: FastAPI, number: int, *, at: datetime | None = None) -> None:
    async with app.state.sessions.session() as session, session.begin():
        for place in range(number):
            await repository.insert(
                session, MailKind.SUBJECT_ACCESS, language="fi", recipient=f"a{place}@example.org", at=at or now()
            )


async def states(app: FastAPI) -> Counter[tuple[str, str | None]]:
    async with app.state.sessions.session() as session:
        return Counter(
            (row[0], row[1]) for row in await session.execute(text("SELECT state, last_error FROM outgoing_mail"))
        )


async def test_four_workers_send_each_letter_once(app: FastAPI, recipients: Recipients, server: Controller) -> None:
    settings = settings_for(f"smtp://127.0.0.1:{server.port}")
    await queue(app, LETTERS)

    async def work() -> int:
        tried = 0
        while number := await worker.send_due(app.state.sessions, settings):
            tried += number
        return tried

    tried = await asyncio.gather(*(work() for _ in range(4)))
    assert sum(tried) == LETTERS
    assert sum(number > 0 for number in tried) > 1, "more than one worker had some"
    assert set(recipients.counted.values()) == {1}
    assert len(recipients.counted) == len(recipients.ids) == LETTERS
    assert await states(app) == {("sent", None): LETTERS}


async def test_the_service_sends_what_is_queued_while_it_runs(
    app: FastAPI, recipients: Recipients, server: Controller
) -> None:
    app.state.settings = settings_for(f"smtp://127.0.0.1:{server.port}")
    async with background(app):
        await queue(app, 3)
        for _ in range(500):
            if await states(app) == {("sent", None): 3}:
                break
            await asyncio.sleep(0.02)
    assert len(recipients.counted) == 3


async def test_a_link_that_has_ended_is_not_sent_and_its_address_forgotten(
    app: FastAPI, recipients: Recipients, server: Controller
) -> None:
    settings = settings_for(f"smtp://127.0.0.1:{server.port}")
    await queue(app, 1, at=now() - timedelta(hours=settings.subject_access_hours, minutes=1))
    await worker.forget(app.state.sessions, settings, at=now())
    assert await states(app) == {("cancelled", None): 1}
    await queue(app, 1, at=now() - timedelta(hours=settings.subject_access_hours, minutes=1))
    assert await worker.send_due(app.state.sessions, settings) == 1
    assert await states(app) == {("cancelled", None): 2}
    assert not recipients.counted
    await worker.forget(app.state.sessions, settings, at=now() + timedelta(days=worker.KEPT_DAYS, minutes=1))
    assert await states(app) == {}


class Certificate:
    """A certificate for 127.0.0.1 that vouches for itself."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.now(UTC) - timedelta(days=1))
            .not_valid_after(datetime.now(UTC) + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.path = folder / "certificate.pem"
        self.path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_path = folder / "key.pem"
        key_path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(self.path, key_path)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    return certificate


def only_the_right_password(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    # Unhandled, so that the server itself answers 535.
    return AuthResult(
        handled=False, success=(data.login, data.password) == (b"k\xc3\xa4ytt\xc3\xa4j\xc3\xa4", b"s@la/sana")
    )


class TestTLS:
    async def send(self, app: FastAPI, url: str) -> tuple[str, str | None]:
        await queue(app, 1)
        await worker.send_due(app.state.sessions, settings_for(url))
        ((state, _number),) = (await states(app)).items()
        return state

    async def test_starttls_and_a_password(self, app: FastAPI, recipients: Recipients, trusted: Certificate) -> None:
        options = {"tls_context": trusted.context, "auth_required": True, "authenticator": only_the_right_password}
        for server in serve(recipients, **options):
            url = f"smtp://k%C3%A4ytt%C3%A4j%C3%A4:s%40la%2Fsana@127.0.0.1:{server.port}?starttls=required"
            assert await self.send(app, url) == ("sent", None)
        assert recipients.was_tls == {True}

    async def test_tls_from_the_first_byte(self, app: FastAPI, recipients: Recipients, trusted: Certificate) -> None:
        for server in serve(recipients, ssl_context=trusted.context):
            assert await self.send(app, f"smtps://127.0.0.1:{server.port}") == ("sent", None)

    async def test_a_wrong_password_waits_for_the_operator(
        self, app: FastAPI, recipients: Recipients, trusted: Certificate
    ) -> None:
        options = {"tls_context": trusted.context, "auth_required": True, "authenticator": only_the_right_password}
        for server in serve(recipients, **options):
            url = f"smtp://aino:wrong@127.0.0.1:{server.port}?starttls=required"
            assert await self.send(app, url) == ("queued", "535")

    @pytest.mark.parametrize("query", ["", "?starttls=required"])
    async def test_a_certificate_nobody_vouches_for(
        self, app: FastAPI, recipients: Recipients, certificate: Certificate, query: str
    ) -> None:
        for server in serve(recipients, tls_context=certificate.context):
            state, _error = await self.send(app, f"smtp://127.0.0.1:{server.port}{query}")
            assert state == "queued"
        assert not recipients.counted

    async def test_required_where_there_is_none(self, app: FastAPI, recipients: Recipients, server: Controller) -> None:
        state, _error = await self.send(app, f"smtp://127.0.0.1:{server.port}?starttls=required")
        assert state == "queued"
        assert not recipients.counted

    async def test_never(self, app: FastAPI, recipients: Recipients, certificate: Certificate) -> None:
        for server in serve(recipients, tls_context=certificate.context):
            assert await self.send(app, f"smtp://127.0.0.1:{server.port}?starttls=never") == ("sent", None)
        assert recipients.was_tls == {False}


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org:587",
        "http://mail.example.org",
        "smtp://",
        "smtp://user:salasana@mail.example.org:port",
        "smtp://user:salasana@mail.example.org?starttls=maybe",
        "smtp://user:salasana@mail.example.org?starttls=never",
        "smtps://user:salasana@mail.example.org?starttls=required",
        "smtp://user:salasana@mail.example.org?tls=required",
    ],
)
async def test_a_setting_that_cannot_work_is_said_at_the_start_without_the_password(app: FastAPI, url: str) -> None:
    app.state.settings = settings_for(url)
    with pytest.raises(smtp.MailSettingError) as refused:
        async with background(app):
            pass
    assert "salasana" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_sender_that_is_no_address_is_said_at_the_start(app: FastAPI) -> None:
    app.state.settings = settings_for("smtp://127.0.0.1", mail_from="Palautepalvelu")
    with pytest.raises(smtp.MailSettingError, match="KATSAUS_MAIL_FROM"):
        async with background(app):
            pass
