"""What a press of the vendor's is with us, by the reviewed mapping; pure of any database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from services.shared.tables.happy_or_not import Generation, IndexOrder
from services.shared.tables.surveys import QuestionKind

SOURCE = "happy_or_not"
"""The vendor's name among the systems that answers come from."""

LEFT_OUT = ""
"""An option's code in a mapping that leaves it out on purpose."""

SCALES = {
    "four": QuestionKind.SMILEY_4,
    "five": QuestionKind.SMILEY_5,
    "five_reversed": QuestionKind.SMILEY_5,
    "nps": QuestionKind.NPS,
}
"""The vendor's scales, and the kind of question that has the same buttons."""

UNDECLARED_ORDER = frozenset({"five_reversed"})
"""Scales of which the vendor does not say what is reversed: the mapping must state the order of buttons."""

BUTTONS = {QuestionKind.SMILEY_4: 4, QuestionKind.SMILEY_5: 5, QuestionKind.NPS: 11}
"""How many buttons a rating question has."""


class WaitReason(StrEnum):
    """Why something read is not counted, or not all of it."""

    UNMAPPED_SURVEY = "unmapped_survey"
    UNMAPPED_POINT = "unmapped_point"
    MAPPING_PROPOSED = "mapping_proposed"
    SCALE_MISMATCH = "scale_mismatch"
    NO_BUTTON_ROW = "no_button_row"
    UNMAPPED_OPTION = "unmapped_option"
    BUTTON_ORDER_CONTRADICTED = "button_order_contradicted"


class PairKey(NamedTuple):
    """A survey at a point of the vendor's."""

    generation: Generation
    survey_id: str
    point_id: str

    @property
    def source_point(self) -> str:
        """The key the pair has among points of other systems."""
        return f"{self.generation}:{self.survey_id}:{self.point_id}"


@dataclass(frozen=True, slots=True)
class SurveyMapping:
    """What a survey of the vendor's is with us; ``points`` are point id to service point."""

    survey_code: str
    rating_question: str
    comment_question: str | None
    follow_up_question: str | None
    options: Mapping[str, str]
    index_order: IndexOrder
    reviewed_by: str | None
    points: Mapping[str, str] = field(default_factory=dict)

    def semantic_index(self, index: int, kind: QuestionKind) -> int | None:
        """The button counted from the most negative; None where the question has no such button."""
        if index >= BUTTONS[kind]:
            return None
        return index if self.index_order is IndexOrder.NEGATIVE_FIRST else BUTTONS[kind] - 1 - index


@dataclass(frozen=True, slots=True)
class VendorMapping:
    """The whole mapping, by generation and survey id."""

    surveys: Mapping[tuple[Generation, str], SurveyMapping] = field(default_factory=dict)

    def find(self, key: PairKey) -> SurveyMapping | WaitReason:
        """The mapping of a pair, or why there is none to count by."""
        survey = self.surveys.get((key.generation, key.survey_id))
        if survey is None:
            return WaitReason.UNMAPPED_SURVEY
        if key.point_id not in survey.points:
            return WaitReason.UNMAPPED_POINT
        if survey.reviewed_by is None:
            return WaitReason.MAPPING_PROPOSED
        return survey


def mapped_options(survey: SurveyMapping, options: Sequence[str]) -> tuple[list[str], bool]:
    """The codes that vendor options have with us, each once, and whether any option is not mapped."""
    if survey.follow_up_question is None:
        return [], False
    codes = dict.fromkeys(survey.options[option] for option in options if option in survey.options)
    return [code for code in codes if code != LEFT_OUT], any(option not in survey.options for option in options)
