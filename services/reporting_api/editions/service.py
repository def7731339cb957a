"""An edition's life: drafted from the live figures, signed off by another key, published once, perhaps withdrawn."""

from datetime import datetime
from importlib.metadata import version as installed_version

from sqlalchemy.ext.asyncio import AsyncSession

from services.reporting_api.actions import repository as actions
from services.reporting_api.comments import repository as comments
from services.reporting_api.disclosure.policy import IN_FORCE
from services.reporting_api.editions import records, repository
from services.reporting_api.editions.checks import check_content, check_texts, check_unchanged, obstacles
from services.reporting_api.editions.comparison import EditionComparison, compare_contents
from services.reporting_api.editions.content import (
    EditionContent,
    build_content,
    canonical,
    digest,
    read_content,
)
from services.reporting_api.editions.errors import (
    CorrectionReasonProblem,
    EditionInPreparationProblem,
    EditionNotFoundProblem,
    EditionStateProblem,
    NotReadyProblem,
    SameSignerProblem,
)
from services.reporting_api.editions.live import LiveFigures
from services.reporting_api.editions.schemas import EditionDraft, EditionPublication, EditionWithdrawal
from services.reporting_api.periods.inquiry import find_period
from services.reporting_api.readiness.checks import (
    Check,
    CheckCode,
    check_circumstances,
    check_statements,
    versions_of,
)
from services.reporting_api.texts import repository as texts
from services.shared.periods import PeriodKind
from services.shared.problems import InvalidParam
from services.shared.security import Principal
from services.shared.tables import Edition
from services.shared.tables.editions import EditionState

COMMENTS_QUOTED = 3
"""Of each survey: enough to hear residents, few enough to be read."""


def is_public(edition: Edition, at: datetime) -> bool:
    """Whether the public sees it: published, and past its embargo; a withdrawn one stays visible as withdrawn."""
    return edition.published_at is not None and (edition.embargo_until is None or edition.embargo_until <= at)


def is_embargoed(edition: Edition, at: datetime) -> bool:
    """Whether it is published, but the public does not see it yet."""
    return edition.published_at is not None and not is_public(edition, at)


def content_of(edition: Edition) -> EditionContent:
    """What the public is shown."""
    return read_content(edition.content, as_of=edition.created_at)


def internal_content_of(edition: Edition) -> EditionContent:
    """The same with nothing hidden."""
    return read_content(edition.internal_content, as_of=edition.created_at)


class EditionService:
    """Makes and publishes editions."""

    def __init__(self, session: AsyncSession, live: LiveFigures) -> None:
        self._session = session
        self._live = live

    async def draft(self, body: EditionDraft, officer: Principal, at: datetime) -> Edition:
        """A new draft; raises the problems of ``errors.py`` and of a wrong quarter."""
        await records.lock_quarter(self._session, body.quarter)
        earlier = await repository.list_editions(self._session, body.quarter)
        if earlier and earlier[0].published_at is None:
            raise EditionInPreparationProblem(
                f"version {earlier[0].version} of {body.quarter} is in preparation; publish or discard it first"
            )
        if earlier and body.reason is None:
            raise CorrectionReasonProblem(
                f"{body.quarter} is published as version {earlier[0].version}; say in reason why it is corrected"
            )
        version = earlier[0].version + 1 if earlier else 1
        period = find_period(PeriodKind.QUARTER, body.quarter, at)
        before = next((it.version for it in earlier if it.keeps_records), None)
        await records.keep(self._session, period, version, before)
        shown, internal = await self._contents(body.quarter, version, at)
        edition = Edition(
            quarter=body.quarter,
            version=version,
            keeps_records=True,
            state=EditionState.DRAFT.value,
            content=shown,
            content_hash=digest(shown),
            internal_content=internal,
            internal_hash=digest(internal),
            code_version=installed_version("katsaus"),
            reason=body.reason if earlier else None,
            reason_translations=body.reason_translations.given if earlier else {},
            created_at=at,
            created_by=officer.name,
            created_by_key=officer.key_id,
        )
        await repository.insert(self._session, edition)
        return edition

    async def checks(self, edition: Edition, at: datetime, *, is_just_made: bool = False) -> list[Check]:
        """Everything asked before publishing, on the figures as they are now.

        What was just made of them is not counted again to see whether it changed: publishing does that.
        """
        contents = (
            (edition.content, edition.internal_content)
            if is_just_made
            else await self._contents(edition.quarter, edition.version, at)
        )
        return [
            *check_content(internal_content_of(edition), edition),
            check_texts(content_of(edition)),
            *check_statements(await self._live.statements(edition.quarter, at)),
            *check_circumstances(await self._live.circumstances(edition.quarter, at, await self._measures_before())),
            check_unchanged(edition.content_hash + edition.internal_hash, "".join(map(digest, contents))),
        ]

    async def sign_off(self, edition: Edition, officer: Principal, at: datetime) -> None:
        """By another key than the draft's; safe to repeat by the same one."""
        if edition.state == EditionState.SIGNED_OFF and edition.signed_off_by_key == officer.key_id:
            return
        _require(edition, EditionState.DRAFT, "sign off a draft")
        if edition.created_by_key == officer.key_id:
            raise SameSignerProblem("who made the draft may not sign it off; use the key of another person")
        await repository.change(
            self._session,
            edition,
            state=EditionState.SIGNED_OFF.value,
            signed_off_at=at,
            signed_off_by=officer.name,
            signed_off_by_key=officer.key_id,
        )

    async def publish(
        self, quarter: str, version: int, body: EditionPublication, officer: Principal, at: datetime
    ) -> tuple[Edition, list[Check]]:
        """Freeze it, once; raises :class:`NotReadyProblem` with what stands in the way."""
        edition = await self.find(quarter, version)
        if edition.published_at is not None:
            return edition, []
        _require(edition, EditionState.SIGNED_OFF, "publish an edition that was signed off")
        # Checked before the lock, as the other services' recounts take their time; the draft itself cannot change.
        checks = await self.checks(edition, at)
        _refuse_unless_ready(checks, frozenset(body.accept_warnings))
        edition = await self.find(quarter, version, is_locked=True)
        if edition.published_at is None:
            _require(edition, EditionState.SIGNED_OFF, "publish an edition that was signed off")
            await repository.change(
                self._session,
                edition,
                state=EditionState.PUBLISHED.value,
                published_at=at,
                published_by=officer.name,
                embargo_until=body.embargo_until,
            )
        return edition, checks

    async def withdraw(self, edition: Edition, body: EditionWithdrawal, officer: Principal, at: datetime) -> None:
        """It stays visible as withdrawn, with the reason."""
        _require(edition, EditionState.PUBLISHED, "withdraw a published edition")
        await repository.change(
            self._session,
            edition,
            state=EditionState.WITHDRAWN.value,
            withdrawn_at=at,
            withdrawn_by=officer.name,
            withdrawal_reason=body.reason,
            withdrawal_reason_translations=body.reason_translations.given,
        )

    async def discard(self, edition: Edition) -> None:
        """Delete an edition in preparation."""
        if edition.published_at is not None:
            raise EditionStateProblem("it is published and is kept; withdraw it, or correct it with a new version")
        await repository.discard(self._session, edition)

    async def find(self, quarter: str, version: int, *, is_locked: bool = False) -> Edition:
        """The edition; raises :class:`EditionNotFoundProblem`."""
        edition = await repository.find(self._session, quarter, version, is_locked=is_locked)
        if edition is None:
            raise EditionNotFoundProblem(f"{quarter} has no version {version}; GET /v1/editions lists what there is")
        return edition

    async def compare(self, edition: Edition) -> EditionComparison:
        """With the version before, as the public saw both."""
        before = await self.find(edition.quarter, edition.version - 1)
        return compare_contents(
            content_of(before), content_of(edition), version=edition.version, previous=before.version
        )

    async def _measures_before(self) -> dict[str, int]:
        published = await repository.last_published(self._session)
        return versions_of(content_of(published).measures) if published else {}

    async def _contents(self, quarter: str, version: int, at: datetime) -> tuple[str, str]:
        """Canonical JSON of what the public is shown of the edition's records, and of what staff see now."""
        quarter_texts = await texts.list_texts(self._session, quarter)
        quarter_actions = await actions.list_actions(self._session, quarter)
        quoted = await comments.list_keys(
            self._session,
            find_period(PeriodKind.QUARTER, quarter, at),
            minimum=IN_FORCE.minimum_mean_base,
            each=COMMENTS_QUOTED,
        )
        shown, internal = [
            canonical(build_content(quarter, it.reports, it.hours, quarter_texts, quarter_actions, quoted))
            for it in (
                await self._live.of_edition(self._session, quarter, version, at),
                await self._live.unhidden(quarter, at),
            )
        ]
        return shown, internal


def _require(edition: Edition, state: EditionState, what: str) -> None:
    if edition.state != state:
        raise EditionStateProblem(
            f"version {edition.version} of {edition.quarter} is {edition.state}; you can only {what}"
        )


def _refuse_unless_ready(checks: list[Check], accepted: frozenset[CheckCode]) -> None:
    standing = obstacles(checks, accepted)
    if standing:
        raise NotReadyProblem(
            "; ".join(f"{it.code}: {it.detail}" for it in standing),
            invalid_params=[
                InvalidParam(
                    name=it.code,
                    reason=it.detail or "" if it.is_blocking else f"{it.detail}; mend it, or add it to accept_warnings",
                )
                for it in standing
            ],
        )
