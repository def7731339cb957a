"""The demonstration records add up to the table of counts, and are the same every time."""

import random
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.demo import feedback, ombudsman, participation, surveys
from services.cli.demo.counts import (
    CHATS,
    CUSTOMER_SURVEY,
    CUSTOMER_SURVEY_QUARTER,
    FEEDBACK,
    OMBUDSMAN,
    SMILEYS,
    SOURCE,
    UNCLASSIFIED,
    VACCINATION_TOPICS,
)
from services.shared.clock import local_day
from services.shared.periods import PeriodKind, parse_period

QUARTERS = list(FEEDBACK)
Line = dict[str, Any]


def final(line: Line, field: str) -> str | None:
    """The line's type or topic, as the last classification left it."""
    values = [line.get(field), *(event[field] for event in line["events"] if field in event)]
    return values[-1] if values[-1] is not None else line.get(field)


def kinds(line: Line) -> list[str]:
    return [event["kind"] for event in line["events"]]


def is_counted(line: Line) -> bool:
    return "rejected" not in kinds(line) and not any("recipient" in event for event in line["events"])


def handling_time(line: Line) -> timedelta | None:
    for event in line["events"]:
        if event["kind"] in ("answered", "closed"):
            return datetime.fromisoformat(event["occurred_at"]) - datetime.fromisoformat(line["received_at"])
    return None


@pytest.mark.parametrize("quarter", QUARTERS)
class TestFeedback:
    def test_is_the_same_every_time(self, quarter: str) -> None:
        assert list(feedback.feedback_lines(quarter)) == list(feedback.feedback_lines(quarter))

    def test_references_are_unique_and_marked(self, quarter: str) -> None:
        lines = list(feedback.feedback_lines(quarter))
        assert len({line["reference"] for line in lines}) == len(lines) == FEEDBACK[quarter].received
        assert {line["source"] for line in lines} == {SOURCE}

    def test_counted_items_have_the_types_and_topics_of_the_table(self, quarter: str) -> None:
        counted = [line for line in feedback.feedback_lines(quarter) if is_counted(line)]
        assert Counter(final(line, "type") for line in counted) == FEEDBACK[quarter].by_type
        topics = Counter(final(line, "topic") or UNCLASSIFIED for line in counted)
        assert topics == FEEDBACK[quarter].by_topic

    def test_vaccination_items_have_the_types_of_the_table(self, quarter: str) -> None:
        counted = [line for line in feedback.feedback_lines(quarter) if is_counted(line)]
        types = Counter(final(line, "type") for line in counted if final(line, "topic") in VACCINATION_TOPICS)
        assert types == FEEDBACK[quarter].vaccination_by_type

    def test_handling_times_have_the_mean_and_share_of_the_table(self, quarter: str) -> None:
        counts = FEEDBACK[quarter]
        counted = [line for line in feedback.feedback_lines(quarter) if is_counted(line)]
        times = [time for time in map(handling_time, counted) if time is not None]
        assert len(times) == counts.handled
        assert len(counted) - len(times) == counts.open
        assert sum(time < timedelta(days=5) for time in times) == counts.on_target
        assert sum(times, timedelta()) == timedelta(days=counts.mean_handling_days) * counts.handled

    def test_a_handling_time_of_exactly_five_days_is_there(self, quarter: str) -> None:
        times = [handling_time(line) for line in feedback.feedback_lines(quarter) if is_counted(line)]
        assert timedelta(days=5) in times
        assert timedelta(days=5, seconds=-1) in times

    def test_every_item_is_received_on_a_local_day_of_the_quarter(self, quarter: str) -> None:
        period = parse_period(PeriodKind.QUARTER, quarter)
        received = [datetime.fromisoformat(line["received_at"]) for line in feedback.feedback_lines(quarter)]
        assert all(period.starts_on <= local_day(instant) < period.ends_on for instant in received)
        assert received[0] == period.starts_at
        assert received[-1] == period.ends_at - timedelta(seconds=1)

    def test_events_never_go_back_in_time(self, quarter: str) -> None:
        for line in feedback.feedback_lines(quarter):
            instants = [line["received_at"], *(event["occurred_at"] for event in line["events"])]
            parsed = [datetime.fromisoformat(instant) for instant in instants]
            assert parsed == sorted(parsed)


class TestPublishedQuarter:
    def test_has_the_published_numbers(self) -> None:
        counts = FEEDBACK["2021-Q2"]
        assert (counts.received, counts.counted, counts.handled) == (2389, 2200, 2192)
        assert counts.received - FEEDBACK["2020-Q2"].received == 1049
        assert round(100 * counts.on_target / counts.handled, 1) == 82.8

    def test_topics_beyond_the_top_ten_are_smaller_than_the_tenth(self) -> None:
        by_size = sorted(FEEDBACK["2021-Q2"].by_topic.values(), reverse=True)
        assert sum(by_size[10:]) == 271
        assert max(by_size[10:]) < by_size[9]


@pytest.mark.anyio
class TestTexts:
    async def test_match_the_theme_exactly_when_the_topic_is_a_vaccination(self, session: AsyncSession) -> None:
        configurations = {"fi": "finnish", "sv": "swedish", "en": "english"}
        searches: dict[str, str] = (
            await session.execute(text("SELECT searches FROM theme WHERE code = 'covid_vaccination'"))
        ).scalar_one()
        lines = [line for quarter in QUARTERS for line in feedback.feedback_lines(quarter)]
        wrong = []
        for language, configuration in configurations.items():
            of_language = [line for line in lines if line.get("language", "fi") == language]
            found = await session.execute(
                text(
                    "SELECT to_tsvector(CAST(:configuration AS regconfig), words)"
                    " @@ to_tsquery(CAST(:configuration AS regconfig), :search)"
                    " FROM unnest(CAST(:texts AS text[])) WITH ORDINALITY AS t (words, n) ORDER BY n"
                ),
                {
                    "configuration": configuration,
                    "search": searches[language],
                    "texts": [line["text"] for line in of_language],
                },
            )
            wrong += [
                line["text"]
                for line, matches in zip(of_language, found.scalars(), strict=True)
                if matches != (final(line, "topic") in VACCINATION_TOPICS)
            ]
        assert wrong == []


class TestResponses:
    def test_are_the_same_every_time(self) -> None:
        assert list(surveys.response_lines()) == list(surveys.response_lines())

    def test_are_as_many_as_announced_in_that_order(self) -> None:
        lines = list(surveys.response_lines())
        assert len({line["id"] for line in lines}) == len(lines) == sum(surveys.response_counts().values())
        last = sum(counts.respondents for counts in CUSTOMER_SURVEY.values())
        expected = surveys.response_id(surveys.CUSTOMER_SURVEY_CODE, CUSTOMER_SURVEY_QUARTER, last)
        assert lines[-1]["id"] == str(expected)

    def test_are_given_within_their_quarter(self) -> None:
        quarters = [quarter for (_, quarter), count in surveys.response_counts().items() for _ in range(count)]
        for quarter, line in zip(quarters, surveys.response_lines(), strict=True):
            period = parse_period(PeriodKind.QUARTER, quarter)
            assert period.starts_at <= datetime.fromisoformat(line["given_at"]) < period.ends_at

    @pytest.mark.parametrize(("quarter", "survey"), [(q, s) for q, chats in CHATS.items() for s in chats])
    def test_chats_have_the_counts_of_the_table(self, quarter: str, survey: str) -> None:
        counts = CHATS[quarter][survey]
        answers = surveys.chat_answers(counts, random.Random(1))
        assert len(answers) == counts.respondents
        assert sum(answer["satisfaction"] for answer in answers) == counts.mean * counts.respondents
        topics: Counter[str] = Counter()
        for answer in answers:
            chosen = answer.get("contact_topic", [])
            topics.update([chosen] if isinstance(chosen, str) else chosen)
        assert topics == counts.contact_topics
        for code, yes in counts.statements.items():
            assert sum(answer[code] for answer in answers) == yes

    def test_presses_have_the_counts_of_the_table(self) -> None:
        presses = Counter(
            (line["service_point"], line["answers"]["satisfaction"])
            for line in surveys.response_lines()
            if line["survey"] == surveys.SMILEY_SURVEY and line["given_at"] >= "2021-04"
        )
        expected = {
            (point, button): count
            for point, counts in SMILEYS["2021-Q2"].items()
            for button, count in zip(surveys.BUTTONS, counts, strict=True)
        }
        assert presses == expected
        assert [sum(column) for column in zip(*SMILEYS["2021-Q2"].values(), strict=True)] == [5600, 2400, 900, 1100]

    @pytest.mark.parametrize(("point", "mean"), [("sote-family", 8.26), ("sote-health", 8.52), ("sote-hospital", 8.6)])
    def test_grades_have_the_published_mean(self, point: str, mean: float) -> None:
        grades = surveys.grades_of(CUSTOMER_SURVEY[point], random.Random(1))
        assert sum(grades) / len(grades) == pytest.approx(mean, abs=1e-12)
        assert set(grades) <= set(range(4, 11))


@pytest.mark.parametrize("quarter", list(OMBUDSMAN))
class TestOmbudsmanContacts:
    def test_have_the_counts_of_the_table(self, quarter: str) -> None:
        lines = list(ombudsman.contact_lines(quarter))
        assert Counter(line["service"] for line in lines) == OMBUDSMAN[quarter].by_service
        assert Counter(reason for line in lines for reason in line["reasons"]) == OMBUDSMAN[quarter].by_reason

    def test_have_each_reason_once(self, quarter: str) -> None:
        assert all(len(set(line["reasons"])) == len(line["reasons"]) for line in ombudsman.contact_lines(quarter))

    def test_are_of_days_in_the_quarter(self, quarter: str) -> None:
        period = parse_period(PeriodKind.QUARTER, quarter)
        days = [date.fromisoformat(line["contacted_on"]) for line in ombudsman.contact_lines(quarter)]
        assert all(period.starts_on <= day < period.ends_on for day in days)


class TestParticipation:
    def test_social_reports_are_the_same_every_time(self) -> None:
        assert list(participation.social_reports()) == list(participation.social_reports())

    @pytest.mark.parametrize("quarter", list(participation.SOCIAL_REPORTS))
    def test_social_reports_have_the_counts_of_the_table(self, quarter: str) -> None:
        period, counts = parse_period(PeriodKind.QUARTER, quarter), participation.SOCIAL_REPORTS[quarter]
        reports = [
            report
            for report in participation.social_reports()
            if period.starts_on <= date.fromisoformat(report["observed_on"]) < period.ends_on
        ]
        assert len(reports) == counts.reports
        reasons = Counter(reason for report in reports for reason in report["reasons"])
        barriers = Counter(barrier for report in reports for barrier in report["barriers"])
        assert reasons == Counter(counts.by_reason)
        assert barriers == Counter(counts.by_barrier)
        assert all(len(set(report["reasons"])) == len(report["reasons"]) for report in reports)

    def test_every_record_is_marked_and_says_that_it_is_invented(self) -> None:
        acts = [*participation.panels(), *participation.meetings(), *participation.proposals()]
        for record in [*acts, *participation.initiatives(), *participation.social_reports()]:
            assert record["source"] == SOURCE
            words = [record.get("note"), record.get("memo"), record.get("text"), record.get("subject")]
            names = record.get("names", {}).get("fi")
            assert any(word and "keksitty" in word.lower() for word in [*words, names]), record

    def test_the_days_at_both_ends_of_the_quarter_are_there(self) -> None:
        assert {"2021-04-01", "2021-06-30"} <= {meeting["held_on"] for meeting in participation.meetings()}
