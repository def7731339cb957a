"""Files with feedback: told by content, made anew, stored apart, gone with the content."""

import asyncio
import base64
import hashlib
import io
import struct
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pikepdf
import pytest
from fastapi import FastAPI
from moto.server import ThreadedMotoServer
from PIL import Image
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.feedback_api.attachments import service
from services.feedback_api.attachments.storage import AttachmentStorage
from services.shared.clock import now
from services.shared.scopes import Scope
from tests.conftest import add_key, client_of

pytestmark = pytest.mark.anyio

PLACE = "60.1699 N 24.9384 E"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + rb"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    """A picture with gradients, its place and a comment in its EXIF data."""
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = PLACE  # ImageDescription
    exif[0x0112] = 6  # Orientation: on its side
    exif.get_ifd(0x8825)[2] = (60.0, 10.0, 11.0)  # GPSLatitude
    made = io.BytesIO()
    image.save(made, kind, **({"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {}), **options)
    return made.getvalue()


def pdf(change: Callable[[pikepdf.Pdf], object] = lambda _: None, **options: Any) -> bytes:
    """A page of text with a script, an embedded file, a link and a description."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    page.Contents = document.make_stream(b"BT /F1 12 Tf 20 100 Td (Hei) Tj ET")
    page.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('AA-SCRIPT')"))
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 9, 9],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="http://evil.example/LINK"),
    )
    page.Annots = document.make_indirect(pikepdf.Array([link]))
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('OPEN-SCRIPT')")
    document.attachments["program.exe"] = b"MZ-EMBEDDED"
    document.docinfo["/Author"] = "AUTHOR Asukas"
    change(document)
    made = io.BytesIO()
    document.save(made, compress_streams=False, **options)
    return made.getvalue()


@pytest.fixture
def folder(app: FastAPI, tmp_path: Path) -> Path:
    """Where the app stores attachments."""
    stored = tmp_path / "with a space" / "attachments"
    app.state.settings = app.state.settings.model_copy(
        update={"attachments_url": f"file://{stored}", "submission_rate_limit": ""}
    )
    return stored


@pytest.fixture
async def eraser(app: FastAPI, session: AsyncSession) -> httpx.AsyncClient:
    return client_of(app, key=await add_key(session, Scope.FEEDBACK_ERASE, name="eraser"))


def files_in(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()] if folder.exists() else []


async def send(client: httpx.AsyncClient, *contents: bytes, name: str = "attachments", **fields: str) -> httpx.Response:
    # A name and a type that lie: neither is to be believed.
    files = [(name, ("C:\\Matti Meikäläinen 131052-308T.txt", content, "text/plain")) for content in contents]
    return await client.post("/v1/feedback", data={"text": "Katso kuva"} | fields, files=files)


class TestSend:
    async def test_a_picture_loses_all_but_its_pixels(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, folder: Path, session: AsyncSession
    ) -> None:
        answer = await send(public, picture(), pdf())
        assert answer.status_code == 201, answer.text
        listed = (await staff.get(f"/v1/feedback/{answer.json()['id']}/attachments")).json()["items"]
        assert [(item["position"], item["media_type"]) for item in listed] == [
            (1, "image/jpeg"),
            (2, "application/pdf"),
        ]
        got = await staff.get(f"/v1/feedback/{answer.json()['id']}/attachments/1")
        assert hashlib.sha256(got.content).hexdigest() == listed[0]["sha256"]
        assert got.headers["content-type"] == "image/jpeg"
        assert got.headers["content-disposition"] == 'attachment; filename="attachment-1.jpg"'
        assert got.headers["x-content-type-options"] == "nosniff"
        with Image.open(io.BytesIO(got.content)) as shown:
            assert shown.size == (48, 64), "turned upright before the note of it was dropped"
            assert not shown.getexif()
        stored = b"".join(files_in(folder))
        for trace in (PLACE, "Exif", "Meik", "131052", "SCRIPT", "MZ-EMBEDDED", "AUTHOR", "evil.example"):
            assert trace.encode() not in stored
        assert b"(Hei) Tj" in stored
        rows = str((await session.execute(text("SELECT * FROM feedback_attachment"))).all())
        assert "Meik" not in rows

    @pytest.mark.parametrize("name", ["attachments", "attachments[]", "media", "media[]", "photo1", "file"])
    async def test_any_name_of_a_file_input_will_do(self, public: httpx.AsyncClient, folder: Path, name: str) -> None:
        assert (await send(public, picture("PNG"), name=name)).status_code == 201
        assert len(files_in(folder)) == 1

    @pytest.mark.parametrize(
        ("kind", "media_type"),
        [("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/png"), ("JPEG", "image/jpeg")],
    )
    async def test_kinds(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, folder: Path, kind: str, media_type: str
    ) -> None:
        feedback_id = (await send(public, picture(kind))).json()["id"]
        got = await staff.get(f"/v1/feedback/{feedback_id}/attachments/1")
        assert got.headers["content-type"] == media_type
        assert PLACE.encode() not in got.content

    async def test_an_empty_file_input_is_no_file(self, public: httpx.AsyncClient, folder: Path) -> None:
        answer = await public.post(
            "/v1/feedback",
            content=b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nKiitos\r\n--x\r\n'
            b'Content-Disposition: form-data; name="attachments"; filename=""\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n",
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code == 201, answer.text
        assert files_in(folder) == []

    async def test_the_same_request_again_stores_nothing(self, public: httpx.AsyncClient, folder: Path) -> None:
        public.headers["Idempotency-Key"] = "with-a-picture"
        first, again = await send(public, picture()), await send(public, picture())
        other = await send(public, picture(size=(65, 48)))
        assert first.json() == again.json()
        assert other.status_code == 422
        assert other.json()["code"] == "idempotency_key_reused"
        assert len(files_in(folder)) == 1


def zip_behind(content: bytes) -> bytes:
    return content + b"PK\x03\x04 a program PK\x05\x06"


class TestPolyglots:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
    async def test_what_hangs_behind_a_picture_is_gone(
        self, public: httpx.AsyncClient, folder: Path, kind: str
    ) -> None:
        assert (await send(public, zip_behind(picture(kind)))).status_code == 201
        assert b"a program" not in files_in(folder)[0]

    async def test_what_stands_around_a_pdf_is_gone(self, public: httpx.AsyncClient, folder: Path) -> None:
        assert (await send(public, zip_behind(pdf()))).status_code == 201
        assert b"a program" not in files_in(folder)[0]


def huge_png() -> bytes:
    """50,000 × 50,000 pixels in a few kilobytes."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(6251) * 2000, 9)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def many_pages(document: pikepdf.Pdf) -> None:
    for _ in range(100):
        document.add_blank_page()


class TestRefused:
    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "empty"),
            (b"MZ\x90\x00 a program", "JPEG, PNG, WebP, GIF or PDF"),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "JPEG, PNG"),
            (b"<html><script>alert(1)</script>", "JPEG, PNG"),
            (b"PK\x03\x04" + bytes(100), "JPEG, PNG"),
            (picture()[:300], "broken or cut off"),
            (b"\xff\xd8\xff" + bytes(500), "broken or cut off"),
            (b"%PDF-1.7 not at all", "broken PDF"),
            (pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted"),
            (pdf(encryption=pikepdf.Encryption(owner="a", user="")), "encrypted"),
            (pdf(many_pages), "101 pages"),
            (huge_png(), "50000 x 50000"),
        ],
        ids=[
            *("empty", "program", "svg", "html", "zip", "cut", "noise", "no-pdf", "locked", "half-locked", "pages"),
            "bomb",
        ],
    )
    async def test_with_a_reason_and_nothing_is_stored(
        self, public: httpx.AsyncClient, folder: Path, session: AsyncSession, content: bytes, reason: str
    ) -> None:
        answer = await send(public, picture(), content)
        assert answer.status_code == 422, answer.text
        assert answer.json()["invalid_params"][0]["name"] == "attachments[2]"
        assert reason in answer.json()["invalid_params"][0]["reason"]
        assert files_in(folder) == []
        assert (await session.execute(text("SELECT count(*) FROM feedback"))).scalar_one() == 0

    async def test_a_pdf_that_unpacks_to_a_gigabyte_is_never_unpacked(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, folder: Path
    ) -> None:
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()

        def add(document: pikepdf.Pdf) -> None:
            stream = document.make_stream(packed)
            stream.Filter = pikepdf.Name.FlateDecode
            document.pages[0].Contents = stream

        answer = await send(public, pdf(add))
        assert answer.status_code == 201, answer.text
        assert len(files_in(folder)[0]) < 2 * len(packed)

    @pytest.mark.parametrize("count", [6, 7, 100])
    async def test_too_many(self, public: httpx.AsyncClient, folder: Path, count: int) -> None:
        answer = await send(public, *[picture("PNG", (8, 8))] * count)
        assert answer.status_code == 422
        assert answer.json()["invalid_params"] == [
            {"name": "attachments", "reason": f"has {count} files; the limit is 5"}
        ]
        assert files_in(folder) == []

    async def test_more_than_any_form_has(self, public: httpx.AsyncClient, folder: Path) -> None:
        assert (await send(public, *[picture("PNG", (8, 8))] * 101)).status_code == 400
        assert files_in(folder) == []

    async def test_too_large(self, public: httpx.AsyncClient, app: FastAPI, folder: Path) -> None:
        app.state.settings = app.state.settings.model_copy(update={"attachment_max_bytes": 2000})
        answer = await send(public, picture(size=(640, 480)))
        assert answer.status_code == 422
        assert "2000" in answer.json()["invalid_params"][0]["reason"]

    @pytest.mark.parametrize("is_declared", [True, False])
    async def test_five_gigabytes_are_cut_off(self, public: httpx.AsyncClient, folder: Path, is_declared: bool) -> None:
        sent = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal sent
            yield b'--x\r\nContent-Disposition: form-data; name="attachments"; filename="a.jpg"\r\n\r\n'
            for _ in range(5 * 1024):
                sent += 1 << 20
                yield bytes(1 << 20)

        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        if is_declared:
            headers["Content-Length"] = str(5 << 30)
        answer = await public.post("/v1/feedback", content=body(), headers=headers)
        assert answer.status_code == 413, answer.text
        # httpx's in-process transport reads the body as it is asked for.
        assert sent <= 60 << 20
        assert files_in(folder) == []

    @pytest.mark.parametrize(
        ("content_type", "content"),
        [
            ("multipart/form-data", b"--x\r\n"),
            ("multipart/form-data; boundary=x", b"no boundary at all"),
            ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"),
            ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\ncut off'),
        ],
    )
    async def test_a_broken_form(self, public: httpx.AsyncClient, content_type: str, content: bytes) -> None:
        answer = await public.post("/v1/feedback", content=content, headers={"Content-Type": content_type})
        assert answer.status_code in (400, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"

    async def test_without_a_store(self, public: httpx.AsyncClient) -> None:
        answer = await send(public, picture())
        assert (answer.status_code, answer.json()["code"]) == (503, "attachments_not_configured")
        assert (await public.post("/v1/feedback", data={"text": "Ilman"})).status_code == 201

    async def test_a_request_that_fails_later_leaves_no_file(self, public: httpx.AsyncClient, folder: Path) -> None:
        assert (await send(public, picture(), unit="atlantis")).status_code == 422
        assert files_in(folder) == []

    async def test_only_staff_read_them(
        self, public: httpx.AsyncClient, stranger: httpx.AsyncClient, staff: httpx.AsyncClient, folder: Path
    ) -> None:
        feedback_id = (await send(public, picture())).json()["id"]
        path = f"/v1/feedback/{feedback_id}/attachments"
        assert (await public.get(f"{path}/1")).status_code == 401
        assert (await stranger.get(f"{path}/1")).status_code == 403
        assert (await staff.get(f"{path}/2")).status_code == 404


def jpeg_with_everything(**options: Any) -> bytes:
    """A photograph with its place, a comment, words of Adobe's and Photoshop's, and another picture behind it."""
    plain = picture(**options)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + PLACE.encode()
    parts = b"".join(
        b"\xff" + bytes([marker]) + struct.pack(">H", len(content) + 2) + content
        for marker, content in ((0xE1, xmp), (0xED, b"Photoshop 3.0\0" + PLACE.encode()), (0xFE, PLACE.encode()))
    )
    return plain[:2] + parts + plain[2:] + picture()


def jpeg2000_with_everything() -> bytes:
    made = io.BytesIO()
    Image.radial_gradient("L").resize((64, 48)).convert("RGB").save(made, "JPEG2000", comment=PLACE)
    described = PLACE.encode()
    return made.getvalue() + struct.pack(">I4s16s", 24 + len(described), b"uuid", bytes(16)) + described


def with_picture(content: bytes, *filters: str) -> Callable[[pikepdf.Pdf], None]:
    def add(document: pikepdf.Pdf) -> None:
        stream = document.make_stream(
            content,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=64,
            Height=48,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceRGB,
            AF=pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F="MZ-EMBEDDED")]),
            Measure=pikepdf.Dictionary(Subtype=pikepdf.Name.GEO, GPTS=[60.1699, 24.9384]),
        )
        stream.Filter = (
            pikepdf.Array([pikepdf.Name(one) for one in filters]) if len(filters) > 1 else pikepdf.Name(filters[0])
        )
        document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im1=stream))

    return add


class TestPicturesOfAPdf:
    @pytest.mark.parametrize(
        ("content", "filters"),
        [
            (jpeg_with_everything(), ["/DCTDecode"]),
            (jpeg_with_everything(progressive=True), ["/DCTDecode"]),
            (zlib.compress(jpeg_with_everything()), ["/FlateDecode", "/DCTDecode"]),
            (jpeg_with_everything().hex().encode() + b">", ["/ASCIIHexDecode", "/DCTDecode"]),
            (base64.a85encode(jpeg_with_everything()) + b"~>", ["/ASCII85Decode", "/DCTDecode"]),
            (jpeg2000_with_everything(), ["/JPXDecode"]),
        ],
        ids=["jpeg", "progressive", "packed", "hexadecimal", "ascii", "jpeg-2000"],
    )
    async def test_keep_their_pixels_and_lose_their_descriptions(
        self, public: httpx.AsyncClient, folder: Path, content: bytes, filters: list[str]
    ) -> None:
        sent = pdf(with_picture(content, *filters))
        assert (await send(public, sent)).status_code == 201
        (stored,) = files_in(folder)
        for trace in (PLACE.encode(), b"Exif", b"xmpmeta", b"Photoshop", b"MZ-EMBEDDED", b"60.1699"):
            assert trace not in stored

        with pikepdf.open(io.BytesIO(stored)) as opened:
            kept = opened.pages[0].Resources.XObject.Im1.read_raw_bytes()
        with Image.open(io.BytesIO(kept)) as shown, Image.open(io.BytesIO(_unwrapped(content, filters))) as given:
            assert shown.tobytes() == given.tobytes()
            assert not shown.getexif()

    @pytest.mark.parametrize(
        ("content", "filters"),
        [
            (picture()[:300], ["/DCTDecode"]),
            (b"no picture", ["/DCTDecode"]),
            (b"no picture", ["/FlateDecode", "/DCTDecode"]),
            (b"no picture", ["/JPXDecode"]),
            (picture(), ["/DCTDecode", "/FlateDecode"]),
            (picture(), ["/LZWDecode", "/DCTDecode"]),
        ],
    )
    async def test_that_cannot_be_read_are_refused(
        self, public: httpx.AsyncClient, folder: Path, content: bytes, filters: list[str]
    ) -> None:
        answer = await send(public, pdf(with_picture(content, *filters)))
        assert answer.status_code == 422
        assert "print it to a new PDF" in answer.json()["invalid_params"][0]["reason"]
        assert files_in(folder) == []


def _unwrapped(content: bytes, filters: list[str]) -> bytes:
    undo: dict[str, Callable[[bytes], bytes]] = {
        "/FlateDecode": zlib.decompress,
        "/ASCIIHexDecode": lambda data: bytes.fromhex(data[:-1].decode()),
        "/ASCII85Decode": lambda data: base64.a85decode(data[:-2]),
    }
    return undo[filters[0]](content) if len(filters) > 1 else content


class TestBounds:
    """Whatever a file is built to do, it does it to a process of its own, and the service goes on."""

    async def limit(self, app: FastAPI, **settings: int) -> None:
        app.state.settings = app.state.settings.model_copy(update=settings)

    async def refused(self, client: httpx.AsyncClient, content: bytes) -> str:
        answer = await send(client, content)
        assert answer.status_code == 422, answer.text
        assert (await client.post("/v1/feedback", json={"text": "Palvelu toimii"})).status_code == 201
        reason: str = answer.json()["invalid_params"][0]["reason"]
        return reason

    async def test_memory(self, app: FastAPI, public: httpx.AsyncClient, folder: Path) -> None:
        await self.limit(app, attachment_memory_bytes=268_435_456)
        assert "memory" in await self.refused(public, picture("PNG", (7000, 7000)))
        assert files_in(folder) == []

    async def test_an_object_stream_that_unpacks_to_two_gigabytes(
        self, public: httpx.AsyncClient, folder: Path
    ) -> None:
        packer = zlib.compressobj(9)
        packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(2048)) + packer.flush()
        sent = pdf(object_stream_mode=pikepdf.ObjectStreamMode.generate)
        start = sent.index(b"/Type /ObjStm")
        begins = sent.rindex(b" obj", 0, start)
        ends = sent.index(b"endobj", start)
        bomb = b" obj\n<< /Type /ObjStm /N 5 /First 40 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
        reason = await self.refused(public, sent[:begins] + bomb + packed + b"\nendstream\n" + sent[ends:])
        assert "memory" in reason or "broken" in reason
        assert files_in(folder) == []

    async def test_processor_time(self, app: FastAPI, public: httpx.AsyncClient, folder: Path) -> None:
        await self.limit(app, attachment_cpu_seconds=1)
        assert "limits of time" in await self.refused(public, picture("GIF", (7000, 7000)))
        assert files_in(folder) == []

    async def test_output(self, app: FastAPI, public: httpx.AsyncClient, folder: Path) -> None:
        noise = io.BytesIO()
        Image.effect_noise((400, 400), 100).convert("RGB").save(noise, "JPEG", quality=5)
        await self.limit(app, attachment_max_bytes=len(noise.getvalue()) + 100)
        assert "made anew" in await self.refused(public, noise.getvalue())
        assert files_in(folder) == []

    async def test_no_child_and_no_file_is_left(
        self, app: FastAPI, public: httpx.AsyncClient, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "spool").mkdir()
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spool"))
        await self.limit(app, attachment_cpu_seconds=1)
        await self.refused(public, picture("GIF", (7000, 7000)))
        await send(public, picture())
        assert files_in(tmp_path / "spool") == []

    @pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
    async def test_pictures_of_telephones_are_told_how_to_come(
        self, public: httpx.AsyncClient, folder: Path, brand: bytes
    ) -> None:
        reason = await self.refused(public, struct.pack(">I", 24) + b"ftyp" + brand + bytes(100))
        assert "send it as JPEG, PNG or PDF" in reason


class TestErased:
    async def test_files_go_with_the_content(
        self, public: httpx.AsyncClient, staff: httpx.AsyncClient, eraser: httpx.AsyncClient, folder: Path
    ) -> None:
        feedback_id = (await send(public, picture(), pdf())).json()["id"]
        kept = (await send(public, picture("PNG"), text="Toinen")).json()["id"]
        erased = (await eraser.delete(f"/v1/feedback/{feedback_id}/content")).json()
        assert (erased["attachments"], len(files_in(folder))) == (2, 1)
        assert (await eraser.delete(f"/v1/feedback/{feedback_id}/content")).json()["attachments"] == 0
        assert (await staff.get(f"/v1/feedback/{feedback_id}/attachments")).json()["items"] == []
        assert (await staff.get(f"/v1/feedback/{kept}/attachments/1")).status_code == 200

    async def test_the_sweep_deletes_what_no_row_has(
        self, public: httpx.AsyncClient, session: AsyncSession, folder: Path, tmp_path: Path
    ) -> None:
        await send(public, picture())
        storage = AttachmentStorage(f"file://{folder}")
        orphan = tmp_path / "orphan"
        orphan.write_bytes(b"left by a crash")
        await storage.put("orphan", orphan)
        assert await service.sweep(session, storage, at=now()) == 0, "younger than a request may be"
        assert await service.sweep(session, storage, at=now() + 2 * service.SWEPT_AFTER) == 1
        assert len(files_in(folder)) == 1


@asynccontextmanager
async def clamd(answer: bytes | None = None) -> AsyncIterator[str]:
    """A server that speaks ClamAV's INSTREAM, and looks for the test virus."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", await reader.readexactly(4))[0]:
            content += await reader.readexactly(length)
        verdict = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        writer.write(answer or verdict)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


class TestScanner:
    async def attach(self, app: FastAPI, address: str) -> None:
        app.state.settings = app.state.settings.model_copy(update={"clamav_address": address})

    async def test_clean_and_not(self, app: FastAPI, public: httpx.AsyncClient, folder: Path) -> None:
        def infect(document: pikepdf.Pdf) -> None:
            document.pages[0].Contents = document.make_stream(EICAR)

        async with clamd() as address:
            await self.attach(app, address)
            assert (await send(public, pdf())).status_code == 201
            refused = await send(public, pdf(infect))
        assert refused.status_code == 422
        assert "virus scanner" in refused.text
        assert len(files_in(folder)) == 1

    async def test_out_of_reach_or_unsure_means_later(
        self, app: FastAPI, public: httpx.AsyncClient, folder: Path
    ) -> None:
        await self.attach(app, "127.0.0.1:1")
        assert (await send(public, pdf())).json()["code"] == "scanner_unavailable"
        async with clamd(b"INSTREAM size limit exceeded. ERROR\0") as address:
            await self.attach(app, address)
            assert (await send(public, pdf())).status_code == 503
        assert files_in(folder) == []


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that speaks S3, with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    httpx.put(
        f"http://{host}:{port}/feedback",
        content=b'<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        b"<LocationConstraint>eu-north-1</LocationConstraint></CreateBucketConfiguration>",
        trust_env=False,
    ).raise_for_status()
    yield "s3://feedback/attachments"
    server.stop()


async def test_a_bucket_serves_as_well_as_a_folder(
    app: FastAPI,
    public: httpx.AsyncClient,
    staff: httpx.AsyncClient,
    eraser: httpx.AsyncClient,
    session: AsyncSession,
    s3: str,
) -> None:
    app.state.settings = app.state.settings.model_copy(update={"attachments_url": s3})
    feedback_id = (await send(public, picture(), pdf())).json()["id"]
    listed = (await staff.get(f"/v1/feedback/{feedback_id}/attachments")).json()["items"]
    got = await staff.get(f"/v1/feedback/{feedback_id}/attachments/2")
    assert hashlib.sha256(got.content).hexdigest() == listed[1]["sha256"]
    assert (await eraser.delete(f"/v1/feedback/{feedback_id}/content")).json()["attachments"] == 2
    later = now() + 2 * service.SWEPT_AFTER
    assert [keys async for keys in AttachmentStorage(s3).keys_before(later)] in ([], [[]])
