"""Reading and writing survey definitions."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.shared.tables import Survey, SurveyOption, SurveyQuestion, SurveyVersion
from services.shared.tables.surveys import CollectionMode, QuestionKind, QuestionPurpose, RespondentRole, SurveyKind
from services.survey_api.surveys.definitions import Condition, Option, Question, SurveyDefinition, Version


async def add_survey(session: AsyncSession, survey: SurveyDefinition, *, created_at: datetime) -> bool:
    """Add the survey without its versions; False where the code is taken."""
    statement = insert(Survey).values(
        code=survey.code,
        kind=survey.kind,
        names=survey.names,
        unit_code=survey.unit_code,
        collection_mode=survey.collection_mode,
        opens_at=survey.opens_at,
        closes_at=survey.closes_at,
        is_demonstration=survey.is_demonstration,
        allowed_origins=_origins_column(survey.allowed_origins),
        created_at=created_at,
        respondent_role=survey.respondent_role,
        allows_several_per_interaction=survey.allows_several_per_interaction,
        widget_sends_partial=survey.widget_sends_partial,
        revision=survey.revision,
    )
    added = statement.on_conflict_do_nothing().returning(col(Survey.code))
    return (await session.execute(added)).scalar_one_or_none() is not None


async def change_survey(session: AsyncSession, survey: SurveyDefinition) -> None:
    """Write what may change of a survey, as its next revision."""
    statement = (
        update(Survey)
        .where(col(Survey.code) == survey.code)
        .values(
            names=survey.names,
            opens_at=survey.opens_at,
            closes_at=survey.closes_at,
            allows_several_per_interaction=survey.allows_several_per_interaction,
            widget_sends_partial=survey.widget_sends_partial,
            allowed_origins=_origins_column(survey.allowed_origins),
            revision=Survey.revision + 1,
        )
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


async def add_version(session: AsyncSession, survey_code: str, version: Version) -> None:
    """Add the version with its questions and options, as a draft unless it has its time of publication."""
    key = {"survey_code": survey_code, "version": version.number}
    await session.execute(insert(SurveyVersion), [{**key, "published_at": None}])
    await session.execute(
        insert(SurveyQuestion),
        [
            {**key, "position": position, **_columns_of(question)}
            for position, question in enumerate(version.questions.values())
        ],
    )
    options = [
        {
            **key,
            "question_code": question.code,
            "code": option.code,
            "number": option.number,
            "position": position,
            "labels": option.labels,
        }
        for question in version.questions.values()
        for position, option in enumerate(question.options)
    ]
    if options:
        await session.execute(insert(SurveyOption), options)
    if version.published_at is not None:
        await publish_version(session, survey_code, version.number, at=version.published_at)


def _columns_of(question: Question) -> dict[str, object]:
    condition = question.shown_when
    return {
        "code": question.code,
        "kind": question.kind,
        "purpose": question.purpose,
        "labels": question.labels,
        "scale_steps": question.scale_steps,
        "is_required": question.is_required,
        "shown_when": {"question": condition.question, "values": list(condition.values)} if condition else None,
        "question_set": question.question_set,
        "replaces": question.replaces,
        "change_note": question.change_note,
    }


async def publish_version(session: AsyncSession, survey_code: str, number: int, *, at: datetime) -> None:
    """Give a draft its time of publication; from then on PostgreSQL refuses any change of it."""
    statement = (
        update(SurveyVersion)
        .where(col(SurveyVersion.survey_code) == survey_code, col(SurveyVersion.version) == number)
        .values(published_at=at)
        .execution_options(synchronize_session=False)
    )
    await session.execute(statement)


async def delete_draft(session: AsyncSession, survey_code: str, number: int) -> None:
    """Take a draft away with its questions and options."""
    for table in (SurveyOption, SurveyQuestion, SurveyVersion):
        statement = delete(table).where(col(table.survey_code) == survey_code, col(table.version) == number)
        await session.execute(statement.execution_options(synchronize_session=False))


async def replace_allowed_origins(session: AsyncSession, code: str, origins: Sequence[str] | None) -> bool:
    """Set whose pages may show and answer the survey (None: anybody's); False where there is none."""
    statement = (
        update(Survey)
        .where(col(Survey.code) == code)
        .values(allowed_origins=_origins_column(origins), revision=Survey.revision + 1)
    )
    return (await session.execute(statement.returning(col(Survey.code)))).scalar_one_or_none() is not None


async def fetch_allowed_origins(session: AsyncSession, code: str) -> tuple[str, ...] | None:
    """Whose pages may show and answer the survey; None for anybody's, and where there is no such survey."""
    statement = select(Survey.allowed_origins).where(col(Survey.code) == code)
    origins = (await session.execute(statement)).scalar_one_or_none()
    return None if origins is None else tuple(origins)


async def lock_survey(session: AsyncSession, code: str) -> bool:
    """Wait until nobody else publishes a version of the survey; False where there is none."""
    # The weaker lock: responses, which refer to the survey, need not wait.
    statement = select(Survey.code).where(col(Survey.code) == code).with_for_update(key_share=True)
    return (await session.execute(statement)).scalar_one_or_none() is not None


class Newest(NamedTuple):
    """How new a survey's definition is: its newest published version, and its revision."""

    version: int
    revision: int


async def fetch_newest(session: AsyncSession, codes: Collection[str]) -> dict[str, Newest]:
    """How new each of the surveys is that exist and are published."""
    statement = (
        select(Survey.code, func.max(SurveyVersion.version), Survey.revision)
        .join(SurveyVersion, col(SurveyVersion.survey_code) == col(Survey.code))
        .where(col(Survey.code).in_(codes), col(SurveyVersion.published_at).is_not(None))
        .group_by(col(Survey.code))
    )
    return {code: Newest(version, revision) for code, version, revision in await session.execute(statement)}


async def fetch_definitions(session: AsyncSession, codes: Collection[str] | None = None) -> list[SurveyDefinition]:
    """The surveys of the codes (None: all) with all their versions and drafts, by code."""
    surveys = select(Survey).order_by(col(Survey.code))
    versions = select(SurveyVersion).order_by(col(SurveyVersion.version))
    questions = select(SurveyQuestion).order_by(col(SurveyQuestion.position))
    options = select(SurveyOption).order_by(col(SurveyOption.position))
    if codes is not None:
        surveys = surveys.where(col(Survey.code).in_(codes))
        versions = versions.where(col(SurveyVersion.survey_code).in_(codes))
        questions = questions.where(col(SurveyQuestion.survey_code).in_(codes))
        options = options.where(col(SurveyOption.survey_code).in_(codes))
    # Parents first: a version that is seen was published whole, so its parts are seen after it.
    survey_rows = (await session.execute(surveys)).scalars().all()
    version_rows = (await session.execute(versions)).scalars().all()
    question_rows = (await session.execute(questions)).scalars().all()
    option_rows = (await session.execute(options)).scalars().all()
    return _assemble(survey_rows, version_rows, question_rows, option_rows)


def _assemble(
    surveys: Sequence[Survey],
    versions: Sequence[SurveyVersion],
    questions: Sequence[SurveyQuestion],
    options: Sequence[SurveyOption],
) -> list[SurveyDefinition]:
    options_of: dict[tuple[str, int, str], list[Option]] = {}
    for option in options:
        key = (option.survey_code, option.version, option.question_code)
        options_of.setdefault(key, []).append(Option(option.code, option.number, option.labels))
    questions_of: dict[tuple[str, int], dict[str, Question]] = {}
    for question in questions:
        own = options_of.get((question.survey_code, question.version, question.code), [])
        questions_of.setdefault((question.survey_code, question.version), {})[question.code] = _question(question, own)
    versions_of: dict[str, list[Version]] = {}
    for version in versions:
        asked = questions_of.get((version.survey_code, version.version), {})
        versions_of.setdefault(version.survey_code, []).append(Version(version.version, version.published_at, asked))
    return [_definition(survey, versions_of.get(survey.code, [])) for survey in surveys]


def _origins_column(origins: Sequence[str] | None) -> list[str] | None:
    return None if origins is None else list(origins)


def _question(row: SurveyQuestion, options: Sequence[Option]) -> Question:
    return Question(
        code=row.code,
        kind=QuestionKind(row.kind),
        purpose=QuestionPurpose(row.purpose),
        labels=row.labels,
        scale_steps=row.scale_steps,
        is_required=row.is_required,
        options=tuple(options),
        shown_when=_condition(row.shown_when),
        question_set=row.question_set,
        replaces=row.replaces,
        change_note=row.change_note,
    )


def _condition(stored: dict[str, Any] | None) -> Condition | None:
    return None if stored is None else Condition(stored["question"], tuple(stored["values"]))


def _definition(row: Survey, versions: Sequence[Version]) -> SurveyDefinition:
    return SurveyDefinition(
        code=row.code,
        kind=SurveyKind(row.kind),
        names=row.names,
        unit_code=row.unit_code,
        collection_mode=CollectionMode(row.collection_mode),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        is_demonstration=row.is_demonstration,
        allowed_origins=None if row.allowed_origins is None else tuple(row.allowed_origins),
        versions=tuple(version for version in versions if version.published_at is not None),
        draft=next((version for version in versions if version.published_at is None), None),
        respondent_role=RespondentRole(row.respondent_role),
        allows_several_per_interaction=row.allows_several_per_interaction,
        widget_sends_partial=row.widget_sends_partial,
        revision=row.revision,
    )
