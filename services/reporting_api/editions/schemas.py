"""Requests and answers about editions."""

from datetime import datetime

from pydantic import AwareDatetime, Field

from services.reporting_api.editions.content import EditionContent
from services.reporting_api.readiness.checks import Check, CheckCode
from services.reporting_api.texts.schemas import Quarter
from services.shared.schemas import FreeText, RequestModel, ResponseModel
from services.shared.tables.base import Labels
from services.shared.tables.editions import EditionState


class ReasonTranslations(RequestModel):
    """A reason in the review's other languages; where one is missing, its readers are shown the Finnish."""

    sv: FreeText | None = None
    en: FreeText | None = None

    @property
    def given(self) -> Labels:
        """Those there are."""
        translations: Labels = self.model_dump(exclude_none=True)
        return translations


class EditionDraft(RequestModel):
    """A new draft from the live figures, texts and actions."""

    quarter: Quarter = Field(examples=["2021-Q2"])
    reason: FreeText | None = Field(
        default=None,
        description="Why the published version is corrected, for the public log, in Finnish; for a correction only.",
    )
    reason_translations: ReasonTranslations = ReasonTranslations()


class EditionPublication(RequestModel):
    """Publish, now or from a time on."""

    embargo_until: AwareDatetime | None = Field(
        default=None, description="Not shown to the public before; by default at once."
    )
    accept_warnings: list[CheckCode] = Field(
        default=[], description="Warnings the officer has seen and accepts, by their codes.", max_length=len(CheckCode)
    )


class EditionWithdrawal(RequestModel):
    """Why a published edition is withdrawn; shown in its place."""

    reason: FreeText = Field(description="In Finnish.")
    reason_translations: ReasonTranslations = ReasonTranslations()


class EditionSummary(ResponseModel):
    """An edition without its content. ``content_hash`` is the SHA-256 of its canonical JSON."""

    quarter: str
    version: int
    state: EditionState
    content_hash: str
    code_version: str
    reason: str | None
    reason_translations: Labels
    created_at: datetime
    signed_off_at: datetime | None
    published_at: datetime | None
    embargo_until: datetime | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None
    withdrawal_reason_translations: Labels


class EditionList(ResponseModel):
    """Editions, newest quarter and version first."""

    editions: list[EditionSummary]


class EditionInWork(EditionSummary):
    """An edition as those who make it see it, with what was checked."""

    created_by: str
    signed_off_by: str | None
    published_by: str | None
    withdrawn_by: str | None
    checks: list[Check]


class EditionAnswer(EditionSummary):
    """A published edition with everything in it."""

    content: EditionContent


class Correction(ResponseModel):
    """A line of the public log of corrections and withdrawals."""

    quarter: str
    version: int
    at: datetime
    reason: str
    reason_translations: Labels = Field(description="In Swedish (`sv`) and English (`en`), as far as there are any.")
    is_withdrawal: bool


class CorrectionLog(ResponseModel):
    """All corrections and withdrawals, newest first."""

    corrections: list[Correction]
