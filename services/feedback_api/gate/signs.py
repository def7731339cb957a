"""Signs that what came as feedback is a claim that an authority must handle as such. Pure; asks no database.

objection               muistutus, anmärkning       to the unit's responsible head, about care or treatment
complaint_to_authority  kantelu, förvaltningsklagan to a supervisory authority or the Parliamentary Ombudsman
rectification_claim     oikaisuvaatimus, begäran om omprövning, against a decision
damages_claim           vahingonkorvausvaatimus, skadeståndsanspråk

What counts is that the writer makes the claim here, not that the word is there: a *muistutus* is also a reminder, an
*anmärkning* a remark and a *klagomål* any complaint. So a rule asks for the making ("teen muistutuksen", "this is a
claim for damages") or for a title that is the claim's name, and a sentence that denies, asks, supposes or tells of
another time is passed over. It keeps an item out of the figures until a person has read it, so doubt is no sign.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from services.shared.yaml_text import read_yaml


class Matter(StrEnum):
    """A matter that is not feedback."""

    OBJECTION = "objection"
    COMPLAINT_TO_AUTHORITY = "complaint_to_authority"
    RECTIFICATION_CLAIM = "rectification_claim"
    DAMAGES_CLAIM = "damages_claim"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a text looks like, and the code of the rule that says so; never the words themselves."""

    kind: Matter
    rule: str


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    kind: Matter
    in_sentence: re.Pattern[str]
    passed_over: re.Pattern[str]


# Between two words of a rule: up to five others. Bounded, so that no text can make the search long.
_FEW = r"(?: \S{1,40}){0,5}? "


def _read_rules() -> tuple[tuple[_Rule, ...], dict[Matter, re.Pattern[str]], tuple[str, ...]]:
    """The rules for sentences and for titles, and the stems of the former, of ``rules.yaml``."""
    content = read_yaml((resources.files(__package__) / "rules.yaml").read_text(encoding="utf-8"))
    words = {"within six words": f"(?:{_FEW}| )", "few": _FEW}

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(re.sub("<([a-z ]+)>", lambda found: words[found[1]], pattern))

    words |= {name: compiled(pattern).pattern for name, pattern in content["words"].items()}
    passed_over = {language: compiled(pattern) for language, pattern in content["passed_over"].items()}
    rules = tuple(
        _Rule(code, Matter(kind), compiled(pattern), passed_over[code.partition(".")[0]])
        for kind, patterns in content["sentences"].items()
        for code, pattern in patterns.items()
    )
    titles = {Matter(kind): compiled(pattern) for kind, pattern in content["titles"].items()}
    return rules, titles, tuple(content["stems"])


_RULES, _TITLES, _STEMS = _read_rules()

_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")
_ABBREVIATION_DOT = re.compile(r"(?<=\d)\.|(?<=\b[a-zåäö])\.(?=[a-zåäö]\.)")


def find_sign(text: str, title: str | None) -> Sign | None:
    """The first sign in the title or the text, or None where it is feedback like other feedback."""
    if title is not None:
        name = _folded(title).strip(" .:!-")
        for kind, pattern in _TITLES.items():
            if pattern.fullmatch(name):
                return Sign(kind, "title")
    folded = _folded(text, keep_lines=True)
    if not any(stem in folded for stem in _STEMS):
        return None
    for sentence in _SENTENCE.findall(_ABBREVIATION_DOT.sub(" ", folded)):
        sign = _sign_of(sentence)
        if sign is not None:
            return sign
    return None


def _sign_of(sentence: str) -> Sign | None:
    if sentence.endswith("?"):
        return None
    words = " ".join(re.sub(r"[,;:()\"”“»«*_]", " ", sentence.rstrip(".!\n")).split())
    for rule in _RULES:
        if rule.in_sentence.search(words):
            return None if rule.passed_over.search(words) else Sign(rule.kind, rule.code)
    return None


def _folded(text: str, *, keep_lines: bool = False) -> str:
    """Lower case, one kind of each letter, hyphen and blank; a single line break is a blank."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    folded = re.sub(r"[‐-―−]", "-", folded).replace("\u00ad", "")
    if keep_lines:
        folded = re.sub(r"[ \t\r\f\v]+", " ", folded)
        # An empty line parts paragraphs; a single break is only where the writer's line was full.
        return re.sub(r"(?<!\n)\n(?!\n)", " ", folded)
    return " ".join(folded.split())
