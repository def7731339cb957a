"""Sending a survey as a whole: registered, followed by a version, changed or left, as the difference asks for."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.catalogue import Catalogue
from services.shared.problems import invalid
from services.survey_api.surveys import repository, service
from services.survey_api.surveys.definitions import Question, SurveyDefinition, Version
from services.survey_api.surveys.schemas import Outcome, SurveyCreate, SurveyFields, SurveyOutcome

FIXED = ("kind", "collection_mode", "respondent_role", "is_demonstration", "unit_code")
"""What makes it another survey when it changes."""

CHANGING = (
    "names",
    "opens_at",
    "closes_at",
    "allows_several_per_interaction",
    "widget_sends_partial",
    "allowed_origins",
)


async def settle(
    session: AsyncSession, catalogue: Catalogue, code: str, body: SurveyFields, *, at: datetime, is_check: bool
) -> SurveyOutcome:
    """Let the survey be as ``body`` has it, or with ``is_check`` only say what that would take."""
    if not await repository.lock_survey(session, code):
        return await _register(session, catalogue, code, body, at, is_check=is_check)
    survey = await service.find(session, code)
    wanted = service.make_survey(catalogue, code, body)
    _check_same_survey(survey, wanted)
    outcome, version = _version_outcome(survey, body, at)
    changed = replace(survey, **{name: getattr(wanted, name) for name in CHANGING})
    if changed != survey and outcome is Outcome.UNCHANGED:
        outcome = Outcome.CHANGED
    if not is_check:
        if changed != survey:
            await repository.change_survey(session, changed)
        if outcome in (Outcome.NEW_VERSION, Outcome.NEW_DRAFT):
            await _write(session, survey, version)
    return SurveyOutcome(code=code, outcome=outcome, version=version.number)


async def _register(
    session: AsyncSession, catalogue: Catalogue, code: str, body: SurveyFields, at: datetime, *, is_check: bool
) -> SurveyOutcome:
    if is_check:
        service.make_survey(catalogue, code, body)
        service.next_version((), body.questions, at)
    else:
        await service.register(session, catalogue, SurveyCreate(code=code, **dict(body)), at=at)
    return SurveyOutcome(code=code, outcome=Outcome.CREATED, version=1)


def _check_same_survey(survey: SurveyDefinition, wanted: SurveyDefinition) -> None:
    for name in FIXED:
        old = getattr(survey, name)
        if getattr(wanted, name) != old:
            field = "unit" if name == "unit_code" else name
            raise invalid(field, f"is {old!s} of this survey and cannot change; keep it, or give another code")


def _version_outcome(survey: SurveyDefinition, body: SurveyFields, at: datetime) -> tuple[Outcome, Version]:
    version = service.next_version(survey.versions, body.questions, None if body.is_draft else at)
    if survey.is_published and _asks_the_same(version, survey.newest):
        return Outcome.UNCHANGED, survey.newest
    if body.is_draft:
        same = survey.draft is not None and _asks_the_same(version, survey.draft)
        return Outcome.UNCHANGED if same else Outcome.NEW_DRAFT, version
    service.check_no_draft(survey)
    return Outcome.NEW_VERSION, version


def _asks_the_same(one: Version, other: Version) -> bool:
    return [_asked(question) for question in one.questions.values()] == [
        _asked(question) for question in other.questions.values()
    ]


def _asked(question: Question) -> Question:
    # Notes and replacements tell of the version before: with the next one they are told again, or not.
    return replace(question, change_note=None, replaces=None)


async def _write(session: AsyncSession, survey: SurveyDefinition, version: Version) -> None:
    if survey.draft is not None:
        await repository.delete_draft(session, survey.code, survey.draft.number)
    await repository.add_version(session, survey.code, version)
