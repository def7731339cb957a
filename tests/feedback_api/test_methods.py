"""Wrong methods: 405 with every method that the address takes, in the shape of the address."""

import httpx
import pytest

pytestmark = pytest.mark.anyio

ITEM = "/v1/feedback/01926f3e-7b44-7c5e-9c1a-3f2f6f1f0d11"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v1/feedback/events", "POST"),
        ("GET", "/v1/feedback/import", "POST"),
        ("TRACE", "/v1/feedback/events", "POST"),
        ("TRACE", "/v1/feedback", "GET, HEAD, POST"),
        ("DELETE", "/v1/feedback", "GET, HEAD, POST"),
        ("PATCH", ITEM, "GET, HEAD"),
        ("POST", f"{ITEM}/publication", "PUT"),
        ("TRACE", "/v1/receipts/7KQ2-XN4M-PWDA-9ZRT/content", "DELETE"),
        ("OPTIONS", "/v1/catalogue", "GET, HEAD"),
        ("POST", "/health/live", "GET, HEAD"),
        ("PUT", "/v1/ombudsman-contacts", "GET, HEAD, POST"),
        ("HEAD", "/v1/feedback/events", "POST"),
        ("HEAD", f"{ITEM}/publication", "PUT"),
    ],
)
async def test_all_methods_are_told(staff: httpx.AsyncClient, method: str, path: str, allow: str) -> None:
    response = await staff.request(method, path)
    assert (response.status_code, response.headers.get("allow")) == (405, allow)
    if method != "HEAD":
        assert response.json()["code"] == "method_not_allowed"


@pytest.mark.parametrize("method", ["TRACE", "DELETE"])
async def test_open311_tells_them_in_its_own_shape(public: httpx.AsyncClient, method: str) -> None:
    response = await public.request(method, "/open311/v2/requests.json")
    assert (response.status_code, response.headers.get("allow")) == (405, "GET, HEAD, POST")
    assert response.json()[0]["code"] == 405


async def test_what_the_address_takes_is_not_in_the_way(staff: httpx.AsyncClient) -> None:
    assert (await staff.get("/v1/feedback/no-id")).status_code == 422
    assert (await staff.get("/v1/nothing")).status_code == 404
    assert (await staff.get("/docs")).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/v1/catalogue", "/v1/feedback", ITEM, "/v1/feedback/no-id", "/form", "/open311/v2/requests.json", "/health/live"],
)
async def test_head_is_answered_as_get_without_the_body(staff: httpx.AsyncClient, path: str) -> None:
    got, head = await staff.get(path), await staff.head(path)
    assert got.content
    assert head.content == b""
    assert head.status_code == got.status_code
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers.get(name) == got.headers.get(name), name
