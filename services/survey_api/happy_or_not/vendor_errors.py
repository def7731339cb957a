"""What can go wrong with the vendor. Messages are for the operator and never hold a token, a text or an address."""

from typing import ClassVar


class VendorError(Exception):
    """A pull must end. ``code`` is stable; the message says what to do."""

    code: ClassVar[str] = "vendor_failed"


class VendorTokenError(VendorError):
    """401: the token is unknown, ended or of the other interface. Asking again would only repeat it."""

    code = "vendor_token_refused"


class VendorScopeError(VendorError):
    """403: the token lacks a right."""

    code = "vendor_scope_missing"


class VendorRequestError(VendorError):
    """400, and other refusals of what we ask: a defect or a setting of ours."""

    code = "vendor_refused_request"


class VendorNotFoundError(VendorRequestError):
    """404: the vendor does not have it."""

    code = "vendor_not_found"


class VendorUnavailableError(VendorError):
    """Not reached, failing, too busy, or answering what is no answer; a later pull tries again."""

    code = "vendor_unavailable"


class VendorAnswerError(VendorError):
    """An answer in a shape this version does not know, or beyond a bound."""

    code = "vendor_answer_not_understood"
