"""Numbers in a text that are no figures: dates, years, times, telephone numbers, references, ages, names of scales."""

import re

from services.shared.tables.editions import ReviewLanguage

SPACE = "[ \u00a0\u202f\u2009]"
"""What may stand between thousands, and before a per cent sign: ordinary, no-break and thin spaces."""

_DASH = "[–-]"
_TO = rf"\s?{_DASH}\s?"
_MONTH = (
    r"(?:(?:tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu)kuu\w*"
    r"|januar[iy]|februar[iy]|mars|march|april|maj|may|june?|juni|jul[iy]|augusti?|september|o[ck]tober|november|december)"
)
_ORDINAL = r"(?:\.|:[ea]|st|nd|rd|th)?"
_CLOCK = r"\d{1,2}(?:[.:]\d{2})?"
_REFERENCE = (
    r"kuvio(?:ssa)?|kuva(?:ssa)?|taulukko|taulukossa|luku|luvussa|sivu|sivulla|liite|liitteessä|kohta|kohdassa"
    r"|figur(?:en)?|tabell(?:en)?|kapitel|sida(?:n)?|bilaga(?:n)?|punkt"
    r"|figure|chart|table|chapter|section|page|annex|appendix"
)
_TELEPHONE = r"puh(?:elin|elinnumero)?|p\.|tel|tfn|telefon(?:nummer)?|numero(?:on|sta|ssa)?|phone(?: number)?|call"

_ANYWHERE = (
    r"(?:https?://|www\.)\S+",
    r"[\w.+-]{1,64}@[\w.-]{1,255}",
    r"\b\d{4}-\d{2}-\d{2}\b",
    # Laws, minutes and quarters are named by number and year; round the clock.
    r"\b(?:\d{1,4}/\d{2,4}|24/7)\b",
    rf"\b\d{{1,2}}\.(?:\s?\d{{1,2}}\.)?(?:{_TO}\d{{1,2}}\.)?\s?\d{{1,2}}\.\s?(?:19|20)\d{{2}}\b",
    rf"\b\d{{1,2}}{_ORDINAL}(?:{_TO}\d{{1,2}}{_ORDINAL})?\s(?:of\s)?{_MONTH}\b",
    rf"\b(?:klo|kello|kl\.?|klockan)\s?{_CLOCK}(?:{_TO}{_CLOCK})?",
    rf"\b{_CLOCK}(?:{_TO}{_CLOCK})?\s?(?:[ap]\.m\.|[ap]m\b)",
    r"\b\d{1,2}:\d{2}\b",
    rf"\b(?:{_TELEPHONE})\.?:?\s\d[\d \u00a0-]{{3,20}}\d",
    # No quantity begins with a nought that more digits follow: telephone numbers, postal codes, identifiers.
    rf"(?<![\w.,])(?<!\d{SPACE})(?:\+\d|0\d)[\d \u00a0()-]*",
    r"\b\d{7}-\d\b",
    r"\b(?:PL|PB|P\.O\. Box)\s\d+",
    rf"\b(?:{_REFERENCE})\s\d{{1,3}}\b|§\s?\d+|\b\d+\s?§",
    # Scales: of satisfaction, of grades, and the net promoter score's.
    rf"[−–-]100(?:{_TO}|\s?…\s?)\+?100\b|\b(?:0{_TO}100|4{_TO}10|0 (?:to|till) 100)\b",
    # Years: a count of thousands is written 2 021 or 2,021.
    rf"(?<![\w.,])(?:19|20)\d{{2}}(?!\w|[.,]\d|{SPACE}?%)",
    # Ages, lengths and other names: 65-vuotiaat, 18–29-åringar, 5-day.
    rf"(?<![\w.,])\d+(?:{_TO}\d+)?-(?!pro|per)(?=[^\W\d])",
    r"\b\d+(?::(?:s|e|a|nne\w*|nte\w*)|st|nd|rd|th)\b",
)

_FINNISH_OR_SWEDISH = (
    # English writes decimals so: 8.2 may end a sentence.
    rf"\b(?:[12]?\d|3[01])\.(?:(?:1[0-2]|[1-9])\.)?(?:{_TO}(?:[12]?\d|3[01])\.)?(?:1[0-2]|[1-9])\.(?!\d)",
    # An ordinal: the sentence goes on in small letters.
    r"\b\d{1,3}\.(?=\s(?-i:[a-zåäö]))",
)

_ENGLISH = (rf"\b{_MONTH}\s\d{{1,2}}(?:{_TO}\d{{1,2}})?\b(?!{SPACE}?%|[.,]\d)",)


def _compiled(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


_MASKS = {
    ReviewLanguage.FI: _compiled(*_ANYWHERE, *_FINNISH_OR_SWEDISH),
    ReviewLanguage.SV: _compiled(*_ANYWHERE, *_FINNISH_OR_SWEDISH),
    ReviewLanguage.EN: _compiled(*_ANYWHERE, *_ENGLISH),
}


def mask(text: str, language: ReviewLanguage) -> str:
    """The text with such numbers, and what makes them such, replaced by a dash."""
    return _MASKS[language].sub("—", text)
