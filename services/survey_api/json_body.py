"""Endpoints that take JSON say so at once when the body is declared to be something else."""

from fastapi import Request

from services.shared.problems import UnsupportedMediaTypeProblem

JSON = "application/json"


async def require_json(request: Request) -> None:
    """Raise :class:`UnsupportedMediaTypeProblem` unless the body is declared as JSON."""
    if not is_json(request):
        media_type = _media_type(request)
        named = repr(media_type[:100]) if media_type else "missing"
        raise UnsupportedMediaTypeProblem(f"the content type is {named}; send JSON as {JSON}")


def is_json(request: Request) -> bool:
    """Whether the body is declared as JSON."""
    media_type = _media_type(request)
    return media_type == JSON or media_type.endswith("+json")


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
