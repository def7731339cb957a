"""What is asked of an edition before it is published, besides what its quarter's readiness asks."""

from collections.abc import Iterator

from services.reporting_api.editions.content import EditionContent
from services.reporting_api.readiness.checks import Check, CheckCode, check_figures, make_check
from services.shared.tables.editions import ReviewLanguage


def check_content(content: EditionContent) -> Iterator[Check]:
    """What the content itself shows; it is the one with nothing hidden."""
    yield from check_figures(content.figures)
    yield make_check(CheckCode.TEXTS_IN_ALL_LANGUAGES, _missing_languages(content))


def check_unchanged(before: str, after: str) -> Check:
    """Whether the figures' hash is still that of the draft."""
    return make_check(
        CheckCode.FIGURES_UNCHANGED,
        None if before == after else "figures, texts or actions changed since the draft; discard it and make a new one",
    )


def obstacles(checks: list[Check], accepted: frozenset[CheckCode]) -> list[Check]:
    """The failed checks that stand in the way: blocking ones, and warnings that were not accepted."""
    return [it for it in checks if not it.passed and (it.is_blocking or it.code not in accepted)]


def _missing_languages(content: EditionContent) -> str | None:
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
    return "; ".join(missing) or None
