"""What is asked of an edition before it is published, besides what its quarter's readiness asks."""

from collections.abc import Iterator

from services.reporting_api.editions.content import EditionContent
from services.reporting_api.readiness.checks import (
    NAMED_AT_MOST,
    Check,
    CheckCode,
    check_figures,
    make_check,
    of_some,
)
from services.reporting_api.texts.facts import KnownNumbers, unknown_numbers
from services.shared.tables import Edition
from services.shared.tables.editions import ReviewLanguage


def check_content(content: EditionContent, edition: Edition) -> Iterator[Check]:
    """What the content itself shows, and the reason of a correction; the content is the one with nothing hidden."""
    yield from check_figures(content.figures)
    missing = [*_missing_languages(content), *_missing_reasons(edition)]
    yield make_check(CheckCode.TEXTS_IN_ALL_LANGUAGES, "; ".join(missing) or None)


def check_texts(content: EditionContent) -> Check:
    """Whether the officers' texts name numbers that the review does not show; the content is the public's.

    A number that disclosure control hides is none that a text may tell.
    """
    known = KnownNumbers.of(content.figures, _cells(content))
    found = {
        f"{chapter} in {language}": unknown
        for chapter, texts in content.texts.items()
        for language, markdown in texts.items()
        if (unknown := unknown_numbers(markdown, language, known))
    }
    return make_check(
        CheckCode.NUMBERS_ARE_FACTS,
        of_some(
            "texts name numbers that no figure of the review has:",
            tuple(f"{text} ({'; '.join(unknown[:NAMED_AT_MOST])})" for text, unknown in found.items()),
        ),
        texts=len(found),
        numbers=sum(map(len, found.values())),
    )


def check_unchanged(before: str, after: str) -> Check:
    """Whether the figures' hash is still that of the draft."""
    return make_check(
        CheckCode.FIGURES_UNCHANGED,
        None if before == after else "figures, texts or actions changed since the draft; discard it and make a new one",
    )


def obstacles(checks: list[Check], accepted: frozenset[CheckCode]) -> list[Check]:
    """The failed checks that stand in the way: blocking ones, and warnings that were not accepted."""
    return [it for it in checks if not it.passed and (it.is_blocking or it.code not in accepted)]


def _cells(content: EditionContent) -> Iterator[int | float | None]:
    """The numbers of the quarter's tables, and of the series of feedback that is drawn."""
    for table in content.tables.values():
        for cell in table.cells:
            yield from (cell.value, cell.count, cell.base)
    yield from (cell.value for cell in content.series["feedback"].cells if cell.key[-1] == "feedback_received")


def _missing_reasons(edition: Edition) -> list[str]:
    lacking = [it for it in ReviewLanguage if it is not ReviewLanguage.FI and it not in edition.reason_translations]
    return [f"the reason lacks {', '.join(lacking)}"] if edition.reason is not None and lacking else []


def _missing_languages(content: EditionContent) -> list[str]:
    missing = [
        f"{chapter} lacks {', '.join(language for language in ReviewLanguage if language not in texts)}"
        for chapter, texts in content.texts.items()
        if len(texts) < len(ReviewLanguage)
    ]
    missing += [
        f"an action of {action.done_on} lacks {', '.join(lacking)}"
        for action in content.actions
        if (lacking := [language for language in ReviewLanguage if not action.said.get(language)])
    ]
    return missing
