"""Personal data sent to feedback_api: masked before anything is stored, hashed, searched, answered or logged."""

import io
import json
import logging
import random
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.personal_data import PersonalData, mask
from tests.shared.personal_data_corpus import henkilotunnus, respelt

pytestmark = pytest.mark.anyio

POSTS = 1000


async def everything_stored(session: AsyncSession) -> str:
    """All text of all tables."""
    columns = await session.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'tsvector', 'bytea')"
        )
    )
    stored = []
    for table, column in columns.all():
        values = await session.execute(text(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL'))
        stored += list(values.scalars())
    return "\n".join(stored)


class TestSubmission:
    async def test_the_answer_names_what_was_masked(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        sent = {
            "title": "Hetuni on 131052-308T",
            "text": "Soita 040 123 4567 tai aino@example.org. Toinen hetu 131052-308U.",
            "sender_name": "Aino 010594Y9032",
            "sender_email": "aino@example.org",
            "sender_phone": "040 123 4567",
            "location": {"address": "Katu 1, 131052-308T"},
            "attributes": {"iban": "FI21 1234 5600 0007 85", "many": ["a@example.org"]},
        }
        created = (await public.post("/v1/feedback", json=sent)).json()
        assert created["masked"] == ["iban", "henkilotunnus", "henkilotunnus_unsure", "email", "phone"]
        content = (await staff.get(f"/v1/feedback/{created['id']}")).json()["content"]
        assert {name: value for name, value in content.items() if value is not None} == {
            "title": "Hetuni on [hetu]",
            "text": "Soita [phone] tai [mail]. Toinen hetu [hetu?].",
            "sender_name": "Aino [hetu]",
            "sender_email": "aino@example.org",
            "sender_phone": "040 123 4567",
            "address": "Katu 1, [hetu]",
            "attributes": {"iban": "[iban]", "many": ["[mail]"]},
        }

    async def test_nothing_personal_nothing_masked(self, public: httpx.AsyncClient) -> None:
        sent = {"text": "Jonotin 1.2.2021 klo 9.30 tilausta 4500123456.", "sender_email": "aino@example.org"}
        assert (await public.post("/v1/feedback", json=sent)).json()["masked"] == []

    async def test_a_form_is_masked_alike(self, public: httpx.AsyncClient) -> None:
        created = (await public.post("/v1/feedback", data={"text": "131052-308T"})).json()
        assert created["masked"] == ["henkilotunnus"]

    @pytest.mark.usefixtures("way")
    async def test_a_repeat_names_the_same(self, public: httpx.AsyncClient, session: AsyncSession) -> None:
        headers = {"Idempotency-Key": "private-1"}
        first = await public.post("/v1/feedback", json={"text": "Hetu 131052-308T"}, headers=headers)
        again = await public.post("/v1/feedback", json={"text": "Hetu 131052-308T"}, headers=headers)
        assert again.json() == first.json()
        # A hash of a text so short would give the code away to whoever tries all codes.
        masked = await public.post("/v1/feedback", json={"text": "Hetu [hetu]"}, headers=headers)
        assert masked.json() == first.json()

    async def test_a_text_at_the_limit_stays_within_it(self, public: httpx.AsyncClient) -> None:
        created = await public.post("/v1/feedback", json={"text": ("a@b.fi " * 1429)[:10_000]})
        assert (created.status_code, created.json()["masked"]) == (201, ["email"])


class TestHandling:
    async def test_notes_and_recipients_are_masked(self, public: httpx.AsyncClient, staff: httpx.AsyncClient) -> None:
        created = (await public.post("/v1/feedback", json={"text": "Hei"})).json()
        event = {"kind": "transferred", "recipient": "HUS (131052-308T)", "note": "Asiakas 131052-308T, 040 1234567"}
        answer = await staff.post(f"/v1/feedback/{created['id']}/events", json=event)
        assert answer.status_code == 201
        last = (await staff.get(f"/v1/feedback/{created['id']}")).json()["events"][-1]
        assert (last["recipient"], last["note"]) == ("HUS ([hetu])", "Asiakas [hetu], [phone]")


class TestImport:
    async def test_lines_are_masked_and_repeat_unchanged(self, staff: httpx.AsyncClient, session: AsyncSession) -> None:
        at = "2022-05-04T09:30:00+03:00"
        line = json.dumps(
            {
                "source": "old",
                "reference": "1",
                "received_at": at,
                "title": "aino@example.org",
                "text": "Hetu 131052-308T",
                "events": [
                    {"kind": "transferred", "occurred_at": at, "recipient": "131052-308T", "note": "131052-308T"}
                ],
            }
        )
        results = [(await staff.post("/v1/feedback/import", content=line)).json()["status"] for _ in range(2)]
        assert results == ["created", "unchanged"]
        stored = await everything_stored(session)
        assert "131052" not in stored
        assert "Hetu [hetu]" in stored
        assert "[mail]" in stored


class TestNothingIsLeft:
    async def test_after_many_posts_no_code_is_in_the_database_or_the_logs(
        self,
        app: FastAPI,
        public: httpx.AsyncClient,
        staff: httpx.AsyncClient,
        session: AsyncSession,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        tmp_path: Path,
    ) -> None:
        stored = tmp_path / "attachments"
        app.state.settings = app.state.settings.model_copy(
            update={"submission_rate_limit": "", "attachments_url": f"file://{stored}"}
        )
        rng = random.Random(20260730)
        planted = [respelt(rng, henkilotunnus(rng)) for _ in range(POSTS)]
        with caplog.at_level(logging.DEBUG):
            for number, code in enumerate(planted):
                answer = await _send(public, staff, code, number)
                assert answer.status_code in {200, 201}, answer.text
                assert code not in answer.text
            for code in planted[:20]:
                refused = await public.post("/v1/feedback", json={"text": f"Hetu {code}", "unit": "atlantis"})
                assert refused.status_code == 422
        output = capfd.readouterr()
        files = b"".join(path.read_bytes() for path in stored.rglob("*") if path.is_file())
        assert files.count(b"\xff\xd8\xff") >= POSTS // 8 - 1
        assert not [code for code in planted if code.encode() in files]
        for place in (await everything_stored(session), caplog.text, output.out, output.err):
            assert not [code for code in planted if code in place]
            assert not {kind for kind in mask(_without_stamps(place)).kinds if kind is PersonalData.HENKILOTUNNUS}


async def _send(  # noqa: PLR0911 (a way each)
    public: httpx.AsyncClient, staff: httpx.AsyncClient, code: str, number: int
) -> httpx.Response:
    """The code in the text, the title, a form, the name, a note or an import, in turn."""
    sent: dict[str, Any] = {"text": f"Hei, hetuni on {code}. Koronarokotusajanvaraus ei toimi."}
    headers = {"Idempotency-Key": f"private-{number}"}
    match number % 8:
        case 0:
            return await public.post("/v1/feedback", json=sent, headers=headers)
        case 1:
            return await public.post("/v1/feedback", data=sent | {"title": code}, headers=headers)
        case 2:
            return await public.post("/v1/feedback", json=sent | {"title": f"({code})"}, headers=headers)
        case 3:
            return await public.post("/v1/feedback", json={"text": "Hei", "sender_name": f"Aino {code}"})
        case 4:
            created = (await public.post("/v1/feedback", json={"text": "Hei"})).json()
            event = {"kind": "answered", "note": f"Asiakkaan {code} asia on hoidettu"}
            return await staff.post(f"/v1/feedback/{created['id']}/events", json=event, headers=headers)
        case 5:
            # In the picture's description and the file's name, which stay behind.
            picture = io.BytesIO()
            exif = Image.Exif()
            exif[0x010E] = code
            Image.new("RGB", (16, 16)).save(picture, "JPEG", exif=exif, comment=code.encode())
            files = {"attachments": (f"{code}.jpg", picture.getvalue(), "image/jpeg")}
            return await public.post("/v1/feedback", data={"text": f"Kuva {number}"}, files=files)
        case 6:
            place = {"address": f"Katu 1 {code}", "zip_code": "00530"}
            answers = {"extra": f"Hetu {code}", "many": [code]}
            return await public.post(
                "/v1/feedback", json={"text": f"Paikka {number}", "location": place, "attributes": answers}
            )
        case _:
            received_at = "2022-05-04T09:30:00+03:00"
            line = sent | {"source": "old", "reference": str(number), "received_at": received_at}
            return await staff.post("/v1/feedback/import", content=json.dumps(line))


def _without_stamps(place: str) -> str:
    """Ids and hashes left out: among so many random digits some look like a code."""
    return "\n".join(line for line in place.splitlines() if " " in line.strip('{}[]"'))
