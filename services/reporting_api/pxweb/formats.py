"""The formats of PxWebApi that are offered, and the parameters of its CSV."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum

from services.reporting_api.pxweb.dataset import CsvShape
from services.reporting_api.pxweb.errors import OutputFormatProblem
from services.shared.problems import InvalidParam


class OutputFormat(StrEnum):
    """Of PxWebApi's formats, those offered. The other addresses of a table give XLSX and Parquet."""

    JSON_STAT = "json-stat2"
    CSV = "csv"


_CHANGES: dict[str, Callable[[CsvShape], CsvShape]] = {
    "usecodes": lambda shape: replace(shape, has_codes=True, has_texts=False),
    "usetexts": lambda shape: replace(shape, has_codes=False, has_texts=True),
    "usecodesandtexts": lambda shape: replace(shape, has_codes=True, has_texts=True),
    "separatortab": lambda shape: replace(shape, separator="\t"),
    "separatorspace": lambda shape: replace(shape, separator=" "),
    "separatorsemicolon": lambda shape: replace(shape, separator=";"),
}


def read_format(name: str) -> OutputFormat:
    """The format of the name; raises :class:`OutputFormatProblem`."""
    try:
        return OutputFormat(name.casefold())
    except ValueError:
        raise _problem("outputFormat", name, OutputFormat) from None


def read_shape(parameters: Sequence[str]) -> CsvShape:
    """The CSV that the parameters ask for; raises :class:`OutputFormatProblem`."""
    shape = CsvShape()
    for parameter in (one for listed in parameters for one in listed.split(",")):
        change = _CHANGES.get(parameter.strip().casefold())
        if change is None:
            names = ("UseCodes", "UseTexts", "UseCodesAndTexts", "SeparatorTab", "SeparatorSpace", "SeparatorSemicolon")
            raise _problem("outputFormatParams", parameter, names)
        shape = change(shape)
    return shape


def _problem(field: str, given: str, offered: Sequence[str] | type[StrEnum]) -> OutputFormatProblem:
    reason = f"{given[:100]!r} is not offered; ask for {', '.join(str(one) for one in offered)}"
    return OutputFormatProblem(f"{field}: {reason}", invalid_params=[InvalidParam(name=field, reason=reason)])
