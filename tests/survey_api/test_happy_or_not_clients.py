"""The vendor's interfaces as its document has them: paging, refusals, retries, bounds, and what is never asked for."""

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from services.shared.settings import Settings
from services.shared.tables.happy_or_not import IndexOrder, OrderCheck
from services.survey_api.happy_or_not.button_order import check_order
from services.survey_api.happy_or_not.client_v1 import ClientV1, v1_http
from services.survey_api.happy_or_not.client_v2 import ClientV2, v2_http
from services.survey_api.happy_or_not.times import UnreadableTimeError, instant, local_instant
from services.survey_api.happy_or_not.vendor_errors import (
    VendorAnswerError,
    VendorError,
    VendorRequestError,
    VendorScopeError,
    VendorTokenError,
    VendorUnavailableError,
)
from services.survey_api.happy_or_not.vendor_http import VendorHttp
from tests.survey_api.vendor_server import CLIENT_ID, TOKEN, V1_TOKEN, Cut, Vendor, running

pytestmark = pytest.mark.anyio

START, END = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with running(Vendor()) as vendor:
        yield vendor


def _always(fault: object, _number: int, _path: str) -> object:
    return fault


def settings_for(vendor: Vendor, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "happy_or_not_url": vendor.url,
        "happy_or_not_page_rows": 10,
        "happy_or_not_attempts": 3,
        "happy_or_not_retry_wait_seconds": 0,
    }
    return Settings(**(values | more))


@pytest.fixture
async def v2(vendor: Vendor) -> AsyncIterator[ClientV2]:
    settings = settings_for(vendor)
    async with v2_http(settings, SecretStr(TOKEN)) as http:
        yield ClientV2(VendorHttp(http, settings), settings)


async def pages_of(client: ClientV2) -> list[list[Any]]:
    return [page async for page in client.button_pages(START, END)]


class TestV2:
    async def test_all_pages_are_read_by_their_links(self, vendor: Vendor, v2: ClientV2) -> None:
        for number in range(25):
            vendor.press(f"p{number}", f"2026-03-02T09:{number:02}:00", number % 4)
        pages = await pages_of(v2)
        assert [len(page) for page in pages] == [10, 10, 5]
        assert len({row["feedbackId"] for page in pages for row in page}) == 25

    async def test_misuse_and_the_span_are_asked_for(self, vendor: Vendor, v2: ClientV2) -> None:
        vendor.press("honest", "2026-03-01T00:00:00", 3)
        vendor.press("child", "2026-03-30T23:59:59", 0, misuse=True)
        vendor.press("later", "2026-03-31T00:00:00", 0)
        [page] = await pages_of(v2)
        assert [row["misuse"] for row in page] == [False, True]

    async def test_an_empty_span_is_one_empty_page(self, v2: ClientV2) -> None:
        assert await pages_of(v2) == [[]]

    async def test_the_token_goes_in_a_header_and_never_in_an_address(self, vendor: Vendor, v2: ClientV2) -> None:
        await v2.introspect()
        assert vendor.headers[0]["x-hon-api-token"] == TOKEN
        assert not any(TOKEN in request for request in vendor.requests)

    @pytest.mark.parametrize(
        ("status", "error", "tries"),
        [
            (400, VendorRequestError, 1),
            (401, VendorTokenError, 1),
            (403, VendorScopeError, 1),
            (404, VendorRequestError, 1),
            (302, VendorRequestError, 1),
            (408, VendorUnavailableError, 3),
            (429, VendorUnavailableError, 3),
            (500, VendorUnavailableError, 3),
            (503, VendorUnavailableError, 3),
        ],
    )
    async def test_refusals_are_told_apart_and_only_passing_ones_tried_again(
        self, vendor: Vendor, v2: ClientV2, status: int, error: type[VendorError], tries: int
    ) -> None:
        vendor.fault = lambda _number, _path: status
        with pytest.raises(error) as raised:
            await pages_of(v2)
        assert len(vendor.requests) == tries
        assert "results/button-feedbacks" in str(raised.value)

    async def test_a_missing_right_is_named(self, vendor: Vendor, v2: ClientV2) -> None:
        vendor.scopes.remove("results/text-feedbacks")
        with pytest.raises(VendorScopeError, match="results/text-feedbacks"):
            [page async for page in v2.text_pages(START, END)]

    @pytest.mark.parametrize("fault", [Cut(None), Cut(0.5), 503, 429, b"<html>Bad gateway</html>", b'[{"feedbackId":'])
    async def test_what_fails_once_is_bridged(self, vendor: Vendor, v2: ClientV2, fault: object) -> None:
        for number in range(25):
            vendor.press(f"p{number}", f"2026-03-02T09:{number:02}:00", number % 4)
        vendor.fault = lambda number, _path: fault if number in (0, 2, 4) else None
        assert [len(page) for page in await pages_of(v2)] == [10, 10, 5]

    @pytest.mark.parametrize("fault", [Cut(None), Cut(0.5), b"<html></html>"])
    async def test_what_fails_for_good_ends_the_reading(self, vendor: Vendor, v2: ClientV2, fault: object) -> None:
        vendor.press("p", "2026-03-02T09:00:00", 3)
        vendor.fault = lambda _number, _path: fault
        with pytest.raises(VendorUnavailableError):
            await pages_of(v2)

    async def test_silence_has_an_end(self, vendor: Vendor) -> None:
        settings = settings_for(vendor, happy_or_not_timeout_seconds=0.05, happy_or_not_attempts=1)
        vendor.before_page = lambda _resource, _offset: __import__("time").sleep(0.3)
        async with v2_http(settings, SecretStr(TOKEN)) as http:
            with pytest.raises(VendorUnavailableError, match="Timeout"):
                await pages_of(ClientV2(VendorHttp(http, settings), settings))

    async def test_an_answer_beyond_the_bound_is_not_read_on(self, vendor: Vendor) -> None:
        settings = settings_for(vendor, happy_or_not_answer_max_bytes=1024)
        for number in range(10):
            vendor.press(f"p{number}", "2026-03-02T09:00:00", 3)
        async with v2_http(settings, SecretStr(TOKEN)) as http:
            with pytest.raises(VendorAnswerError, match="KATSAUS_HAPPY_OR_NOT_PAGE_ROWS"):
                await pages_of(ClientV2(VendorHttp(http, settings), settings))

    @pytest.mark.parametrize(
        ("link", "reason"),
        [
            ('<https://elsewhere.example/v2/results/button-feedbacks.json?offset=10>; rel="next"', "another address"),
            ('<http://127.0.0.1:1/v2/results/button-feedbacks.json?offset=10>; rel="next"', "another address"),
            ('<?offset=0>; rel="next"', "was read"),
            ("nonsense", "does not say where"),
        ],
    )
    async def test_a_next_page_that_leads_astray_is_not_followed(
        self, vendor: Vendor, v2: ClientV2, link: str, reason: str
    ) -> None:
        vendor.fault = lambda _number, _path: ({"Link": link, "X-More-Available": "true"},)
        with pytest.raises(VendorAnswerError, match=reason):
            await pages_of(v2)
        assert len(vendor.requests) == 1

    @pytest.mark.parametrize("body", [b"{}", b"null", b'"rows"'])
    async def test_what_is_no_list_is_not_understood(self, vendor: Vendor, v2: ClientV2, body: bytes) -> None:
        vendor.fault = lambda _number, _path: body
        with pytest.raises(VendorAnswerError):
            await v2.surveys()

    async def test_unknown_properties_and_values_are_passed_over(self, vendor: Vendor, v2: ClientV2) -> None:
        vendor.surveys = [{"surveyId": 11, "feedbackScale": "seven", "colour": "red"}, {"no": "id"}]
        [survey] = await v2.surveys()
        assert (survey.id, survey.scale, survey.question) == ("11", "seven", None)

    async def test_no_error_or_log_holds_the_token(
        self, vendor: Vendor, v2: ClientV2, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        for fault in (401, 500, Cut(0.5), b"nonsense"):
            vendor.fault = partial(_always, fault)
            with pytest.raises(VendorError) as raised:
                await v2.introspect()
            assert TOKEN not in repr(raised.value)
        assert TOKEN not in caplog.text


FOLDERS = {
    "key": "root",
    "name": "Helsinki",
    "folders": [
        {
            "key": "library",
            "name": "Library",
            "surveys": [{"key": "S1", "question": {"key": "q", "name": "How was it?"}, "feedbackScale": "FOUR"}],
        }
    ],
    "surveys": [{"key": "S0"}],
}


class TestV1:
    @pytest.mark.parametrize("way", ["headers", "basic"])
    async def test_both_ways_of_telling_who_asks(self, vendor: Vendor, way: str) -> None:
        vendor.folders = FOLDERS
        settings = settings_for(vendor, happy_or_not_v1_authentication=way)
        async with v1_http(settings, CLIENT_ID, SecretStr(V1_TOKEN)) as http:
            folders = await ClientV1(VendorHttp(http, settings)).folders()
        assert [(folder.key, [survey.key for survey in folder.surveys]) for folder in folders] == [
            ("root", ["S0"]),
            ("library", ["S1"]),
        ]
        assert ("authorization" in vendor.headers[0]) == (way == "basic")
        assert vendor.headers[0]["content-type"] == "application/json; charset=UTF-8"

    async def test_a_wrong_token_is_told(self, vendor: Vendor) -> None:
        settings = settings_for(vendor)
        async with v1_http(settings, CLIENT_ID, SecretStr("wrong")) as http:
            with pytest.raises(VendorTokenError):
                await ClientV1(VendorHttp(http, settings)).folders()

    async def test_a_list_of_roots_is_as_good(self, vendor: Vendor) -> None:
        vendor.folders = [FOLDERS]
        settings = settings_for(vendor)
        async with v1_http(settings, CLIENT_ID, SecretStr(V1_TOKEN)) as http:
            assert len(await ClientV1(VendorHttp(http, settings)).folders()) == 2

    async def test_single_presses_may_not_be_had(self, vendor: Vendor) -> None:
        vendor.folders = FOLDERS
        settings = settings_for(vendor)
        async with v1_http(settings, CLIENT_ID, SecretStr(V1_TOKEN)) as http:
            client = ClientV1(VendorHttp(http, settings))
            [survey] = (await client.folders())[1].surveys
            assert (
                await client.presses(survey, datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)) is None
            )


HELSINKI = ZoneInfo("Europe/Helsinki")


class TestTimes:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("2026-03-02T09:14:05", "2026-03-02T07:14:05+00:00"),
            ("2026-07-02T09:14:05", "2026-07-02T06:14:05+00:00"),
            ("2026-03-02T09:14:05.250+0200", "2026-03-02T07:14:05.250000+00:00"),
            ("2026-03-02T09:14:05+02:00", "2026-03-02T07:14:05+00:00"),
            ("2026-03-02T07:14:05Z", "2026-03-02T07:14:05+00:00"),
            # The hour that autumn repeats: the first of the two.
            ("2026-10-25T03:30:00", "2026-10-25T00:30:00+00:00"),
            ("2026-10-25T03:30:00+02:00", "2026-10-25T01:30:00+00:00"),
            # The hour that spring skips: the offset before the change.
            ("2026-03-29T03:30:00", "2026-03-29T01:30:00+00:00"),
        ],
    )
    def test_local_times_are_read_with_and_without_offset(self, written: str, read: str) -> None:
        assert local_instant(written, HELSINKI).isoformat() == read

    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("2026-10-25T03:00:00.000+0300", "2026-10-25T00:00:00+00:00"),
            ("2026-10-25T03:00:00.000+02:00", "2026-10-25T01:00:00+00:00"),
            ("2026-10-25T01:00:00.000Z", "2026-10-25T01:00:00+00:00"),
        ],
    )
    def test_both_zone_spellings_of_v1(self, written: str, read: str) -> None:
        assert instant(written).isoformat() == read

    @pytest.mark.parametrize("written", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-03-02T09:00:00"])
    def test_v1_without_an_offset_is_not_guessed(self, written: str) -> None:
        with pytest.raises(UnreadableTimeError):
            instant(written)


HOUR = datetime(2026, 3, 2, 9, tzinfo=UTC)


class TestButtonOrder:
    @pytest.mark.parametrize(
        ("data", "order", "found"),
        [
            ([1, 0, 2, 9], IndexOrder.NEGATIVE_FIRST, OrderCheck.CONFIRMED),
            ([9, 2, 0, 1], IndexOrder.NEGATIVE_FIRST, OrderCheck.CONTRADICTED),
            ([9, 2, 0, 1], IndexOrder.POSITIVE_FIRST, OrderCheck.CONFIRMED),
            ([1, 0, 2, 9], IndexOrder.POSITIVE_FIRST, OrderCheck.CONTRADICTED),
            # The vendor has left misuse out of the hour.
            ([0, 0, 2, 7], IndexOrder.NEGATIVE_FIRST, OrderCheck.CONFIRMED),
            ([6, 6, 6, 6], IndexOrder.NEGATIVE_FIRST, OrderCheck.UNDECIDED),
        ],
    )
    def test_the_nearer_order_is_the_right_one(self, data: list[int], order: IndexOrder, found: OrderCheck) -> None:
        presses = [(HOUR, button) for button, count in enumerate([1, 0, 2, 9]) for _ in range(count)]
        assert check_order({HOUR: data}, presses, order) is found

    def test_hours_without_single_presses_say_nothing(self) -> None:
        assert check_order({HOUR: [1, 0, 2, 9]}, [], IndexOrder.POSITIVE_FIRST) is OrderCheck.UNDECIDED
