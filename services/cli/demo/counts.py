"""The table of counts the demonstration records are made from.

Every published value of the review of 2021-Q2 follows from these counts. The counts themselves are Katsaus's own,
chosen to that end; the review did not publish them. The other quarters exist so that comparisons have something to
compare with: of them, the review says only that 2021-Q2 brought a good thousand more than the same quarter a year
before, and two chats' means for 2021-Q1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SOURCE = "demonstration"
"""Marks records as demonstration data; surveys carry ``is_demonstration``."""

PUBLISHED_QUARTER = "2021-Q2"

Counts = Mapping[str, int]

UNCLASSIFIED = "unclassified"
"""Items that were never given a topic."""


@dataclass(frozen=True)
class FeedbackCounts:
    """One quarter's feedback. ``by_type`` and ``by_topic`` are of counted items and add up to the same."""

    by_type: Counts
    by_topic: Counts
    vaccination_by_type: Counts
    """Types of the items on vaccination topics, which make up the theme."""
    transferred_out: int
    inappropriate: int
    open: int
    on_target: int
    """Handled in strictly under five days."""
    mean_handling_days: float

    @property
    def counted(self) -> int:
        """Neither transferred out nor inappropriate."""
        return sum(self.by_type.values())

    @property
    def handled(self) -> int:
        """Counted items that were answered or closed."""
        return self.counted - self.open

    @property
    def received(self) -> int:
        """All that came."""
        return self.counted + self.transferred_out + self.inappropriate


VACCINATION_TOPICS = ("vaccination_booking", "vaccination_certificate", "vaccination_sites")

FEEDBACK: Mapping[str, FeedbackCounts] = {
    "2020-Q2": FeedbackCounts(
        by_type={"complaint": 560, "question": 312, "compliment": 190, "idea": 98, "accessibility": 10, "other": 65},
        by_topic={
            "access_to_care": 262,
            "staff_and_treatment": 210,
            "telephone_service": 155,
            "oral_health_booking": 128,
            "home_care": 110,
            "social_services": 96,
            "benefits": 84,
            "information": 70,
            "premises": 48,
            "participation": 26,
            "website_accessibility": 22,
            UNCLASSIFIED: 24,
        },
        vaccination_by_type={},
        transferred_out=74,
        inappropriate=31,
        open=0,
        on_target=1050,
        mean_handling_days=3.6,
    ),
    "2021-Q1": FeedbackCounts(
        by_type={"complaint": 872, "question": 548, "compliment": 226, "idea": 171, "accessibility": 19, "other": 99},
        by_topic={
            "vaccination_booking": 352,
            "access_to_care": 318,
            "staff_and_treatment": 205,
            "telephone_service": 168,
            "oral_health_booking": 112,
            "home_care": 104,
            "maisa_e_services": 96,
            "social_services": 92,
            "benefits": 88,
            "information": 84,
            "vaccination_sites": 64,
            "apotti": 58,
            "premises": 52,
            "vaccination_certificate": 41,
            "participation": 38,
            "website_accessibility": 21,
            UNCLASSIFIED: 42,
        },
        vaccination_by_type={"complaint": 178, "question": 201, "compliment": 38, "idea": 26, "other": 14},
        transferred_out=118,
        inappropriate=52,
        open=3,
        on_target=1560,
        mean_handling_days=4.4,
    ),
    "2021-Q2": FeedbackCounts(
        by_type={"complaint": 1012, "question": 594, "compliment": 286, "idea": 188, "accessibility": 22, "other": 98},
        by_topic={
            "vaccination_booking": 402,
            "access_to_care": 381,
            "maisa_e_services": 247,
            "staff_and_treatment": 214,
            "vaccination_certificate": 163,
            "vaccination_sites": 135,
            "apotti": 118,
            "oral_health_booking": 104,
            "home_care": 86,
            "telephone_service": 79,
            "social_services": 71,
            "benefits": 58,
            "information": 52,
            "premises": 34,
            "website_accessibility": 24,
            "participation": 19,
            UNCLASSIFIED: 13,
        },
        vaccination_by_type={"complaint": 268, "question": 231, "compliment": 141, "idea": 38, "other": 22},
        transferred_out=131,
        inappropriate=58,
        open=8,
        on_target=1815,
        mean_handling_days=4.0,
    ),
}


@dataclass(frozen=True)
class ChatCounts:
    """One chat's answers in one quarter; ``mean`` is exact over the respondents, 0-100."""

    respondents: int
    mean: int
    contact_topics: Counts
    """Of single choice they add up to the respondents; of multiple choice to more, everybody choosing one or two."""
    statements: Counts
    """How many said yes; everybody was asked."""


CHATS: Mapping[str, Mapping[str, ChatCounts]] = {
    "2021-Q1": {
        "housing-advice-chat": ChatCounts(
            121,
            55,
            {
                "applying_for_housing": 36,
                "information_on_housing": 38,
                "other_advice": 28,
                "consultation_between_experts": 11,
                "social_services_and_benefits": 8,
            },
            {},
        ),
        "social-advice-chat": ChatCounts(203, 64, {}, {"got_the_help_needed": 116, "effortless_to_use": 128}),
    },
    "2021-Q2": {
        "dental-chat": ChatCounts(212, 40, {"booking": 165, "advice_and_other": 34, "care_instructions": 36}, {}),
        "senior-info-chat": ChatCounts(58, 50, {"instructions": 32, "general_advice": 19, "other": 7}, {}),
        "housing-advice-chat": ChatCounts(
            134,
            65,
            {
                "applying_for_housing": 43,
                "information_on_housing": 39,
                "other_advice": 32,
                "consultation_between_experts": 12,
                "social_services_and_benefits": 8,
            },
            {},
        ),
        "social-advice-chat": ChatCounts(187, 60, {}, {"got_the_help_needed": 101, "effortless_to_use": 123}),
    },
}
"""None of dental-chat and senior-info-chat in 2021-Q1: the review's text and chart contradict each other there."""

SMILEYS: Mapping[str, Mapping[str, tuple[int, int, int, int]]] = {
    "2020-Q2": {
        "kallio-health-station": (170, 90, 42, 48),
        "malmi-health-station": (150, 84, 40, 46),
        "ruskeasuo-dental-clinic": (180, 78, 22, 30),
        "kinapori-service-centre": (120, 52, 18, 20),
        "kamppi-service-centre": (100, 44, 16, 18),
    },
    "2021-Q1": {
        "kallio-health-station": (420, 210, 92, 118),
        "malmi-health-station": (360, 180, 84, 106),
        "ruskeasuo-dental-clinic": (390, 160, 50, 70),
        "kinapori-service-centre": (290, 118, 42, 50),
        "kamppi-service-centre": (250, 104, 40, 42),
    },
    "2021-Q2": {
        "kallio-health-station": (1400, 640, 250, 310),
        "malmi-health-station": (1200, 560, 230, 310),
        "ruskeasuo-dental-clinic": (1240, 500, 150, 210),
        "kinapori-service-centre": (940, 370, 140, 150),
        "kamppi-service-centre": (820, 330, 130, 120),
    },
}
"""Presses of the four buttons, the happiest first."""


@dataclass(frozen=True)
class OmbudsmanCounts:
    """One quarter's contacts. Some contacts have no recorded reason and some have two."""

    by_service: Counts
    by_reason: Counts
    without_reason: int

    @property
    def contacts(self) -> int:
        """All contacts."""
        return sum(self.by_service.values())

    @property
    def reasons_recorded(self) -> int:
        """Reasons, the base of the reasons' shares."""
        return sum(self.by_reason.values())


def _by_service(health: int, family: int, hospital: int, other: int) -> Counts:
    return {
        "health_and_substance_abuse": health,
        "family_and_social": family,
        "hospital_rehabilitation_and_care": hospital,
        "other": other,
    }


def _by_reason(dissatisfaction: int, self_determination: int, information: int, other: int) -> Counts:
    return {
        "dissatisfaction_with_care_and_treatment": dissatisfaction,
        "self_determination": self_determination,
        "access_to_information": information,
        "other": other,
    }


OMBUDSMAN: Mapping[str, OmbudsmanCounts] = {
    "2020-Q2": OmbudsmanCounts(_by_service(188, 64, 46, 54), _by_reason(108, 27, 24, 188), 31),
    "2021-Q1": OmbudsmanCounts(_by_service(214, 70, 48, 66), _by_reason(118, 31, 29, 213), 36),
    "2021-Q2": OmbudsmanCounts(_by_service(245, 76, 54, 71), _by_reason(127, 36, 33, 243), 40),
}


@dataclass(frozen=True)
class GradeCounts:
    """A service package's answers to the customer survey; the mean grade, 4-10, is exact."""

    respondents: int
    mean_hundredths: int


CUSTOMER_SURVEY_QUARTER = "2015-Q1"

CUSTOMER_SURVEY: Mapping[str, GradeCounts] = {
    "sote-family": GradeCounts(400, 826),
    "sote-health": GradeCounts(450, 852),
    "sote-hospital": GradeCounts(350, 860),
}
"""The survey of 2015: means 8.26, 8.52 and 8.60 were published."""
