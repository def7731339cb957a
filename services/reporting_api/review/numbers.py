"""How a number is written in each language: in sentences, charts and tables alike."""

from babel import Locale
from babel.numbers import format_decimal

from services.reporting_api.language import Language
from services.reporting_api.measures.figures import Number
from services.reporting_api.measures.registry import MeasureUnit
from services.reporting_api.review.facts import Fact

LOCALES = {Language.FI: Locale("fi"), Language.SV: Locale("sv", "FI"), Language.EN: Locale("en", "GB")}

_NO_BREAK_SPACE = "\u00a0"

_PERCENT_SIGN = {Language.FI: f"{_NO_BREAK_SPACE}%", Language.SV: f"{_NO_BREAK_SPACE}%", Language.EN: "%"}


def write_number(number: Number, decimals: int, language: Language) -> str:
    """``number`` with exactly ``decimals`` decimals, its thousands apart: 2 389 and 82,8; 2,389 and 82.8."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(number, format=pattern, locale=LOCALES[language])


def write_value(number: Number, unit: MeasureUnit, decimals: int, language: Language) -> str:
    """The same with its sign, where the unit has one."""
    written = write_number(number, decimals, language)
    return written + _PERCENT_SIGN[language] if unit is MeasureUnit.PERCENT else written


def write_fact(fact: Fact, language: Language) -> str:
    """A fact as a sentence shows it. A difference of shares is in percentage points, which the sentence names."""
    is_difference = fact.part.endswith("difference")
    if is_difference:
        return write_number(fact.value, fact.decimals, language)
    return write_value(fact.value, fact.unit, fact.decimals, language)


def plural_form(number: Number, language: Language) -> str:
    """The grammatical number that goes with ``number``: ``one`` or ``other``."""
    return LOCALES[language].plural_form(abs(number))
