"""Storing a batch of plain responses in the hope that all of them are new, as those of an upload's first sending are.

Nothing is asked before; if one is here already, nothing of the batch stays, and the caller takes it the ordinary way.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import structlog
from psycopg import errors
from sqlalchemy.ext.asyncio import AsyncSession

from services.survey_api.responses import repository
from services.survey_api.responses.copying import copy_rows
from services.survey_api.responses.plain_contents import PlainResponse
from services.survey_api.responses.submission import HistogramKey

log = structlog.get_logger(__name__)


class NotAllNewError(Exception):
    """The batch is to be taken the ordinary way, in another transaction."""


async def store_all(session: AsyncSession, responses: Sequence[PlainResponse], *, at: datetime) -> None:
    """Store and count the responses; raises :class:`NotAllNewError` where one cannot be stored."""
    recorded_at = at.isoformat()
    try:
        # In the order of their keys, as all writers do.
        await copy_rows(session, sorted([response.row(recorded_at) for response in responses]))
    except errors.Error as error:
        log.info("a batch could not be copied as new", kind=type(error).__name__, responses=len(responses))
        raise NotAllNewError from error
    with_texts = [response.judged() for response in responses if response.content.reading.texts]
    await repository.insert_contents(session, sorted(with_texts, key=lambda response: response.key))
    await repository.add_to_histogram(session, count_plain(responses))


def count_plain(responses: Sequence[PlainResponse]) -> Counter[HistogramKey]:
    """How much each histogram row grows by the responses."""
    said = Counter((one.content, one.service_point, one.given_on, one.given_hour) for one in responses)
    counts: Counter[HistogramKey] = Counter()
    for (content, service_point, given_on, given_hour), number in said.items():
        survey, version, mode = content.survey.definition.code, content.version.number, content.mode
        for question, value in content.reading.counted:
            counts[HistogramKey(service_point, survey, question, given_on, given_hour, version, mode, value)] += number
    return counts
