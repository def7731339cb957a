"""Keeps the records an edition is counted from, so that the public's figures of a published quarter stay.

A correction takes over from the edition before what changed by so few that the difference would tell of them.
"""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.counts import OMBUDSMAN, SMILEYS, SOCIAL_REPORTS, Family, family_of_survey
from services.reporting_api.disclosure.opinions import counts_by_family
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.disclosure.published import Records, reading
from services.reporting_api.disclosure.repository import DisclosureRepository
from services.reporting_api.disclosure.revisions import changes_of, is_too_small
from services.reporting_api.periods.aggregates import SurveyDefinition
from services.reporting_api.periods.repository import PeriodRepository
from services.shared.periods import Period
from services.shared.tables.surveys import SurveyKind

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('edition ' || :quarter, 0))"

_NEW_ID = "md5({id}::text || :quarter || :version)::uuid"
"""Records have no id in common with their copies, nor the copies of two editions; a record's codes find its copy."""

_ANSWERS = (
    "service_point_code, survey_code, question_code, given_on, given_hour, version, collection_mode, value, count"
)
_FEEDBACK = (
    "source, received_at, received_on, channel_code, unit_code, type_code, topic_code, language, state, reacted_at, "
    "handled_at"
)
_BEFORE = "WHERE quarter = :quarter AND edition = :before"


def _records(kept: str, columns: str, live: str, day: str, *, has_before: str | None) -> str:
    new_id = _NEW_ID.format(id="id")
    statement = f"""
INSERT INTO public.{kept} (quarter, edition, id, {columns})
SELECT :quarter, :number, {new_id}, {columns} FROM public.{live}
WHERE {day} >= :starts_on AND {day} < :ends_on"""  # noqa: S608 (names of this module)
    if has_before is None:
        return statement
    return f"""{statement} AND NOT :{has_before}
UNION ALL
SELECT :quarter, :number, {new_id}, {columns} FROM public.{kept} {_BEFORE} AND :{has_before}"""  # noqa: S608 (names of this module)


def _codes(kind: str, table: str, record: str, code: str, of: str, day: str, *, has_before: str | None) -> str:
    live_id, kept_id = _NEW_ID.format(id=f"code.{record}"), _NEW_ID.format(id="record_id")
    applies = " AND code.applies" if kind == "theme" else ""
    statement = f"""
INSERT INTO public.edition_code (quarter, edition, record_id, kind, code)
SELECT :quarter, :number, {live_id}, '{kind}', code.{code}
FROM public.{table} AS code JOIN public.{of} AS record ON record.id = code.{record}
WHERE record.{day} >= :starts_on AND record.{day} < :ends_on{applies}"""  # noqa: S608 (names of this module)
    if has_before is None:
        return statement
    return f"""{statement} AND NOT :{has_before}
UNION ALL
SELECT :quarter, :number, {kept_id}, kind, code FROM public.edition_code
{_BEFORE} AND kind = '{kind}' AND :{has_before}"""  # noqa: S608 (names of this module)


_KEEP_ANSWERS = f"""
INSERT INTO public.edition_answers (quarter, edition, {_ANSWERS})
SELECT :quarter, :number, {_ANSWERS} FROM public.answer_histogram
WHERE given_on >= :starts_on AND given_on < :ends_on AND count > 0
AND survey_code <> ALL (CAST(:surveys_as_before AS text[]))
UNION ALL
SELECT :quarter, :number, {_ANSWERS} FROM public.edition_answers {_BEFORE}
AND survey_code = ANY (CAST(:surveys_as_before AS text[]))
"""  # noqa: S608 (names of this module)

_CONTACTS, _REPORTS = "contacts_as_before", "reports_as_before"

_STATEMENTS = (
    _KEEP_ANSWERS,
    _records("edition_feedback", _FEEDBACK, "feedback_in_figures", "received_on", has_before=None),
    """
INSERT INTO public.edition_kept_apart (quarter, edition, id, received_on, unit_code, hold)
SELECT :quarter, :number, gen_random_uuid(), received_on, unit_code, hold FROM public.feedback_kept_apart
WHERE received_on >= :starts_on AND received_on < :ends_on
""",
    _records("edition_contact", "source, contacted_on, service_code", "ombudsman_contact", "contacted_on",
             has_before=_CONTACTS),
    _records("edition_social_report", "source, observed_on", "social_report", "observed_on", has_before=_REPORTS),
    _codes("theme", "feedback_theme", "feedback_id", "theme_code", "feedback_in_figures", "received_on",
           has_before=None),
    _codes("contact_reason", "ombudsman_contact_reason", "contact_id", "reason_code", "ombudsman_contact",
           "contacted_on", has_before=_CONTACTS),
    _codes("report_reason", "social_report_reason", "report_id", "reason_code", "social_report", "observed_on",
           has_before=_REPORTS),
    _codes("report_barrier", "social_report_barrier", "report_id", "barrier_code", "social_report", "observed_on",
           has_before=_REPORTS),
)  # fmt: skip


_PANEL = "panel_id, panel_kind, panel_names, unit_code"


def _public(kept: str, live: str, columns: str, day: str) -> str:
    """Public acts, and how many were invited: as they are now in each edition, a correction too."""
    return f"""
INSERT INTO public.{kept} (quarter, edition, {columns})
SELECT :quarter, :number, {columns} FROM public.{live} WHERE {day} >= :starts_on AND {day} < :ends_on
"""  # noqa: S608 (names of this module)


_MEETING = f"id, source, acted_on, participants, memo, memo_url, {_PANEL}"
_PROPOSAL = f"id, source, act, acted_on, proposed_on, body, status, answered_on, answer, {_PANEL}"
_INITIATIVE = "id, source, act, acted_on, subject, received_on, unit_code, handled_by, status, decided_on, url"
_INVITATIONS = "service_point_code, survey_code, sent_on, collection_mode, count"

_PUBLIC_STATEMENTS = (
    _public("edition_meeting", "meeting_act", _MEETING, "acted_on"),
    _public("edition_proposal", "proposal_act", _PROPOSAL, "acted_on"),
    _public("edition_initiative", "initiative_act", _INITIATIVE, "acted_on"),
    _public("edition_invitations", "survey_invitation", _INVITATIONS, "sent_on"),
)


@dataclass(frozen=True, slots=True)
class Unchanged:
    """What a correction takes over from the edition before."""

    surveys: list[str]
    contacts: bool
    reports: bool


NOTHING = Unchanged([], contacts=False, reports=False)


async def lock_quarter(session: AsyncSession, quarter: str) -> None:
    """One draft of a quarter at a time, until the transaction ends."""
    await session.execute(text(_LOCK), {"quarter": quarter})


async def keep(session: AsyncSession, period: Period, version: int, before: int | None) -> None:
    """Copy the quarter's records for the new edition; ``before`` is the newest edition that keeps its own."""
    same = NOTHING if before is None else await _unchanged(session, period, before)
    parameters = {
        "quarter": period.label,
        "number": version,
        "version": str(version),
        "before": before,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "surveys_as_before": same.surveys,
        _CONTACTS: same.contacts,
        _REPORTS: same.reports,
    }
    for statement in (*_STATEMENTS, *_PUBLIC_STATEMENTS):
        await session.execute(text(statement), parameters)


async def _unchanged(session: AsyncSession, period: Period, before: int) -> Unchanged:
    """What changed by too few to be told, or not at all."""
    surveys = await PeriodRepository(session).list_surveys(period)
    repository = DisclosureRepository(session)
    live = (await repository.count([period], by_unit=True))[period.label]
    async with reading(session, Records(edition=(period.label, before))):
        kept = (await repository.count([period], by_unit=True))[period.label]
    old, new = counts_by_family(kept, surveys), counts_by_family(live, surveys)

    def is_kept(family: Family) -> bool:
        return is_too_small(changes_of(old, new, family), IN_FORCE)

    return Unchanged(
        [survey.code for survey in surveys if is_kept(_family_of(survey))],
        contacts=is_kept(OMBUDSMAN),
        reports=is_kept(SOCIAL_REPORTS),
    )


def _family_of(survey: SurveyDefinition) -> Family:
    return SMILEYS if survey.kind is SurveyKind.SMILEY else family_of_survey(survey.code)
