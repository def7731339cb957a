"""What the chapters say of a quarter: each number a fact of the edition, each verb as the interval allows."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.language import Language
from services.reporting_api.periods.schemas import QuarterReport
from services.reporting_api.review.chapters.digest import digest_phrases
from services.reporting_api.review.chapters.registry import CHAPTER_PHRASES, paragraphs_of, phrases_of
from services.reporting_api.review.numbers import write_fact
from services.reporting_api.review.phrases import Phrase, say
from services.shared.tables.editions import Chapter
from tests.reporting_api.conftest import Read
from tests.reporting_api.factories import (
    IN_PREVIOUS,
    IN_QUARTER,
    MIDDLE_OF_QUARTER,
    add_answers,
    add_feedback,
    add_invitations,
    add_responses,
    add_survey,
)
from tests.reporting_api.review.conftest import SATISFACTION

pytestmark = pytest.mark.anyio

SCALES = ("0–100", "4–10")
YEAR = "2019"
NUMBER = re.compile(r"\d+(?:[\u00a0.,]\d+)*")


async def report_of(read: Read, path: str = "/v1/quarters/2019-Q2") -> QuarterReport:
    return QuarterReport.model_validate(await read(path))


def all_phrases(report: QuarterReport) -> list[Phrase]:
    return [phrase for tell in (*CHAPTER_PHRASES.values(), digest_phrases) for phrase in tell(report)]


@pytest.fixture
async def invited(city: None, session: AsyncSession) -> None:
    """How many were invited to the city's survey and its chat."""
    await add_invitations(session, "survey", 60)
    await add_invitations(session, "chat", 2500)


@pytest.mark.usefixtures("invited", "registers")
@pytest.mark.parametrize("language", Language)
async def test_every_number_is_a_fact(read_publicly: Read, language: Language) -> None:
    phrases = all_phrases(await report_of(read_publicly))

    assert len(phrases) > 20
    for phrase in phrases:
        said = say(phrase, language)
        for scale in SCALES:
            said = said.replace(scale, "")
        facts = {number for fact in phrase.facts() for number in NUMBER.findall(write_fact(fact, language))}
        assert set(NUMBER.findall(said)) - {YEAR} == facts, phrase.key


@pytest.mark.usefixtures("invited", "registers")
async def test_every_fact_is_the_figure_at_its_place(read_publicly: Read) -> None:
    report = await report_of(read_publicly)
    figures = report.model_dump(mode="json")

    for fact in [fact for phrase in all_phrases(report) for fact in phrase.facts()]:
        number: Any = at(figures, fact.place)
        for name in str(fact.part).split("."):
            number = number[name]
        assert abs(number) == fact.value, fact


async def test_the_verb_follows_the_interval(session: AsyncSession, read_publicly: Read) -> None:
    for number, year in ((12, 2019), (11, 2018)):
        for _ in range(number):
            await add_feedback(session, received_at=MIDDLE_OF_QUARTER.replace(year=year))

    said = [phrase.key for phrase in phrases_of(Chapter.FEEDBACK, await report_of(read_publicly))]

    # 12 are more than 11, but no interval leaves nought out: no verb says that they rose.
    assert "feedback.last_year.no_clear_change" in said


@pytest.mark.usefixtures("city")
async def test_a_clear_change_is_told_with_both_values(read_publicly: Read) -> None:
    report = await report_of(read_publicly)

    said = " ".join(say(phrase, Language.EN) for phrase in phrases_of(Chapter.CHATS, report))

    assert "Mean satisfaction rose by 45.0 points from the previous quarter, when it was 25.0." in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.FI, "Jos vastaustavat olisivat pysyneet ennallaan, tulos olisi laskenut."),
        (Language.SV, "Om svarssätten hade varit desamma skulle resultatet ha sjunkit."),
        (Language.EN, "Had the answers come in the same ways as before, the result would have fallen."),
    ],
)
async def test_over_another_mix_of_ways_the_standardised_change_is_told(
    session: AsyncSession, read_publicly: Read, language: Language, said: str
) -> None:
    # Fewer are satisfied in each way than before, and more answer on paper, where all are more satisfied.
    await add_survey(session, "chat", "chat", SATISFACTION)
    for mode, on, number, score in (
        ("web", IN_PREVIOUS, 80, 40),
        ("paper", IN_PREVIOUS, 20, 80),
        ("web", IN_QUARTER, 20, 30),
        ("paper", IN_QUARTER, 80, 70),
    ):
        half = number // 2
        await add_answers(session, "chat", "satisfaction", {score: half, score + 10: half}, on=on, mode=mode)
        await add_responses(session, "chat", number, on=on, mode=mode)

    report = await report_of(read_publicly)

    assert report.chats[0].satisfaction is not None
    assert (report.chats[0].satisfaction.value, report.chats[0].satisfaction.previous_quarter.value) == (67.0, 53.0)
    assert said in [say(phrase, language) for phrase in phrases_of(Chapter.CHATS, report)]


async def test_a_hidden_figure_is_told_as_hidden(session: AsyncSession, read_publicly: Read) -> None:
    await add_survey(session, "chat", "chat", SATISFACTION)
    await add_responses(session, "chat", 3)
    await add_answers(session, "chat", "satisfaction", {60: 3})

    report = await report_of(read_publicly)

    assert [phrase.key for phrase in phrases_of(Chapter.CHATS, report)] == ["chats.satisfaction_suppressed"]


@pytest.mark.usefixtures("invited")
async def test_a_response_rate_is_told_where_it_is_known(read_publicly: Read) -> None:
    report = await report_of(read_publicly)

    chats, surveys = (
        " ".join(say(it, Language.FI) for it in phrases_of(one, report)) for one in (Chapter.CHATS, Chapter.SURVEYS)
    )

    assert "Kyselyyn kutsuttuja oli 2\u00a0500, ja heistä vastasi 40. Vastausprosentti oli 1,6\u00a0%." in chats
    assert "kutsuttuja oli 60, ja heistä vastasi 15. Vastausprosentti oli 25,0\u00a0%." in surveys
    earlier = await report_of(read_publicly, "/v1/quarters/2019-Q1")
    assert "chats.response_rate" not in [phrase.key for phrase in phrases_of(Chapter.CHATS, earlier)]
    assert "survey: arvosana oli 8,53." in [say(phrase, Language.FI) for phrase in digest_phrases(report)]


async def test_a_survey_of_few_is_not_said_to_have_no_answers(session: AsyncSession, read_publicly: Read) -> None:
    await add_survey(session, "survey", "questionnaire", {"grade": {"kind": "grade", "purpose": "overall_grade"}})
    await add_responses(session, "survey", 3)
    await add_answers(session, "survey", "grade", {9: 3})

    report = await report_of(read_publicly)

    told = [phrase.key for phrase in phrases_of(Chapter.SURVEYS, report)]
    assert told == ["surveys.suppressed"]


@pytest.mark.usefixtures("registers")
async def test_participation_is_told_from_its_registers(read_publicly: Read) -> None:
    report = await report_of(read_publicly)

    paragraphs = [
        " ".join(say(phrase, Language.EN) for phrase in phrases)
        for phrases in paragraphs_of(Chapter.PARTICIPATION, report)
    ]

    assert len(paragraphs) == 4
    meetings, proposals, initiatives, reports = paragraphs
    assert "met 1 time in April–June 2019. The meetings had 14 participants in all." in meetings
    assert proposals == "The panels and councils made 1 proposal. Their status: open 1."
    assert initiatives == "Residents made 1 initiative. Their status: received 1."
    # What is gathered as other is told last, though it is as common.
    assert (
        "24 reasons for seeking help. The most common were the following: housing or homelessness (50.0%) and other"
        in reports
    )
    assert (
        "12 barriers to getting help. The most common were the following: waiting for the service (100.0%)." in reports
    )


@pytest.mark.parametrize("language", Language)
async def test_a_quarter_without_anything_says_so_in_each_chapter(read_publicly: Read, language: Language) -> None:
    report = await report_of(read_publicly, "/v1/quarters/2007-Q3")

    said = {chapter: " ".join(say(it, language) for it in phrases_of(chapter, report)) for chapter in CHAPTER_PHRASES}

    assert "2007" in said[Chapter.FEEDBACK]
    assert all(said[chapter] for chapter in (Chapter.CHATS, Chapter.SMILEYS, Chapter.OMBUDSMAN, Chapter.SURVEYS))
    assert date(2007, 7, 1) == report.period.starts_on


def at(figures: Any, place: str) -> Any:
    """The figure at a place: names of properties, and codes within lists."""
    found = figures
    for name in place.split("."):
        found = next(one for one in found if str(one["code"]) == name) if isinstance(found, list) else found[name]
    # An option of a question, and a statement, is its share alone.
    return found["share"] if set(found) == {"code", "labels", "share"} else found
