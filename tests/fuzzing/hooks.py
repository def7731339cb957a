"""What Schemathesis has to be told: how NDJSON is sent, and which refusals no schema can announce."""

from typing import Any

import schemathesis
from schemathesis import Case, CheckContext, Response
from schemathesis.core.failures import Failure
from schemathesis.specs.openapi.checks import positive_data_acceptance
from schemathesis.transport import SerializationContext

from tests.fuzzing.refusals import is_beyond_the_schema


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: SerializationContext, value: Any) -> bytes:
    """Lines as they are."""
    return value if isinstance(value, bytes) else str(value).encode(errors="surrogatepass")


@schemathesis.check
def valid_data_acceptance(context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """Schemathesis's ``positive_data_acceptance``, but for the refusals of ``refusals.py``."""
    try:
        return bool(positive_data_acceptance(context, response, case))
    except Failure:
        if is_beyond_the_schema(case.operation.label, response):
            return None
        raise
