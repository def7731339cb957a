"""What is wrong with a mapping, and what it leaves unmapped; pure of any database."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.shared.catalogue import Catalogue
from services.shared.problems import InvalidRequestProblem
from services.shared.tables import HappyOrNotOption, HappyOrNotPoint, HappyOrNotSurvey
from services.shared.tables.happy_or_not import Generation
from services.shared.tables.surveys import QuestionKind
from services.survey_api.happy_or_not.mapping import BUTTONS, SCALES, UNDECLARED_ORDER
from services.survey_api.happy_or_not.schemas import MappingPut, SurveyMappingEntry
from services.survey_api.surveys.definitions import CHOICE_KINDS, Question, SurveyDefinition


class Fault(NamedTuple):
    """A field of the mapping that is wrong, and how to mend it."""

    name: str
    reason: str


@dataclass(frozen=True)
class Seen:
    """What the vendor has, as far as it was read; ``pairs`` are (generation, survey, point) that have answers."""

    surveys: Sequence[HappyOrNotSurvey]
    points: Sequence[HappyOrNotPoint]
    options: Sequence[HappyOrNotOption]
    pairs: Sequence[tuple[str, str, str]]


class Gaps(NamedTuple):
    """What a mapping says nothing of, or nobody has reviewed."""

    surveys: list[str]
    points: list[str]
    options: list[str]
    proposed: list[str]


def find_faults(
    body: MappingPut, surveys: Mapping[str, SurveyDefinition], catalogue: Catalogue, seen: Seen, *, points_max: int
) -> list[Fault]:
    """Everything that keeps the mapping from being used."""
    scales = {(row.generation, row.survey_id): row.scale for row in seen.surveys}
    faults = list[Fault]()
    if sum(len(entry.points) for entry in body.surveys) > points_max:
        faults.append(Fault("surveys", f"has more points than {points_max}; raise KATSAUS_HAPPY_OR_NOT_MAPPING_MAX"))
    for number, entry in enumerate(body.surveys):
        name = f"surveys.{number}"
        survey = surveys.get(entry.survey)
        if survey is None:
            faults.append(Fault(f"{name}.survey", f"there is no survey {entry.survey!r}; GET /v1/surveys lists them"))
        else:
            faults += _question_faults(name, entry, survey, scales.get((entry.generation, entry.survey_id)))
        faults += _point_faults(name, entry, catalogue)
    return faults + list(_doubles(body))


def _question_faults(
    name: str, entry: SurveyMappingEntry, survey: SurveyDefinition, scale: str | None
) -> Iterator[Fault]:
    questions = survey.newest.questions
    yield from _rating_faults(name, entry, questions.get(entry.rating), scale)
    comment = questions.get(entry.comment) if entry.comment else None
    if entry.comment and (comment is None or comment.kind is not QuestionKind.TEXT):
        yield Fault(f"{name}.comment", f"{entry.comment!r} is no text question of {survey.code!r}")
    if entry.follow_up is None:
        if entry.options:
            yield Fault(f"{name}.options", "belong to a follow_up question; name it, or leave the options out")
        return
    follow_up = questions.get(entry.follow_up)
    if follow_up is None or follow_up.kind not in CHOICE_KINDS:
        yield Fault(f"{name}.follow_up", f"{entry.follow_up!r} is no choice question of {survey.code!r}")
        return
    for option, code in entry.options.items():
        if code is not None and code not in follow_up.option_numbers:
            yield Fault(f"{name}.options.{option}", f"{code!r} is no option of {entry.follow_up!r}")


def _rating_faults(name: str, entry: SurveyMappingEntry, rating: Question | None, scale: str | None) -> Iterator[Fault]:
    if rating is None or rating.kind not in BUTTONS:
        yield Fault(f"{name}.rating", f"{entry.rating!r} is no question of smileys or NPS of {entry.survey!r}")
    elif scale is not None and SCALES.get(scale) is not rating.kind:
        wanted = SCALES.get(scale)
        needed = f"map it to a question of kind {wanted}" if wanted else "there is no kind of question for it"
        yield Fault(
            f"{name}.rating", f"the vendor's scale is {scale!r}, and {entry.rating!r} is {rating.kind}; {needed}"
        )
    if scale in UNDECLARED_ORDER and entry.index_order is None:
        yield Fault(f"{name}.index_order", f"must be given, as the vendor's scale is {scale!r}; look at a few answers")


def _point_faults(name: str, entry: SurveyMappingEntry, catalogue: Catalogue) -> Iterator[Fault]:
    for point, unit in entry.points.items():
        try:
            catalogue.find_unit(unit, field=f"{name}.points.{point}")
        except InvalidRequestProblem as problem:
            yield from (Fault(param.name, param.reason) for param in problem.invalid_params)


def _doubles(body: MappingPut) -> Iterator[Fault]:
    entries = set[tuple[Generation, str]]()
    places: dict[tuple[str, str], Generation] = {}
    for number, entry in enumerate(body.surveys):
        if (entry.generation, entry.survey_id) in entries:
            yield Fault(f"surveys.{number}.survey_id", f"{entry.survey_id!r} has an entry already; keep one of them")
        entries.add((entry.generation, entry.survey_id))
        for point, unit in entry.points.items():
            other = places.setdefault((entry.survey, unit), entry.generation)
            if other is not entry.generation:
                yield Fault(
                    f"surveys.{number}.points.{point}",
                    f"{unit!r} in {entry.survey!r} is mapped in both generations, which would count twice; keep one",
                )


def find_gaps(body: MappingPut, seen: Seen) -> Gaps:
    """What the mapping leaves waiting."""
    entries = {(str(entry.generation), entry.survey_id): entry for entry in body.surveys}
    named = {(generation, point) for (generation, _), entry in entries.items() for point in entry.points}
    points = {
        f"{generation}:{survey}:{point}"
        for generation, survey, point in seen.pairs
        if (generation, survey) not in entries or point not in entries[generation, survey].points
    }
    with_answers = {(generation, point) for generation, _, point in seen.pairs}
    points |= {
        f"{row.generation}::{row.point_id}"
        for row in seen.points
        if not row.is_group and (row.generation, row.point_id) not in named | with_answers
    }
    return Gaps(
        surveys=[
            f"{row.generation}:{row.survey_id}"
            for row in seen.surveys
            if (row.generation, row.survey_id) not in entries
        ],
        points=sorted(points),
        options=[row.option_id for row in seen.options if _is_unmapped(row, entries)],
        proposed=[f"{entry.generation}:{entry.survey_id}" for entry in body.surveys if entry.reviewed_by is None],
    )


def _is_unmapped(option: HappyOrNotOption, entries: Mapping[tuple[str, str], SurveyMappingEntry]) -> bool:
    entry = entries.get((Generation.V2, option.survey_id or ""))
    return entry is not None and entry.follow_up is not None and option.option_id not in entry.options
