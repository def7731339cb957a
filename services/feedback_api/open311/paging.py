"""Totals and neighbours of a page: headers that the standard lacks and its clients ask for."""

from math import ceil

from fastapi import Request


def paging_headers(request: Request, *, page: int, page_size: int, total: int) -> dict[str, str]:
    """CitySDK's headers, and the ``Link`` of RFC 8288."""
    pages = ceil(total / page_size)
    headers = {
        "X-Result-Count": str(total),
        "X-Page-Count": str(pages),
        "X-Page-Size": str(page_size),
    }
    links = []
    for name, rel, number in (("Next", "next", page + 1), ("Previous", "prev", page - 1)):
        if 1 <= number <= pages:
            url = str(request.url.remove_query_params("api_key").include_query_params(page=number))
            headers[f"X-{name}-Page-URL"] = url
            links.append(f'<{url}>; rel="{rel}"')
    return headers | ({"Link": ", ".join(links)} if links else {})
