"""Fifteen errors that published reviews have printed, and why none of them can be printed here.

The errors are those of the field: shares over a hundred, figures numbered twice, prose against chart, bases untold.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.editions.content import EditionContent, build_content
from services.reporting_api.editions.live import LiveFigures
from services.reporting_api.language import Language
from services.reporting_api.measures.registry import MEASURES, MeasureUnit
from services.reporting_api.measures.rounding import round_half_up
from services.reporting_api.measures.tallies import ShareTally
from services.reporting_api.review.chapters.registry import CHAPTER_PHRASES
from services.reporting_api.review.illustrations import illustrations_of
from services.reporting_api.review.phrases import say
from services.reporting_api.review.table_view import period_label, view_table
from services.shared.catalogue import read_catalogue
from services.shared.periods import PeriodKind, parse_period
from services.shared.tables.editions import Chapter
from tests.reporting_api.factories import (
    IN_PREVIOUS,
    add_answers,
    add_contacts,
    add_feedback,
    add_responses,
    add_survey,
)

pytestmark = pytest.mark.anyio

QUARTER = "2019-Q2"


@pytest.fixture
async def content(app: FastAPI, session: AsyncSession) -> EditionContent:
    """A quarter with something in each chapter, as an edition holds it."""
    for type_code in ["complaint"] * 9 + ["question"] * 6 + ["compliment"] * 5:
        await add_feedback(session, type_code=type_code, topic_code="home_care", handled_days=2)
    await add_feedback(session, state="transferred_out")
    await add_feedback(session, state="rejected")
    await add_contacts(session, "family_and_social", 9, "self_determination", "access_to_information")
    await add_contacts(session, "other", 7, "self_determination")
    options = {1: "booking", 2: "advice", 3: "care"}
    await add_survey(
        session,
        "dental",
        "chat",
        {
            "satisfaction": {"kind": "scale", "purpose": "satisfaction", "scale_steps": 101},
            "topic": {"kind": "multiple_choice", "purpose": "contact_topic", "options": options},
        },
    )
    await add_responses(session, "dental", 40)
    await add_answers(session, "dental", "satisfaction", {20: 20, 60: 20})
    await add_answers(session, "dental", "satisfaction", {20: 22, 30: 20}, on=IN_PREVIOUS)
    await add_answers(session, "dental", "topic", {0: 40, 1: 31, 2: 8, 3: 7})
    live = LiveFigures(app.state.sessions, await read_catalogue(session), app.state.statement_clients)
    shown, _ = await live.series(QUARTER, datetime.now(UTC))
    return build_content(QUARTER, shown.reports, shown.hours, [], [], [])


def figures_in(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if "measure" in found:
            yield found
        for value in found.values():
            yield from figures_in(value)
    elif isinstance(found, list):
        for value in found:
            yield from figures_in(value)


def shares_of(content: EditionContent) -> list[dict[str, Any]]:
    found = figures_in(content.figures.model_dump(mode="json"))
    shares = [figure for figure in found if figure["unit"] == MeasureUnit.PERCENT and figure["value"] is not None]
    assert shares
    return shares


def said(content: EditionContent, language: Language = Language.FI) -> str:
    phrases = [phrase for tell in CHAPTER_PHRASES.values() for phrase in tell(content.figures)]
    return " ".join(say(phrase, language) for phrase in phrases)


async def test_01_a_share_of_915_per_cent(content: EditionContent) -> None:
    assert all(0 <= share["value"] <= 100 for share in shares_of(content))
    services = content.figures.ombudsman
    assert services is not None
    # One rounding of each of the two shares moves their sum by a tenth at most.
    assert abs(sum(entry.share.value or 0 for entry in services.by_service) - 100) <= 0.1


@given(counts=st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=12).filter(any))
def test_01_shares_of_one_base_never_add_up_to_more_than_rounding_allows(counts: list[int]) -> None:
    base = sum(counts)
    shares = [round_half_up(ShareTally(count, base).value or Fraction(0), 1) for count in counts]
    assert abs(sum(shares) - 100) <= 0.05 * len(counts) + 1e-9


async def test_02_two_figures_numbered_three(content: EditionContent) -> None:
    numbers = [number for number, _ in enumerate(illustrations_of(content), start=1)]
    assert numbers == list(range(1, len(numbers) + 1))
    codes = [illustration.code for illustration in illustrations_of(content)]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("label", "written"), [("2021-Q1", "1–3/2021"), ("2021-Q2", "4–6/2021"), ("2021-Q4", "10–12/2021")]
)
def test_03_a_second_quarter_labelled_1_to_4(label: str, written: str) -> None:
    assert period_label(parse_period(PeriodKind.QUARTER, label)) == written


async def test_04_prose_that_contradicts_its_chart(content: EditionContent) -> None:
    chart = next(it for it in illustrations_of(content) if it.code == "chat-satisfaction")
    table = view_table(content.tables[chart.table], chart.shown, Language.FI, content.definitions)

    assert "keskityytyväisyys oli 40,0" in said(content)
    assert "dental: 40,0" in re.sub(r"<[^>]+>", " ", chart.svg(Language.FI, 680))
    assert [cells[table.headings.index("Keskityytyväisyys")] for _, cells in table.rows] == ["40,0"]


async def test_05_a_share_that_no_count_of_its_base_gives(content: EditionContent) -> None:
    for share in shares_of(content):
        decimals = MEASURES[share["measure"]].decimals
        assert share["value"] == round_half_up(Fraction(100 * share["count"], share["base"]), decimals)


async def test_06_topics_that_add_up_to_111_per_cent_without_a_word(content: EditionContent) -> None:
    (chat,) = content.figures.chats
    (topics,) = chat.questions

    assert sum(option.share.value or 0 for option in topics.options) > 100
    assert topics.is_multiple_response
    assert "useita aiheita" in said(content)


async def test_07_a_total_beside_a_table_that_lacks_some(content: EditionContent) -> None:
    feedback = content.figures.feedback

    assert feedback.balance.holds
    assert (feedback.balance.received, feedback.balance.counted) == (22, 20)
    assert sum(entry.number.value or 0 for entry in feedback.by_type) == 20
    assert "Näistä toiselle toimijalle siirrettyjä oli 1 ja asiattomia 1." in said(content)


async def test_08_labels_typed_by_hand(content: EditionContent, session: AsyncSession) -> None:
    catalogue = await read_catalogue(session)

    for entry in content.figures.feedback.by_type:
        assert entry.code is not None
        assert entry.labels == catalogue.feedback_types[entry.code].names
    for topic in content.figures.feedback.by_topic:
        assert topic.code is None or topic.labels == catalogue.topics[topic.code].names


async def test_09_a_date_that_sources_disagree_on(content: EditionContent) -> None:
    # The figures' sentences tell no date but the quarter; dates of events stand in officers' texts, under their names.
    years = set(re.findall(r"\b(?:19|20)\d\d\b", said(content)))
    assert years == {"2019"}


@pytest.mark.parametrize(("count", "base", "share"), [(1140, 3194, 35.7)])
def test_10_a_share_typed_instead_of_computed(count: int, base: int, share: float) -> None:
    assert round_half_up(ShareTally(count, base).value or Fraction(0), 1) == share


@pytest.mark.parametrize(("count", "share"), [(1201, 30.8), (451, 11.6)])
def test_11_one_share_cut_and_another_rounded(count: int, share: float) -> None:
    assert round_half_up(ShareTally(count, 3902).value or Fraction(0), 1) == share


async def test_12_a_median_compared_with_a_mean(content: EditionContent) -> None:
    times = content.figures.feedback.handling_time

    assert (times.mean.measure, times.median.measure) == ("handling_time_mean", "handling_time_median")
    # A comparison has no measure of its own: it is the figure's, so kinds of statistic cannot be mixed.
    assert "measure" not in type(times.mean.previous_quarter).model_fields


def test_13_published_taken_for_received() -> None:
    names = {slug: measure.names["en"].lower() for slug, measure in MEASURES.items()}
    assert names["feedback_received"] == "feedback received"
    assert not [slug for slug, name in names.items() if "published" in name]


async def test_14_a_base_that_is_not_told(content: EditionContent) -> None:
    ombudsman = content.figures.ombudsman
    assert ombudsman is not None

    assert {entry.share.base for entry in ombudsman.by_service} == {16}
    assert {entry.share.base for entry in ombudsman.by_reason} == {25}
    assert ombudsman.reasons_recorded.value == 25
    assert "Yhdellä yhteydenotolla voi olla useita syitä tai ei yhtään" in said(content)


async def test_15_a_change_typed_instead_of_computed(content: EditionContent) -> None:
    compared = [
        (figure, earlier)
        for figure in figures_in(content.figures.model_dump(mode="json"))
        for earlier in (figure["previous_quarter"], figure["same_quarter_last_year"])
        if earlier["difference"] is not None
    ]
    assert compared
    for figure, earlier in compared:
        decimals = MEASURES[figure["measure"]].decimals
        # Both ends were rounded once, the difference once: it is off by one of the last place at most.
        assert abs(figure["value"] - earlier["value"] - earlier["difference"]) <= 1.001 * 10**-decimals


def test_every_chapter_of_the_figures_is_asked() -> None:
    assert set(CHAPTER_PHRASES) < set(Chapter)
