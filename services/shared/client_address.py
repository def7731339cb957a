"""Where a request comes from: the peer, or what one of the setting ``trusted_proxies`` says."""

from ipaddress import ip_address, ip_network

from fastapi import Request

from services.shared.settings import settings_of


def address_block(request: Request) -> str:
    """The network that the client's address belongs to: what one household or office has, as far as can be told.

    Its size is the settings ``address_block_ipv4`` and ``address_block_ipv6``, in bits. Empty where the server was
    reached by other means than an address.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    settings = settings_of(request)
    bits = settings.address_block_ipv4 if address.version == 4 else settings.address_block_ipv6
    return str(ip_network((address, bits), strict=False))
