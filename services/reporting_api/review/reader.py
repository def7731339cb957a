"""Who asks for a review, which one, and what they may see of it."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from services.reporting_api.comments import repository as comments
from services.reporting_api.comments.repository import ReleasedWords
from services.reporting_api.conditional import conditional_content
from services.reporting_api.editions import repository
from services.reporting_api.editions.contents import Contents
from services.reporting_api.editions.corrections import correction_log
from services.reporting_api.editions.service import is_embargoed, is_public
from services.reporting_api.language import Language
from services.reporting_api.review.pages import Addresses, headers_of, not_found_page
from services.reporting_api.review.reasons import line_of
from services.reporting_api.review.rendering import Medium, Renderings, Sight
from services.shared.clock import now
from services.shared.database import ReadSessionDep
from services.shared.periods import PeriodKind, parse_period
from services.shared.scopes import Scope
from services.shared.security import PrincipalDep
from services.shared.settings import settings_of
from services.shared.tables import Edition

QuarterPath = Annotated[str, Path(max_length=100, description="The quarter; of another period there is no review.")]
LangQuery = Annotated[Language, Query(description="Language of the page.")]
VersionQuery = Annotated[int | None, Query(ge=1, le=10_000, description="An earlier version; by default the newest.")]
InternalQuery = Annotated[bool, Query(description="With nothing hidden, for keys of scope `report:internal`.")]


class Reader:
    """Who asks, and what they may see."""

    def __init__(self, request: Request, session: ReadSessionDep, principal: PrincipalDep) -> None:
        self.request = request
        self._session = session
        self._principal = principal

    @property
    def has_key(self) -> bool:
        """Whether the answer may be another than anyone's."""
        return self._principal is not None

    def _has(self, scope: Scope) -> bool:
        return self._principal is not None and self._principal.has(scope)

    def may_see_internal(self) -> bool:
        """Whether hidden numbers may be shown."""
        return self._has(Scope.REPORT_INTERNAL)

    async def editions(self, quarter: str | None = None) -> list[Edition]:
        """Those the reader may see, newest first, without their content: officers see drafts too."""
        is_officer, at = self._has(Scope.REPORT_PUBLISH), now()
        editions = await repository.list_editions(self._session, quarter)
        return [it for it in editions if is_officer or is_public(it, at)]

    async def whole(self, edition: Edition) -> Edition:
        """The edition with its content."""
        return await repository.find(self._session, edition.quarter, edition.version) or edition

    async def quoted(self, edition: Edition) -> tuple[ReleasedWords, ...]:
        """The words of the edition's comments that are still released."""
        contents: Contents = self.request.app.state.contents
        content = await contents.of(self._session, edition)
        period = parse_period(PeriodKind.QUARTER, edition.quarter)
        return await comments.find_words(self._session, period, content.comments)

    def addresses(self, quarter: str = "", version: int = 0, language: Language = Language.FI) -> Addresses:
        """The addresses the pages link to."""
        settings = settings_of(self.request)
        return Addresses(
            base_url=settings.public_reporting_base_url,
            tables_url=f"/v1/editions/{quarter}/{version}/tables",
            feedback_form=f"{settings.public_feedback_base_url}/form?lang={language}",
        )


ReaderDep = Annotated[Reader, Depends()]


class Asked:
    """A review that is asked for, and the answer to it."""

    def __init__(
        self,
        reader: ReaderDep,
        quarter: QuarterPath,
        lang: LangQuery = Language.FI,
        version: VersionQuery = None,
        internal: InternalQuery = False,
    ) -> None:
        self._reader = reader
        self._quarter = quarter
        self._language = lang
        self._version = version
        self._is_internal = internal

    async def answer(self, medium: Medium) -> Response:
        """It in a medium, or a page that says that there is none."""
        editions = await self._reader.editions(self._quarter)
        found = next((it for it in editions if self._version in (None, it.version)), None)
        if found is None or (self._is_internal and not self._reader.may_see_internal()):
            return not_found_page(self._language, self._reader.addresses(language=self._language))
        renderings: Renderings = self._reader.request.app.state.renderings
        content = await renderings.of(
            medium, found, self._sight(found, editions, await self._reader.quoted(found)), self._reader.whole
        )
        return conditional_content(
            self._reader.request,
            content,
            media_type=medium,
            is_private=self._reader.has_key,
            is_kept=not self._is_internal and is_public(found, now()),
            headers=headers_of(self._language) | self._name(medium, found),
        )

    def _sight(self, edition: Edition, editions: list[Edition], quoted: tuple[ReleasedWords, ...]) -> Sight:
        return Sight(
            language=self._language,
            is_internal=self._is_internal,
            corrections=tuple(line_of(it, self._language) for it in correction_log(editions)),
            has_newer=edition is not editions[0],
            is_embargoed=is_embargoed(edition, now()),
            addresses=self._reader.addresses(self._quarter, edition.version, self._language),
            quoted=quoted,
        )

    def _name(self, medium: Medium, edition: Edition) -> dict[str, str]:
        if medium is not Medium.PDF:
            return {}
        parts = ["katsaus", edition.quarter, f"v{edition.version}", self._language]
        name = "-".join([*parts, "internal"] if self._is_internal else parts)
        return {"Content-Disposition": f'inline; filename="{name}.pdf"'}


AskedDep = Annotated[Asked, Depends()]
