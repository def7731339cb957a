"""What can be wrong with a question about a chapter's text."""

from services.shared.problems import NotFoundProblem


class ChapterTextNotFoundProblem(NotFoundProblem):
    """The chapter has no text in the language."""

    code = "chapter_text_not_found"
    title = "The chapter has no text in this language"
