"""Robots: their signs, what becomes of what they send, and how much may come from one place."""

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from altcha import v1 as altcha
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.spam import form_token
from services.feedback_api.spam.fingerprint import fingerprint_of
from services.feedback_api.spam.form_token import FormTokenVerdict
from services.feedback_api.spam.proof_of_work import ProofVerdict
from services.feedback_api.spam.signs import SpamReason, suspicion_of
from services.shared.clock import now
from services.shared.settings import Settings
from tests.conftest import client_of

SETTINGS = Settings(form_secret=SecretStr("a secret of the tests"))


def with_settings(app: FastAPI, **changes: Any) -> None:
    app.state.settings = app.state.settings.model_copy(update=changes)


class TestFormToken:
    @pytest.mark.parametrize(
        ("open_for", "verdict"),
        [
            (0.0, FormTokenVerdict.TOO_FAST),
            (2.99, FormTokenVerdict.TOO_FAST),
            (3.0, FormTokenVerdict.OK),
            (24 * 3600.0, FormTokenVerdict.OK),
            (24 * 3600.0 + 1, FormTokenVerdict.EXPIRED),
            (-60.0, FormTokenVerdict.TOO_FAST),
        ],
    )
    def test_tells_how_long_the_form_was_open(self, open_for: float, verdict: FormTokenVerdict) -> None:
        opened_at = now().replace(microsecond=0)
        token = form_token.issue(SETTINGS, at=opened_at)
        assert form_token.check(SETTINGS, token, at=opened_at + timedelta(seconds=open_for)) is verdict

    def test_every_change_of_it_is_a_forgery(self) -> None:
        token = form_token.issue(SETTINGS, at=now() - timedelta(minutes=5))
        assert form_token.check(SETTINGS, token, at=now()) is FormTokenVerdict.OK
        for place, letter in enumerate(token):
            changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
            # The last letter of a Base64 group may hold bits that mean nothing.
            if place < len(token) - 1:
                assert form_token.check(SETTINGS, changed, at=now()) is FormTokenVerdict.FORGED

    def test_another_deployments_token_is_a_forgery(self) -> None:
        token = form_token.issue(Settings(form_secret=SecretStr("another")), at=now() - timedelta(minutes=5))
        assert form_token.check(SETTINGS, token, at=now()) is FormTokenVerdict.FORGED

    def test_processes_of_one_deployment_agree(self) -> None:
        one, two = Settings(service_key=SecretStr("k")), Settings(service_key=SecretStr("k"))
        token = form_token.issue(one, at=now() - timedelta(minutes=5))
        assert form_token.check(two, token, at=now()) is FormTokenVerdict.OK


@pytest.mark.parametrize(
    ("website", "token", "work", "required", "reason"),
    [
        (None, FormTokenVerdict.OK, ProofVerdict.OK, True, None),
        (None, FormTokenVerdict.MISSING, ProofVerdict.MISSING, False, None),
        (None, FormTokenVerdict.EXPIRED, ProofVerdict.MISSING, False, None),
        ("http://x", FormTokenVerdict.OK, ProofVerdict.OK, False, SpamReason.HONEYPOT_FILLED),
        (None, FormTokenVerdict.TOO_FAST, ProofVerdict.OK, False, SpamReason.FILLED_TOO_FAST),
        (None, FormTokenVerdict.FORGED, ProofVerdict.OK, False, SpamReason.FORM_TOKEN_FORGED),
        (None, FormTokenVerdict.MISSING, ProofVerdict.OK, True, SpamReason.FORM_TOKEN_MISSING),
        (None, FormTokenVerdict.EXPIRED, ProofVerdict.OK, True, SpamReason.FORM_TOKEN_EXPIRED),
        (None, FormTokenVerdict.OK, ProofVerdict.MISSING, True, SpamReason.PROOF_OF_WORK_MISSING),
        (None, FormTokenVerdict.OK, ProofVerdict.FAILED, True, SpamReason.PROOF_OF_WORK_FAILED),
    ],
)
def test_signs(
    website: str | None, token: FormTokenVerdict, work: ProofVerdict, required: bool, reason: SpamReason | None
) -> None:
    found = suspicion_of(website, token, work, is_token_required=required, is_work_required=required)
    assert found is reason


def test_the_fingerprint_is_keyed_and_parts_do_not_run_together() -> None:
    assert fingerprint_of(b"a", "Ovi on  RIKKI\n", None) == fingerprint_of(b"a", "ovi on rikki", "")
    assert fingerprint_of(b"a", "ovi", "rikki") != fingerprint_of(b"a", "ovi rikki", "")
    assert fingerprint_of(b"a", "ovi") != fingerprint_of(b"b", "ovi")


@pytest.mark.anyio
class TestSubmission:
    async def hold_of(self, staff: httpx.AsyncClient, answer: httpx.Response) -> tuple[str | None, str | None]:
        assert answer.status_code == 201, answer.text
        item = (await staff.get(f"/v1/feedback/{answer.json()['id']}")).json()
        return item["hold"], item["hold_reason"]

    async def test_a_filled_honeypot_is_kept_apart_and_looks_like_any_other(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, session: AsyncSession
    ) -> None:
        answer = await public.post("/v1/feedback", data={"text": "Buy now", "website": "http://spam.example"})
        assert await self.hold_of(staff, answer) == ("suspected_spam", "honeypot_filled")
        receipt = (await public.get(f"/v1/receipts/{answer.json()['receipt']}")).json()
        assert receipt["state"] == "received"
        assert (await session.execute(text("SELECT count(*) FROM feedback_in_figures"))).scalar_one() == 0

    async def test_an_empty_honeypot_is_none(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        answer = await public.post("/v1/feedback", data={"text": "Kiitos", "website": ""})
        assert await self.hold_of(staff, answer) == (None, None)

    async def test_a_form_filled_at_once_is_kept_apart(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        opened = (await public.get("/v1/form-token")).json()
        answer = await public.post("/v1/feedback", json={"text": "Kiitos", "form_token": opened["token"]})
        assert await self.hold_of(staff, answer) == ("suspected_spam", "filled_too_fast")

    async def test_a_person_takes_time(self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        with_settings(app, form_token_required=True)
        token = form_token.issue(app.state.settings, at=now() - timedelta(seconds=20))
        answer = await public.post("/v1/feedback", json={"text": "Kiitos", "form_token": token})
        assert await self.hold_of(staff, answer) == (None, None)
        without = await public.post("/v1/feedback", json={"text": "Kiitos taas"})
        assert await self.hold_of(staff, without) == ("suspected_spam", "form_token_missing")

    async def test_staff_are_not_suspected(self, app: FastAPI, staff: httpx.AsyncClient) -> None:
        with_settings(app, form_token_required=True, proof_of_work_required=True)
        assert await self.hold_of(staff, await staff.post("/v1/feedback", json={"text": "Paperilta"})) == (None, None)

    async def test_a_solved_challenge_counts_once(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        with_settings(app, proof_of_work_required=True, proof_of_work_max_number=1000)
        challenge = (await public.get("/v1/challenge")).json()
        solution = altcha.solve_challenge(
            challenge["challenge"], challenge["salt"], challenge["algorithm"], challenge["maxnumber"]
        )
        assert solution is not None
        solved = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
        payload = base64.b64encode(json.dumps(solved | {"number": solution.number}).encode()).decode()
        respelt = base64.b64encode(json.dumps(solved | {"number": solution.number, "took": 5}).encode()).decode()
        for body, hold in (
            ({"text": "Kiitos", "proof_of_work": payload}, (None, None)),
            ({"text": "Kiitos taas", "proof_of_work": payload}, ("suspected_spam", "proof_of_work_failed")),
            ({"text": "Kiitos eri muodossa", "proof_of_work": respelt}, ("suspected_spam", "proof_of_work_failed")),
            ({"text": "Kiitos vielä", "proof_of_work": "e30="}, ("suspected_spam", "proof_of_work_failed")),
            ({"text": "Kiitos yhä", "proof_of_work": "[]"}, ("suspected_spam", "proof_of_work_failed")),
            ({"text": "Kiitos nyt"}, ("suspected_spam", "proof_of_work_missing")),
        ):
            assert await self.hold_of(staff, await public.post("/v1/feedback", json=body)) == hold


@pytest.mark.anyio
class TestLimit:
    async def test_too_many_are_asked_to_wait_and_keys_are_not(
        self, app: FastAPI, public: httpx.AsyncClient, staff: httpx.AsyncClient
    ) -> None:
        with_settings(app, submission_rate_limit="2/hour")
        answers = [await public.post("/v1/feedback", json={"text": f"Palaute {number}"}) for number in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert answers[2].json()["code"] == "too_many_requests"
        assert 0 < int(answers[2].headers["retry-after"]) <= 3600
        assert (await staff.post("/v1/feedback", json={"text": "Palaute"})).status_code == 201

    async def test_a_forged_header_is_not_another_address(self, app: FastAPI, public: httpx.AsyncClient) -> None:
        with_settings(app, submission_rate_limit="1/hour")
        statuses = [
            (
                await public.post(
                    "/v1/feedback", json={"text": f"Palaute {n}"}, headers={"X-Forwarded-For": f"198.51.100.{n}"}
                )
            ).status_code
            for n in range(2)
        ]
        assert statuses == [201, 429]

    async def test_a_block_is_one_sender(self, app: FastAPI) -> None:
        with_settings(app, submission_rate_limit="1/hour")

        async def send(address: str) -> int:
            transport = httpx.ASGITransport(app, client=(address, 1234))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                return (await client.post("/v1/feedback", json={"text": f"Osoitteesta {address}"})).status_code

        assert [await send("2001:db8:1:2::1"), await send("2001:db8:1:2:ffff::9")] == [201, 429]
        assert [await send("2001:db8:1:3::1"), await send("192.0.2.1"), await send("192.0.2.2")] == [201, 201, 201]

    async def test_a_store_out_of_reach_lets_residents_in(self, app: FastAPI, public: httpx.AsyncClient) -> None:
        with_settings(app, submission_rate_limit="1/hour", rate_limit_store=SecretStr("redis://127.0.0.1:1"))
        statuses = [(await public.post("/v1/feedback", json={"text": f"Palaute {n}"})).status_code for n in range(2)]
        assert statuses == [201, 201]
        await app.state.counters.close()

    async def test_processes_share_a_redis(self, app: FastAPI, redis_url: str, public: httpx.AsyncClient) -> None:
        with_settings(app, submission_rate_limit="2/hour", rate_limit_store=SecretStr(redis_url))
        assert (await public.post("/v1/feedback", json={"text": "Palaute"})).status_code == 201
        await app.state.counters.close()
        app.state.counters = None  # as another process begins
        statuses = [(await public.post("/v1/feedback", json={"text": f"Palaute {n}"})).status_code for n in range(2)]
        assert statuses == [201, 429]
        await app.state.counters.close()


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A Redis server of the test."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is no redis-server on this machine")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}"
        server.terminate()


@pytest.mark.anyio
async def test_only_configured_proxies_are_believed(
    monkeypatch: pytest.MonkeyPatch, app: FastAPI, public: httpx.AsyncClient
) -> None:
    from services.feedback_api import main  # noqa: PLC0415
    from services.shared import application  # noqa: PLC0415

    trusting = Settings(trusted_proxies="127.0.0.1", submission_rate_limit="1/hour")
    monkeypatch.setattr(application, "get_settings", lambda: trusting)
    behind_proxy = main.create()
    behind_proxy.state.sessions = app.state.sessions
    async with client_of(behind_proxy) as client:
        statuses = [
            (
                await client.post(
                    "/v1/feedback",
                    json={"text": f"Palaute {address}"},
                    # What the client wrote itself stands first and is not believed.
                    headers={"X-Forwarded-For": f"203.0.113.9, {address}", "X-Forwarded-Proto": "https"},
                )
            ).status_code
            for address in ("198.51.100.1", "198.51.100.2", "198.51.100.2")
        ]
    assert statuses == [201, 201, 429]
