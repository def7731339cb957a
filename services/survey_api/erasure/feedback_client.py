"""feedback_api as survey_api asks it what has been erased."""

from collections.abc import Sequence
from uuid import UUID

import httpx
from pydantic import BaseModel, SecretStr

from services.shared.http_client import ServiceClient
from services.shared.tables.access import Service


class ErasedFeedback(BaseModel):
    """What survey_api reads of feedback_api's answer."""

    erased: list[UUID]


class ErasureClient(ServiceClient):
    """Asks which feedback has been erased."""

    def __init__(self, client: httpx.AsyncClient, key: SecretStr) -> None:
        super().__init__(Service.FEEDBACK_API, client, key.get_secret_value())

    async def erased_of(self, feedback_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Those of the feedback whose content has been erased.

        Raises :class:`RemoteServiceError` and :class:`RemoteRefusalError`.
        """
        ids = [str(feedback_id) for feedback_id in feedback_ids]
        return frozenset((await self.call("GET", "/v1/erasures", ErasedFeedback, params={"id": ids})).erased)
