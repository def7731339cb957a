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


# Between two words of a rule: up to five others. Bounded, so that no text can make the search long.
_FEW = r"(?: \S{1,40}){0,5}? "

_FI_MAKE = rf"(?:teen|teemme|jätän|jätämme|laadin|esitän|haluan{_FEW}tehdä|haluaisin{_FEW}tehdä|haluan{_FEW}jättää)"
_SV_MAKE = (
    rf"(?:gör|framför|lämnar in|lämnar|anför|inger|vill{_FEW}göra|vill{_FEW}lämna in|vill{_FEW}lämna|vill{_FEW}anföra)"
)
_EN_MAKE = (
    r"(?:make|file|submit|lodge|(?:am|are) (?:hereby )?(?:making|filing|submitting|lodging)"
    rf"|(?:want|wish|would like){_FEW}(?:make|file|submit|lodge))"
)
_FI_AUTHORITY = (
    r"(?:aluehallintoviras\w*|avi(?:in|lle)|valvira\w*|eduskunnan oikeusasiamie\w*|oikeusasiamie\w*|oikeuskansleri\w*"
    r"|lupa- ja valvontaviras\w*|tietosuojavaltuutet\w*)"
)
_SV_AUTHORITY = (
    r"(?:regionförvaltningsverket|tillsynsmyndigheten|tillstånds- och tillsynsverket|valvira|justitieombudsmannen"
    r"|riksdagens justitieombudsman|dataombudsmannen|justitiekanslern|jo)"
)
_EN_AUTHORITY = (
    r"(?:regional state administrative agency|avi|valvira|parliamentary ombudsman|supervisory (?:agency|authority)"
    r"|finnish supervisory agency|chancellor of justice|data protection ombudsman)"
)

_SENTENCE_RULES = (
    # Objection
    ("fi.makes_objection", Matter.OBJECTION, rf"\b{_FI_MAKE}(?:{_FEW}| )muistutuksen\b"),
    ("fi.is_objection", Matter.OBJECTION, r"\btämä (?:viesti )?on (?:virallinen )?muistutus\b"),
    (
        "fi.objection_of_care",
        Matter.OBJECTION,
        r"^muistutus (?:\S{1,40} )?(?:hoidosta|hoitoon|kohtelusta|palvelusta)\b",
    ),
    (
        "fi.objection_by_law",
        Matter.OBJECTION,
        rf"\b(?:potilaslain|asiakaslain){_FEW}(?:mukaisen|tarkoitetun) muistutuksen\b",
    ),
    (
        "sv.makes_objection",
        Matter.OBJECTION,
        rf"\b{_SV_MAKE}(?:{_FEW}| )anmärkning (?:om|mot|på|över|gällande|angående) ",
    ),
    ("sv.is_objection", Matter.OBJECTION, r"\b(?:detta|det här) är en (?:officiell )?anmärkning\b"),
    (
        "en.makes_objection",
        Matter.OBJECTION,
        rf"\b(?:i|we) (?:hereby )?{_EN_MAKE} an? (?:formal |official |written )?objection\b",
    ),
    ("en.is_objection", Matter.OBJECTION, r"\bthis is an? (?:formal |official |written )?objection\b"),
    # Complaint to an authority
    ("fi.makes_complaint", Matter.COMPLAINT_TO_AUTHORITY, rf"\b{_FI_MAKE}(?:{_FEW}| )(?:hallinto)?kantelun\b"),
    ("fi.complains", Matter.COMPLAINT_TO_AUTHORITY, rf"\bkantelen(?:{_FEW}| ){_FI_AUTHORITY}"),
    ("fi.is_complaint", Matter.COMPLAINT_TO_AUTHORITY, r"\btämä (?:viesti )?on (?:virallinen )?(?:hallinto)?kantelu\b"),
    ("fi.complaint_to", Matter.COMPLAINT_TO_AUTHORITY, rf"^(?:hallinto)?kantelu {_FI_AUTHORITY}"),
    (
        "sv.makes_complaint",
        Matter.COMPLAINT_TO_AUTHORITY,
        rf"\b{_SV_MAKE}(?:{_FEW}| )klagomål (?:till|hos|inför) {_SV_AUTHORITY}\b",
    ),
    (
        "sv.makes_administrative_complaint",
        Matter.COMPLAINT_TO_AUTHORITY,
        rf"\b{_SV_MAKE}(?:{_FEW}| )(?:förvaltningsklagan|förvaltningsklagomål)\b",
    ),
    (
        "sv.is_complaint",
        Matter.COMPLAINT_TO_AUTHORITY,
        r"\b(?:detta|det här) är (?:en förvaltningsklagan|ett förvaltningsklagomål)\b",
    ),
    (
        "en.makes_complaint",
        Matter.COMPLAINT_TO_AUTHORITY,
        rf"\b(?:i|we) (?:hereby )?{_EN_MAKE} an? (?:\S{{1,20}} )?complaint (?:to|with) (?:the )?{_EN_AUTHORITY}\b",
    ),
    (
        "en.is_complaint",
        Matter.COMPLAINT_TO_AUTHORITY,
        rf"\bthis is an? (?:\S{{1,20}} )?complaint (?:to|for) (?:the )?{_EN_AUTHORITY}\b",
    ),
    # Rectification claim
    ("fi.makes_rectification", Matter.RECTIFICATION_CLAIM, rf"\b{_FI_MAKE}(?:{_FEW}| )oikaisuvaatimuksen\b"),
    (
        "fi.demands_rectification",
        Matter.RECTIFICATION_CLAIM,
        rf"\b(?:vaadin|vaadimme|haen|haemme)(?:{_FEW}| )oikaisua\b",
    ),
    ("fi.is_rectification", Matter.RECTIFICATION_CLAIM, r"\btämä (?:viesti )?on oikaisuvaatimus\b"),
    (
        "fi.appeals",
        Matter.RECTIFICATION_CLAIM,
        rf"\b(?:haen|haemme|vaadin|vaadimme)(?:{_FEW}| )muutosta(?:{_FEW}| )päätökse\w+",
    ),
    (
        "sv.demands_review",
        Matter.RECTIFICATION_CLAIM,
        rf"\b(?:begär|yrkar|ansöker om|kräver)(?:{_FEW}| )(?:omprövning|rättelse av beslutet)\b",
    ),
    (
        "sv.makes_review",
        Matter.RECTIFICATION_CLAIM,
        rf"\b{_SV_MAKE}(?:{_FEW}| )(?:begäran om omprövning|omprövningsbegäran|rättelseyrkande)\b",
    ),
    (
        "sv.is_review",
        Matter.RECTIFICATION_CLAIM,
        r"\b(?:detta|det här) är (?:en begäran om omprövning|ett rättelseyrkande)\b",
    ),
    (
        "en.demands_rectification",
        Matter.RECTIFICATION_CLAIM,
        rf"\b(?:i|we) (?:hereby )?(?:claim|demand|request|seek)(?:{_FEW}| )"
        r"(?:rectification|administrative review) of\b",
    ),
    (
        "en.makes_rectification",
        Matter.RECTIFICATION_CLAIM,
        rf"\b(?:i|we) (?:hereby )?{_EN_MAKE} an? (?:claim|request) for (?:an? )?"
        r"(?:rectification|administrative review)\b",
    ),
    (
        "en.is_rectification",
        Matter.RECTIFICATION_CLAIM,
        r"\bthis is an? (?:claim|request) for (?:an? )?(?:rectification|administrative review)\b",
    ),
    # Damages claim
    (
        "fi.demands_damages",
        Matter.DAMAGES_CLAIM,
        rf"\b(?:vaadin|vaadimme|haen|haemme)(?:{_FEW}| )(?:vahingonkorvausta|korvausta(?:{_FEW}| )(?:vahingosta|vahingoista|vamma\w+|hoitovirhee\w+))",
    ),
    (
        "fi.makes_damages",
        Matter.DAMAGES_CLAIM,
        rf"\b{_FI_MAKE}(?:{_FEW}| )(?:vahingonkorvausvaatimuksen|vahingonkorvaushakemuksen|korvausvaatimuksen|potilasvahinkoilmoituksen)\b",
    ),
    (
        "fi.is_damages",
        Matter.DAMAGES_CLAIM,
        r"\btämä (?:viesti )?on (?:vahingonkorvausvaatimus|vahingonkorvaushakemus|korvausvaatimus|potilasvahinkoilmoitus)\b",
    ),
    (
        "sv.demands_damages",
        Matter.DAMAGES_CLAIM,
        rf"\b(?:kräver|yrkar|begär|söker|ansöker om)(?:{_FEW}| )(?:skadestånd|ersättning för (?:skad\w+|vårdskad\w+|patientskad\w+))",
    ),
    (
        "sv.makes_damages",
        Matter.DAMAGES_CLAIM,
        rf"\b{_SV_MAKE}(?:{_FEW}| )(?:skadeståndsanspråk|skadeståndskrav|ersättningsanspråk|patientskadeanmälan)\b",
    ),
    (
        "sv.is_damages",
        Matter.DAMAGES_CLAIM,
        r"\b(?:detta|det här) är (?:ett skadeståndsanspråk|ett skadeståndskrav|en patientskadeanmälan)\b",
    ),
    (
        "en.demands_damages",
        Matter.DAMAGES_CLAIM,
        rf"\b(?:i|we) (?:hereby )?(?:claim|demand|seek)(?:{_FEW}| )(?:damages|compensation for (?:the |my |our )?(?:damage|injur|loss)\w*)",
    ),
    (
        "en.makes_damages",
        Matter.DAMAGES_CLAIM,
        rf"\b(?:i|we) (?:hereby )?{_EN_MAKE} an? (?:claim for damages|damages claim|compensation claim|claim for compensation|patient injury claim)\b",
    ),
    (
        "en.is_damages",
        Matter.DAMAGES_CLAIM,
        r"\bthis is an? (?:claim for damages|damages claim|claim for compensation|patient injury claim)\b",
    ),
)
_RULES = tuple(_Rule(code, kind, re.compile(pattern)) for code, kind, pattern in _SENTENCE_RULES)

_TITLES = {
    Matter.OBJECTION: re.compile(
        r"(?:muistutus|muistutus (?:\S+ )?(?:hoidosta|kohtelusta|palvelusta|hoitoon)|anmärkning (?:om|mot|över) \S+.*"
        r"|(?:formal |official )?objection (?:to|about) (?:the |my )?(?:care|treatment|service).*)"
    ),
    Matter.COMPLAINT_TO_AUTHORITY: re.compile(
        rf"(?:hallinto)?kantelu(?: \S+)?|förvaltningsklagan|förvaltningsklagomål|klagomål till {_SV_AUTHORITY}"
        rf"|complaint to (?:the )?{_EN_AUTHORITY}"
    ),
    Matter.RECTIFICATION_CLAIM: re.compile(
        r"oikaisuvaatimus(?: \S+){0,4}|begäran om omprövning(?: \S+){0,4}|omprövningsbegäran"
        r"|(?:claim|request) for (?:a )?rectification(?: \S+){0,4}"
    ),
    Matter.DAMAGES_CLAIM: re.compile(
        r"(?:vahingonkorvausvaatimus|vahingonkorvaushakemus|korvausvaatimus|potilasvahinkoilmoitus)(?: \S+){0,4}"
        r"|(?:skadeståndsanspråk|skadeståndskrav|patientskadeanmälan)(?: \S+){0,4}"
        r"|(?:claim for damages|damages claim|patient injury claim)(?: \S+){0,4}"
    ),
}
"""Titles that are nothing but the claim's name and what it is about."""

_PASSED_OVER = {
    "fi": re.compile(
        r"\b(?:en|emme|ei|eivät|älkää|enkä|emmekä)\b"
        r"|\b(?:jos|mikäli|muuten|muutoin|harkits\w+|ellei\w*|voinko|voiko|pitäisikö|kannattaako)\b"
        r"|\bmuistutu(?:s|kse\w*) (?:ajasta|ajanvarauksesta|vastaanotosta|tekstiviesti\w*)"
    ),
    "sv": re.compile(r"\b(?:inte|aldrig|om ni|ifall|annars|överväger|funderar|kan jag|ska jag)\b"),
    "en": re.compile(r"\b(?:not|never|no|if|unless|otherwise|consider\w*|could i|can i|should i|might|may)\b|n't\b"),
}
"""Words with which a sentence denies, supposes or asks, and does not make the claim here and now; in Finnish also what
is reminded of."""

_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")
_ABBREVIATION_DOT = re.compile(r"(?<=\d)\.|(?<=\b[a-zåäö])\.(?=[a-zåäö]\.)")


def find_sign(text: str, title: str | None) -> Sign | None:
    """The first sign in the title or the text, or None where it is feedback like other feedback."""
    if title is not None:
        name = _folded(title).strip(" .:!-")
        for kind, pattern in _TITLES.items():
            if pattern.fullmatch(name):
                return Sign(kind, "title")
    for sentence in _SENTENCE.findall(_ABBREVIATION_DOT.sub(" ", _folded(text, keep_lines=True))):
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
            return None if _PASSED_OVER[rule.code[:2]].search(words) else Sign(rule.kind, rule.code)
    return None


def _folded(text: str, *, keep_lines: bool = False) -> str:
    """Lower case, one kind of each letter, hyphen and blank; a line that ends without a full stop goes on in the next."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    folded = re.sub(r"[‐-―−]", "-", folded).replace("\u00ad", "")
    if keep_lines:
        folded = re.sub(r"[ \t\r\f\v]+", " ", folded)
        # An empty line parts paragraphs; a single break is only where the writer's line was full.
        return re.sub(r"(?<!\n)\n(?!\n)", " ", folded)
    return " ".join(folded.split())
