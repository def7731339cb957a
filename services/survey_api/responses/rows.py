"""How a response is written as a row of ``COPY``: what is its own first, then what others may have in common with it.

Rows sort as their responses' keys do.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import orjson

from services.shared.tables.surveys import CollectionMode
from services.survey_api.responses.origins import OF_A_PERSON, Origin
from services.survey_api.responses.submission import JudgedResponse
from services.survey_api.surveys.definitions import Answer

COPY = (
    b"COPY survey_response (service_point_code, id, given_at, given_on, given_hour, content_hash, recorded_at, "
    b"survey_code, version, collection_mode, language, interaction_reference, answers, device_code, source, "
    b"source_point, precision, source_misuse_reason, is_complete, single_interaction) FROM STDIN"
)


def row_of(response: JudgedResponse, recorded_at: str) -> str:
    """The response's row; ``recorded_at`` in ISO 8601."""
    content = written_content(
        survey=response.survey.code,
        version=response.version,
        collection_mode=response.collection_mode,
        language=response.language,
        interaction_id=response.interaction_id,
        answers=response.answers,
        origin=response.origin,
        is_complete=response.is_complete,
        single_interaction=response.single_interaction,
    )
    service_point, response_id = response.key
    own = written_own(
        service_point,
        str(response_id),
        response.given_at.isoformat(),
        response.given_on,
        response.given_hour,
        response.content_hash,
    )
    return f"{own}\t{recorded_at}\t{content}"


def written_own(
    service_point: str, response_id: str, given: str, given_on: date, given_hour: int, content_hash: str
) -> str:
    """What is a response's own: its key, the id as 36 characters, when it was given in ISO 8601, and the hash of
    what was said."""
    local_time = _local_time(given_on, given_hour)
    return f"{service_point}\t{response_id}\t{given}\t{local_time}\t{content_hash}"


def written_content(
    *,
    survey: str,
    version: int,
    collection_mode: CollectionMode,
    language: str | None,
    interaction_id: str | None,
    answers: Mapping[str, Answer],
    single_interaction: str | None,
    origin: Origin = OF_A_PERSON,
    is_complete: bool = True,
) -> str:
    """What a response says, and of its way here; the end of its row."""
    columns = (
        survey,
        str(version),
        collection_mode,
        _written(language),
        _written(interaction_id),
        orjson.dumps(answers).decode().replace("\\", "\\\\"),
        _OF_A_PERSON if origin is OF_A_PERSON else _of_origin(origin),
        "t" if is_complete else "f",
        _written(single_interaction),
    )
    return "\t".join(columns) + "\n"


@lru_cache(maxsize=10_000)
def _local_time(day: date, hour: int) -> str:
    return f"{day.isoformat()}\t{hour}"


def _of_origin(origin: Origin) -> str:
    columns = (
        _written(origin.device),
        _written(origin.source),
        _written(origin.source_point),
        origin.precision,
        _written(origin.source_misuse),
    )
    return "\t".join(columns)


def _written(value: str | None) -> str:
    if value is None:
        return r"\N"
    if value.isalnum():
        return value
    return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


_OF_A_PERSON = _of_origin(OF_A_PERSON)
