"""The page of definitions: every measure in each language, and every link of the review to one."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.language import Language
from services.reporting_api.measures.registry import MEASURES
from services.reporting_api.review.typography import unbroken

pytestmark = pytest.mark.anyio

PAGE = "/reviews/definitions"


def sections(page: str) -> dict[str, str]:
    """What is said of each measure, without tags, by its slug."""
    parts = re.findall(r'<div class="definition">\s*<h3 id="(\w+)">(.*?)</dl>', page, re.DOTALL)
    return {slug: unescape(re.sub(r"<[^>]+>", " ", part)) for slug, part in parts}


def targets(page: str) -> Iterator[str]:
    yield from re.findall(r'href="/reviews/definitions\?lang=\w+#([\w-]+)"', page)


@pytest.mark.parametrize("language", Language)
async def test_every_measure_is_defined_in_the_reader_s_language(anyone: httpx.AsyncClient, language: Language) -> None:
    answer = await anyone.get(PAGE, params={"lang": language})

    said = sections(answer.text)
    assert set(said) == set(MEASURES)
    for slug, measure in MEASURES.items():
        for text in (measure.names, measure.definition, measure.base):
            assert unbroken(text[language]) in said[slug], slug
    assert answer.headers["content-language"] == language
    # The thresholds are those that are applied.
    assert f"{IN_FORCE.minimum_cell}" in said["option_share"]
    assert f"{IN_FORCE.minimum_mean_base}" in said["grade_mean"]


@pytest.mark.usefixtures("published")
async def test_every_link_of_the_review_leads_to_a_definition(anyone: httpx.AsyncClient) -> None:
    for language in Language:
        review = (await anyone.get("/reviews/2019-Q2", params={"lang": language})).text
        definitions = (await anyone.get(PAGE, params={"lang": language})).text

        linked = set(targets(review))
        assert {"feedback_by_type", "satisfaction_mean", "happy_index", "source-ombudsmen"} <= linked
        assert linked <= set(re.findall(r'id="([\w-]+)"', definitions))
        # Every figure says what its numbers are.
        for figure in review.split("<figure ")[1:]:
            assert list(targets(figure.partition("</figure>")[0]))
