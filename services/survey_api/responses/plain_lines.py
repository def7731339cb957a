"""The short way of a line that a person's answer came as: judged without Pydantic, and before the database is asked.

It can only say that a line is right. Whatever else a line has, or lacks, goes the ordinary way (``lines.py``), which is
the one place that refuses; both ways make the same response of the same line.

Closed questions are answered in the same few ways over and over, so a line's text is looked up, without its id and
time, before it is read as JSON: what was judged once is not judged again.
"""

import re
from datetime import datetime

import orjson

from services.shared.catalogue import Catalogue
from services.shared.ndjson import Line
from services.shared.problems import Problem
from services.shared.settings import get_settings
from services.survey_api.responses.plain_contents import PlainContent, PlainResponse, PlainSurvey
from services.survey_api.surveys.cache import SurveyCache

_FIELDS = frozenset(
    {"survey", "id", "given_at", "answers", "version", "service_point", "collection_mode", "language", "interaction_id"}
)
_NEEDED = frozenset({"survey", "id", "given_at", "answers"})
_ID = re.compile(rb'"id": ?"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"')
_GIVEN_AT = re.compile(rb'"given_at": ?"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))"')
"""As most programs write them: :meth:`datetime.fromisoformat` takes more than Pydantic does."""

_Rest = tuple[bytes, bytes, bytes]
"""A line's text before, between and after its id and time, whichever comes first."""

_OUT = "\x01"
_TAKEN_OUT = rb"\u0001"
"""What stands for the id and the time when the rest is read."""

CONTENTS_MAX = 10_000
"""Of one upload, about twenty megabytes. When more are met, all are forgotten: then few lines say the same."""


class PlainLines:
    """Judges the plain lines of an upload by the surveys' definitions as they were last read."""

    def __init__(self, catalogue: Catalogue, surveys: SurveyCache) -> None:
        self._catalogue = catalogue
        self._surveys = surveys
        self._known: dict[str, PlainSurvey] = {}
        self._contents: dict[_Rest, PlainContent] = {}
        self._earliest_year = get_settings().earliest_year

    def judge(self, line: Line, *, until: datetime) -> PlainResponse | None:
        """The line's response; None where it is not plain, not right, given after ``until``, or of a survey that was
        not read yet."""
        cut = _cut(line.content or b"")
        if cut is None:
            return None
        response_id, given, rest = cut
        try:
            given_at = datetime.fromisoformat(given)
            if given_at > until or given_at.year < self._earliest_year:
                return None
            content = self._contents.get(rest)
            if content is not None and content.survey.definition is self._surveys.known(content.survey.code):
                response = content.give(response_id, given_at)
                if response is not None:
                    return response
            content = self._read(rest, given_at)
            return None if content is None else content.give(response_id, given_at)
        except (ValueError, TypeError, Problem):
            # Also of orjson. The ordinary way says what is wrong.
            return None

    def _read(self, rest: _Rest, given_at: datetime) -> PlainContent | None:
        written = _TAKEN_OUT.join(rest)
        fields = orjson.loads(written)
        if type(fields) is not dict or not fields.keys() <= _FIELDS or not fields.keys() >= _NEEDED:
            return None
        if fields["id"] != _OUT or fields["given_at"] != _OUT or written.count(_TAKEN_OUT) >= len(rest):
            # What was taken out may have been something else of that name.
            return None
        survey = self._survey(fields["survey"])
        content = None if survey is None else survey.read(fields, given_at)
        if content is not None and content.may_recur:
            if len(self._contents) >= CONTENTS_MAX:
                self._contents.clear()
            self._contents[rest] = content
        return content

    def _survey(self, code: str) -> PlainSurvey | None:
        definition = self._surveys.known(code)
        known = self._known.get(code)
        if definition is not None and (known is None or known.definition is not definition):
            known = self._known[code] = PlainSurvey(definition, self._catalogue)
        return known


def _cut(line: bytes) -> tuple[str, str, _Rest] | None:
    """The line's id, its time, and its text without these; None where they are not written as most programs do."""
    # Found before they are matched, as a match looks for its beginning more slowly.
    found_id, found_at = _ID.match(line, line.find(b'"id":')), _GIVEN_AT.match(line, line.find(b'"given_at":'))
    if found_id is None or found_at is None:
        return None
    (first, first_end), (last, last_end) = found_id.span(1), found_at.span(1)
    if last < first:
        first, first_end, last, last_end = last, last_end, first, first_end
    rest = line[:first], line[first_end:last], line[last_end:]
    return found_id[1].decode(), found_at[1].decode(), rest
