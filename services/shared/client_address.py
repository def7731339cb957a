"""Where a request comes from: the peer, or what one of the setting ``trusted_proxies`` says."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from fastapi import Request

from services.shared.settings import settings_of


def address_block(request: Request) -> str:
    """The network that the client's address belongs to: what one household or office has, as far as can be told.

    Its size is the settings ``address_block_ipv4`` and ``address_block_ipv6``, in bits. Empty where the server was
    reached by other means than an address.
    """
    host = request.client.host if request.client else ""
    settings = settings_of(request)
    return _block_of(host, settings.address_block_ipv4, settings.address_block_ipv6)


@lru_cache(maxsize=1024)
def _block_of(host: str, bits_ipv4: int, bits_ipv6: int) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, bits_ipv4 if address.version == 4 else bits_ipv6), strict=False))
