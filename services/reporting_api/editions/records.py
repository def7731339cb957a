"""Keeps the records an edition is counted from, so that the public's figures of a published quarter stay.

A correction takes over from the edition before what changed by so few that the difference would tell of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Insert, Text, and_, column, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.disclosure.counts import OMBUDSMAN, SMILEYS, SOCIAL_REPORTS, Family, family_of_survey
from services.reporting_api.disclosure.opinions import counts_by_family
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.disclosure.published import Records, reading
from services.reporting_api.disclosure.repository import DisclosureRepository
from services.reporting_api.disclosure.revisions import changes_of, is_too_small
from services.reporting_api.editions.copies import CodesOf, Copies, Ids
from services.reporting_api.periods.aggregates import SurveyDefinition
from services.reporting_api.periods.repository import PeriodRepository
from services.shared.periods import Period
from services.shared.tables import (
    EditionAnswers,
    EditionContact,
    EditionFeedback,
    EditionInitiative,
    EditionInvitations,
    EditionKeptApart,
    EditionMeeting,
    EditionProposal,
    EditionSocialReport,
)
from services.shared.tables.surveys import SurveyKind

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('edition ' || :quarter, 0))"

_THEMES = CodesOf(
    "theme", "feedback_theme", "feedback_id", "theme_code", "feedback_in_figures", "received_on", applies="applies"
)
_CONTACT_REASONS = CodesOf(
    "contact_reason", "ombudsman_contact_reason", "contact_id", "reason_code", "ombudsman_contact", "contacted_on"
)
_REPORT_REASONS = CodesOf(
    "report_reason", "social_report_reason", "report_id", "reason_code", "social_report", "observed_on"
)
_REPORT_BARRIERS = CodesOf(
    "report_barrier", "social_report_barrier", "report_id", "barrier_code", "social_report", "observed_on"
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
    for statement in _statements(Copies(period, version, before), same):
        await session.execute(statement)


def _statements(copies: Copies, same: Unchanged) -> Iterator[Insert]:
    yield from _answers(copies, same.surveys)
    yield copies.of_live(EditionFeedback, "feedback_in_figures", "received_on", Ids.OWN)
    yield copies.codes_of_live(_THEMES)
    yield copies.of_live(EditionKeptApart, "feedback_kept_apart", "received_on", Ids.RANDOM)
    if same.contacts:
        yield copies.of_before(EditionContact, Ids.OWN)
        yield copies.codes_of_before(_CONTACT_REASONS.kind)
    else:
        yield copies.of_live(EditionContact, "ombudsman_contact", "contacted_on", Ids.OWN)
        yield copies.codes_of_live(_CONTACT_REASONS)
    if same.reports:
        yield copies.of_before(EditionSocialReport, Ids.OWN)
        yield from (copies.codes_of_before(codes.kind) for codes in (_REPORT_REASONS, _REPORT_BARRIERS))
    else:
        yield copies.of_live(EditionSocialReport, "social_report", "observed_on", Ids.OWN)
        yield from map(copies.codes_of_live, (_REPORT_REASONS, _REPORT_BARRIERS))
    # Public acts, and how many were invited: as they are now in each edition, a correction too.
    yield copies.of_live(EditionMeeting, "meeting_act", "acted_on")
    yield copies.of_live(EditionProposal, "proposal_act", "acted_on")
    yield copies.of_live(EditionInitiative, "initiative_act", "acted_on")
    yield copies.of_live(EditionInvitations, "survey_invitation", "sent_on")


def _answers(copies: Copies, as_before: Sequence[str]) -> Iterator[Insert]:
    survey, count = column("survey_code", Text), column("count", BigInteger)
    live = and_(count > 0, survey.not_in(as_before))
    yield copies.of_live(EditionAnswers, "answer_histogram", "given_on", only=live)
    yield copies.of_before(EditionAnswers, only=survey.in_(as_before))


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
