"""Rows straight into the tables, with sane defaults: what the other services would have written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.shared.clock import local_day
from services.shared.identifiers import new_uuid
from services.shared.tables import (
    AnswerHistogram,
    ClientPanel,
    Feedback,
    FeedbackTheme,
    OmbudsmanContact,
    OmbudsmanContactReason,
    PanelMeeting,
    PanelProposal,
    ResidentsInitiative,
    SocialReport,
    SocialReportBarrier,
    SocialReportReason,
    Survey,
    SurveyInvitation,
    SurveyOption,
    SurveyQuestion,
    SurveyVersion,
)

MIDDLE_OF_QUARTER = datetime(2019, 5, 15, 9, 0, tzinfo=UTC)
IN_QUARTER = date(2019, 5, 15)
IN_PREVIOUS = date(2019, 2, 15)
IN_LAST_YEAR = date(2018, 5, 15)


async def add_feedback(
    session: AsyncSession,
    *,
    received_at: datetime = MIDDLE_OF_QUARTER,
    handled_days: float | None = None,
    reacted_days: float | None = None,
    themes: Sequence[str] = (),
    **overrides: Any,
) -> Feedback:
    """One item: a complaint to oral health care, open unless it has a time or a state."""
    handled_at = None if handled_days is None else received_at + timedelta(days=handled_days)
    reacted_at = handled_at if reacted_days is None else received_at + timedelta(days=reacted_days)
    identifier = new_uuid()
    defaults: dict[str, Any] = {
        "id": identifier,
        "receipt": str(identifier),
        "source": "web",
        "source_reference": None,
        "received_at": received_at,
        "received_on": local_day(received_at),
        "recorded_at": received_at,
        "updated_at": received_at,
        "channel_code": "web_form",
        "unit_code": "oral-health",
        "type_code": "complaint",
        "topic_code": None,
        "language": "fi",
        "reply_wanted": False,
        "state": "received" if handled_at is None else "answered",
        "reacted_at": reacted_at,
        "handled_at": handled_at,
        "last_event_at": received_at,
        "event_count": 1,
    }
    row = Feedback(**defaults | overrides)
    session.add(row)
    await session.flush()
    for theme in themes:
        session.add(
            FeedbackTheme(
                feedback_id=identifier, theme_code=theme, applies=True, assigned_by="search", assigned_at=received_at
            )
        )
    await session.flush()
    return row


async def add_contacts(
    session: AsyncSession, service: str, number: int, *reasons: str, on: date = IN_QUARTER, source: str = "staff"
) -> None:
    """``number`` contacts to the ombudsmen about ``service``, each with the reasons."""
    contacts = [
        OmbudsmanContact(
            id=new_uuid(),
            source=source,
            contacted_on=on,
            service_code=service,
            contact_mode="phone",
            recorded_at=MIDDLE_OF_QUARTER,
        )
        for _ in range(number)
    ]
    session.add_all(contacts)
    await session.flush()
    session.add_all(
        [
            OmbudsmanContactReason(contact_id=contact.id, reason_code=reason)
            for contact in contacts
            for reason in reasons
        ]
    )
    await session.flush()


def _record(**overrides: Any) -> dict[str, Any]:
    defaults = {"id": new_uuid(), "source": "staff", "source_reference": None, "recorded_at": MIDDLE_OF_QUARTER}
    return defaults | overrides


async def add_social_reports(
    session: AsyncSession, number: int, *, reasons: Sequence[str], barriers: Sequence[str], on: date = IN_QUARTER
) -> None:
    """``number`` social reports, each with the reasons and barriers."""
    reports = [SocialReport(**_record(observed_on=on, unit_code="social-advice")) for _ in range(number)]
    session.add_all(reports)
    await session.flush()
    for report in reports:
        session.add_all([SocialReportReason(report_id=report.id, reason_code=code) for code in reasons])
        session.add_all([SocialReportBarrier(report_id=report.id, barrier_code=code) for code in barriers])
    await session.flush()


async def add_panel(
    session: AsyncSession, *, kind: str = "council", unit: str = "kinapori-service-centre"
) -> ClientPanel:
    """A panel without meetings and proposals."""
    panel = ClientPanel(**_record(kind=kind, names={"fi": "Kinaporin asiakasneuvosto"}, unit_code=unit))
    session.add(panel)
    await session.flush()
    return panel


async def add_meeting(
    session: AsyncSession, panel: ClientPanel, *, on: date = IN_QUARTER, participants: int = 12, **overrides: Any
) -> None:
    """A meeting of the panel."""
    session.add(PanelMeeting(**_record(panel_id=panel.id, held_on=on, participants=participants) | overrides))
    await session.flush()


async def add_proposal(
    session: AsyncSession, panel: ClientPanel, *, on: date = IN_QUARTER, status: str = "open", **overrides: Any
) -> None:
    """A proposal of the panel, open unless it has another status and the day of the answer."""
    fields = _record(panel_id=panel.id, proposed_on=on, body="Ruokala auki lauantaisin.", status=status)
    session.add(PanelProposal(**fields | overrides))
    await session.flush()


async def add_initiative(
    session: AsyncSession,
    *,
    on: date = IN_QUARTER,
    unit: str = "service-centres",
    status: str = "received",
    **overrides: Any,
) -> None:
    """A residents' initiative."""
    fields = _record(subject="Lisää penkkejä", received_on=on, unit_code=unit, handled_by="Lautakunta", status=status)
    session.add(ResidentsInitiative(**fields | overrides))
    await session.flush()


Questions = Mapping[str, Mapping[str, Any]]
"""Question code to kind, purpose, scale_steps and options (number to code)."""


async def add_survey(
    session: AsyncSession, code: str, kind: str, questions: Questions, *, versions: int = 1, **overrides: Any
) -> None:
    """A survey open since 2015 whose versions all have the same questions."""
    defaults: dict[str, Any] = {
        "code": code,
        "kind": kind,
        "names": {"fi": code},
        "unit_code": "oral-health",
        "collection_mode": "device" if kind == "smiley" else "web",
        "opens_at": datetime(2015, 1, 1, tzinfo=UTC),
        "closes_at": None,
        "is_demonstration": False,
        "created_at": datetime(2015, 1, 1, tzinfo=UTC),
    }
    session.add(Survey(**defaults | overrides))
    await session.flush()
    for version in range(1, versions + 1):
        published = SurveyVersion(survey_code=code, version=version, published_at=None)
        session.add(published)
        await session.flush()
        for position, (question, definition) in enumerate(questions.items()):
            await _add_question(session, code, version, question, position, definition)
        # Only a draft can be written.
        published.published_at = datetime(2015, 1, 1, tzinfo=UTC)
        await session.flush()


async def _add_question(
    session: AsyncSession, survey: str, version: int, code: str, position: int, definition: Mapping[str, Any]
) -> None:
    session.add(
        SurveyQuestion(
            survey_code=survey,
            version=version,
            code=code,
            position=position,
            kind=definition["kind"],
            purpose=definition.get("purpose", "other"),
            labels={"fi": f"{code}?"},
            scale_steps=definition.get("scale_steps"),
            is_required=False,
            shown_when=definition.get("shown_when"),
            replaces=definition.get("replaces"),
        )
    )
    await session.flush()
    session.add_all(
        [
            SurveyOption(
                survey_code=survey,
                version=version,
                question_code=code,
                code=option,
                number=number,
                position=number,
                labels={"fi": option},
            )
            for number, option in definition.get("options", {}).items()
        ]
    )
    await session.flush()


async def add_answers(
    session: AsyncSession,
    survey: str,
    question: str,
    histogram: Mapping[int, int],
    *,
    on: date = IN_QUARTER,
    point: str = "ruskeasuo-dental-clinic",
    version: int = 1,
    mode: str = "web",
) -> None:
    """Answers of a question on one day, value to number."""
    session.add_all(
        [
            AnswerHistogram(
                service_point_code=point,
                survey_code=survey,
                question_code=question,
                given_on=on,
                given_hour=12,
                version=version,
                collection_mode=mode,
                value=value,
                count=count,
            )
            for value, count in histogram.items()
        ]
    )
    await session.flush()


async def add_presses(
    session: AsyncSession, survey: str, point: str, histogram: Mapping[int, int], *, on: date = IN_QUARTER
) -> None:
    """Presses of the smiley question ``mood`` on a device."""
    await add_answers(session, survey, "mood", histogram, on=on, point=point, mode="device")


async def add_responses(
    session: AsyncSession, survey: str, number: int, *, on: date = IN_QUARTER, mode: str = "web"
) -> None:
    """``number`` respondents of the survey."""
    await add_answers(session, survey, "_responses", {1: number}, on=on, mode=mode)


async def add_invitations(
    session: AsyncSession,
    survey: str,
    number: int,
    *,
    on: date = IN_QUARTER,
    point: str = "ruskeasuo-dental-clinic",
    mode: str = "web",
) -> None:
    """``number`` persons invited to the survey on a day."""
    session.add(
        SurveyInvitation(
            service_point_code=point,
            survey_code=survey,
            sent_on=on,
            collection_mode=mode,
            count=number,
            recorded_at=datetime(2015, 1, 1, tzinfo=UTC),
        )
    )
    await session.flush()
