"""Endpoints that take JSON say so at once when the body is declared to be something else."""

from fastapi import Request

from services.shared.problems import UnsupportedMediaTypeProblem


async def require_json(request: Request) -> None:
    """Raise :class:`UnsupportedMediaTypeProblem` unless the body is declared as JSON."""
    declared = request.headers.get("content-type", "")
    media_type = declared.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        named = repr(media_type[:100]) if media_type else "missing"
        raise UnsupportedMediaTypeProblem(f"the content type is {named}; send JSON as application/json")
