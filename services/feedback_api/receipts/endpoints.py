"""/v1/receipts: the sender's view of their feedback."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.feedback_api.receipts import service
from services.feedback_api.receipts.errors import ReceiptNotFoundProblem
from services.feedback_api.receipts.schemas import ReceiptStatus
from services.shared.database import ReadSessionDep
from services.shared.problems import problem_responses

router = APIRouter(prefix="/v1/receipts", tags=["feedback"])


@router.get("/{receipt}", summary="Where does my feedback stand?", responses=problem_responses(ReceiptNotFoundProblem))
async def receipt_read(
    receipt: Annotated[str, Path(max_length=40, examples=["7KQ2-XN4M-PWDA-9ZRT"])], session: ReadSessionDep
) -> ReceiptStatus:
    """The receipt is the one given when the feedback was sent; small letters do as well."""
    status = await service.read_status(session, receipt)
    if status is None:
        raise ReceiptNotFoundProblem("check the receipt: four groups of four letters and digits")
    return status
