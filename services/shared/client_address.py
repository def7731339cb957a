"""Where a request comes from."""

from fastapi import Request


def address_block(request: Request) -> str:
    """The block of addresses that the client belongs to."""
    return request.client.host if request.client else ""
