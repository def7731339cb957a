"""Personal data in texts: what is masked, what is not, and how often, counted on a corpus made for it."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.shared.personal_data import CONTACT_FIELD, NUMBER_FIELD, PersonalData, mask
from services.shared.personal_data.accounts import CARDS, IBAN_CHARACTER, IBAN_START
from services.shared.personal_data.contacts import EMAIL, GROUP, PHONES
from services.shared.personal_data.henkilotunnus import EXACT_FORM, LOOSE_FORM
from services.shared.personal_data.kinds import MASKS
from services.shared.personal_data.masking import find
from tests.shared.personal_data_corpus import CorpusText, corpus

SEED, TEXTS = 20230101, 4000


class TestHenkilotunnus:
    @pytest.mark.parametrize("sign", "+-YXWVUABCDEF")
    def test_every_sign_since_2023(self, sign: str) -> None:
        assert mask(f"Olen 131052{sign}308T.") == ("Olen [hetu].", (PersonalData.HENKILOTUNNUS,))

    @pytest.mark.parametrize(
        "written",
        [
            "131052-308T",
            "010594Y9032",
            "010516B903X",
            "020504A902E",
            "131052-308t",
            "131052 - 308T",
            "131052\u00a0–\u00a0308T",
            "131052‑308T",
            "131052−308T",
            "131052\u00ad308T",
            "131052-\n308T",
            "131052 a 308t",
            "131\u200b052-308T",
            "１３１０５２－３０８Ｔ",
            "131052А308Т",
            "13.10.52-308T",
            "13.10.1952-308T",
            "13101952-308T",
            "131052-308 T",
        ],
    )
    def test_however_it_is_written(self, written: str) -> None:
        assert mask(f"hetu:{written}, kiitos") == ("hetu:[hetu], kiitos", (PersonalData.HENKILOTUNNUS,))

    @pytest.mark.parametrize(
        "written",
        ["131052-308U", "131052 a 308s", "310252-308Y", "131052-3080", "010101-000A", "131052 308T", "131052308T"],
    )
    def test_what_fails_the_check_or_has_no_sign_is_masked_as_unsure(self, written: str) -> None:
        assert mask(f"({written})") == ("([hetu?])", (PersonalData.HENKILOTUNNUS_UNSURE,))

    def test_even_glued_to_other_characters(self) -> None:
        assert mask("X131052-308Tja 1131052-308T").text == "X[hetu]ja 1[hetu?]"


class TestOtherKinds:
    @pytest.mark.parametrize(
        ("kind", "written"),
        [
            (PersonalData.EMAIL, "aino.asukas@example.org"),
            (PersonalData.EMAIL, "matti.möttönen+hel@posti.example.fi"),
            (PersonalData.EMAIL, "etunimi.sukunimi(at)example.fi"),
            (PersonalData.EMAIL, "aino @ example.org"),
            (PersonalData.EMAIL, "a@b.fi"),
            (PersonalData.PHONE, "0401234567"),
            (PersonalData.PHONE, "040 123 4567"),
            (PersonalData.PHONE, "040-123 4567"),
            (PersonalData.PHONE, "(040) 123 4567"),
            (PersonalData.PHONE, "0400 123 456"),
            (PersonalData.PHONE, "09 310 12345"),
            (PersonalData.PHONE, "(09) 310 1234"),
            (PersonalData.PHONE, "013-267 7111"),
            (PersonalData.PHONE, "+358 (0)40 123 4567"),
            (PersonalData.PHONE, "+358401234567"),
            (PersonalData.PHONE, "00358 40 1234567"),
            (PersonalData.PHONE, "+46 70-123 45 67"),
            (PersonalData.PHONE, "+372 5123 4567"),
            (PersonalData.IBAN, "FI2112345600000785"),
            (PersonalData.IBAN, "fi21 1234 5600 0007 85"),
            (PersonalData.IBAN, "DE89-3704-0044-0532-0130-00"),
            (PersonalData.IBAN, "GB29 NWBK 6016 1331 9268 19"),
            (PersonalData.PAYMENT_CARD, "4111 1111 1111 1111"),
            (PersonalData.PAYMENT_CARD, "5500-0000-0000-0004"),
            (PersonalData.PAYMENT_CARD, "3400 000000 00009"),
            (PersonalData.PAYMENT_CARD, "4222222222222"),
        ],
    )
    def test_each_in_a_sentence(self, kind: PersonalData, written: str) -> None:
        assert mask(f"Tavoitat näin: {written}. Kiitos!") == (f"Tavoitat näin: {MASKS[kind]}. Kiitos!", (kind,))

    def test_all_of_them_and_not_the_first_only(self) -> None:
        text = "040 1234567 050 7654321, a@example.org;b@example.org / 131052-308T 010594Y9032"
        assert mask(text).text == "[phone] [phone], [mail];[mail] / [hetu] [hetu]"

    def test_kinds_are_named_once_and_in_order(self) -> None:
        assert mask("040 1234567, 131052-308T, 040 7654321, 131052-308U").kinds == (
            PersonalData.HENKILOTUNNUS,
            PersonalData.HENKILOTUNNUS_UNSURE,
            PersonalData.PHONE,
        )

    @pytest.mark.parametrize(
        ("text", "masked"),
        [
            ("0401234567@example.org", "[mail]"),
            ("131052-308T@example.org", "[hetu]@example.org"),
            ("4111 1111 1111 1111 040 1234567", "[card] [phone]"),
            ("FI2112345600000785131052-308T", "[iban][hetu]"),
            ("040 123 4567 klo 8.30 tai 040 123 4567 8:30", "[phone] klo 8.30 tai [phone] 8:30"),
        ],
    )
    def test_of_two_that_overlap_the_more_specific_is_masked(self, text: str, masked: str) -> None:
        assert mask(text).text == masked


class TestWhatStays:
    @pytest.mark.parametrize(
        "text",
        [
            *("1.1.2021", "01.02.2021", "1.2.2021-3.4.2021", "2021-05-04", "2021-05-04 12:30", "04/05/2021", "4.5."),
            *("04052021", "040521", "20210504", "20210504123045", "010521-310521", "1.10.2020 09 12 30", "05-2021"),
            *("13.10.2020 - 1400", "05-2021 15:30", "2019-2021", "2020/2021", "Q2/2021", "1952–2021"),
            *("klo 9.30-16.00", "09:30-16:00", "08 30 16 00", "kello 0800-1600"),
            *("tilaus 1234567", "tilausnumero 4500123456", "viite 1234 56789", "12345 67890 12345"),
            *("123456-7890", "4111 1111 1111 1112", "FI21 1234 5600 0007 86", "viite 00123 45678 90123"),
            *("00100 Helsinki", "00530", "02150 Espoo", "Mannerheimintie 12 A 34", "Kaivokatu 10 b 3"),
            *("laki 1050/2018", "1050/2018 ja 739/2023", "HEL 2021-002836 T 00 00 02", "1234/12.00.00/2021"),
            *("toimipiste 1234567", "bussi 550", "raitiovaunu 9B", "Y-tunnus 0201256-6", "ABC-123"),
            *("12,50 €", "1 250,00 euroa", "10 000 000 €", "+10 000 000 €", "+20 astetta", "101 % @ home"),
            *("https://www.example.org/fi/sote/123456789", "www.example.org", "https://example.org/@nimi"),
            *("112", "116117", "192.168.10.12", "60.1699, 24.9384", "ISBN 978-951-0-12345-6", "800 mg 2x"),
        ],
    )
    def test_to_the_character(self, text: str) -> None:
        assert mask(f"Hei! {text} – terveisin asukas") == (f"Hei! {text} – terveisin asukas", ())

    def test_all_around_what_is_masked(self) -> None:
        text = "Ääkköset\u200b, \u00ad🙂 ja\ttabit:\r\n131052–308T\u2028ﬁ ß İ"
        assert mask(text).text == text.replace("131052–308T", "[hetu]")

    def test_a_contact_field_keeps_what_it_asks_for(self) -> None:
        text = "Aino 131052-308T aino@example.org 040 123 4567 4111111111111111 131052-308U"
        assert mask(text, CONTACT_FIELD).text == "Aino [hetu] aino@example.org 040 123 4567 [card] [hetu?]"
        assert mask("050123-4567", NUMBER_FIELD).text == "050123-4567"


FRAGMENTS = st.sampled_from(
    [
        *("131052-308T", "131052-308U", "131052 308T", "010594Y9032", "1131052", "308T", "FI2112345600000785"),
        *("FI21 1234 5600 0007 85", "4111 1111 1111 1111", "4111111111111111", "411111 1111111111", "4111 11111"),
        *(
            "040 1234567",
            "0401 234 567",
            "0401234567",
            "+358401234567",
            "00358 40 1234567",
            "09 310 12345",
            "093101234",
        ),
        *("a@b.fi", "aino(at)example.org", "@", ".fi", "050", "(09)", "0", "12", "1234", "2021", "+", "FI", "A", "T"),
        *(*"-+ ./:,([)]_|\n", "\u00a0", "\u200b", "–", "ä", "🙂", "[hetu]", "[phone]", "[", "€"),
    ]
)


class TestMaskingAMaskedText:
    @settings(max_examples=400)
    @given(st.lists(FRAGMENTS, max_size=12).map("".join))
    def test_changes_nothing_and_masking_never_lengthens(self, text: str) -> None:
        masked = mask(text).text
        assert mask(masked) == (masked, ())
        assert len(masked) <= len(text)

    @settings(max_examples=200)
    @given(st.text(alphabet="0123456789A-+ .@b(i[]/", max_size=60))
    def test_whatever_it_holds(self, text: str) -> None:
        assert mask(mask(text).text).text == mask(text).text


PATTERNS = (
    EXACT_FORM,
    LOOSE_FORM,
    IBAN_START,
    IBAN_CHARACTER,
    *CARDS,
    EMAIL,
    GROUP,
    *(form.start for form in PHONES),
)


def repeats_of(node: Any, around: int = 1) -> Iterator[tuple[int, bool]]:
    """Of each repeat in a parsed pattern: how often it goes round, with all around it, and whether it can go back."""
    for operation, argument in node:
        name = str(operation)
        parts = [argument] if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"} else []
        for least, most, _ in parts:
            yield around * int(most), name != "POSSESSIVE_REPEAT" and least != most
        turns = around * int(parts[0][1]) if parts else around
        for part in argument if isinstance(argument, tuple | list) else [argument]:
            for inner in part if isinstance(part, list) else [part]:
                if hasattr(inner, "getwidth"):
                    yield from repeats_of(inner, turns)


class TestHostileInput:
    """A pattern that reads a bounded number of characters in one way only costs the same wherever it begins."""

    @pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.pattern[:40])
    def test_no_pattern_reads_far_or_back_and_forth(self, pattern: re.Pattern[str]) -> None:
        parsed = re._parser.parse(pattern.pattern)
        assert parsed.getwidth()[1] <= 800
        repeats = list(repeats_of(parsed))
        assert all(turns <= 640 for turns, _ in repeats)
        ways = 1
        for turns, can_go_back in repeats:
            ways *= turns + 1 if can_go_back else 1
        assert ways <= 64, "so many ways at most to read the same characters"

    @pytest.mark.parametrize(
        "text",
        [
            *("a" * 10_000, "a@" * 5_000, "a." * 5_000, "a@b." * 2_500, "@" * 10_000, "(at)" * 2_500),
            *("1" * 10_000, "1 " * 5_000, "4 " * 5_000, "4111 " * 2_000, "0401 " * 2_000, "040 " * 2_500),
            *("131052-" * 1_400, "131052 " * 1_400, "13.10." * 1_600, "FI21 " * 2_000, "AA11" * 2_500, "+1 " * 3_300),
            *("[" * 10_000, " " * 10_000, "0" * 10_000, "\u200b1" * 5_000, "131052-308T" * 900, "a@b.fi " * 1_400),
        ],
        ids=lambda text: text[:8],
    )
    def test_what_is_found_never_overlaps(self, text: str) -> None:
        found = find(text)
        assert all(first.end <= second.start for first, second in pairwise(found))
        assert len(found) * 6 <= len(text)
        assert mask(mask(text).text).text == mask(text).text


class Figures:
    """What a corpus shows: of each kind and form how many were planted and found; what was found in vain."""

    def __init__(self, texts: list[CorpusText]) -> None:
        self.planted: Counter[tuple[PersonalData, str]] = Counter()
        self.found: Counter[tuple[PersonalData, str]] = Counter()
        self.decoys: Counter[str] = Counter()
        self.in_vain: Counter[tuple[str, PersonalData]] = Counter()
        for text in texts:
            self._count(text)

    def _count(self, text: CorpusText) -> None:
        hits = find(text.text)
        for planted, form in text.planted:
            self.planted[planted.kind, form] += 1
            self.found[planted.kind, form] += any(_is_masked_by(planted, hit, form) for hit in hits)
        for start, end, form in text.decoys:
            self.decoys[form] += 1
            self.in_vain.update((form, hit.kind) for hit in hits if hit.start < end and start < hit.end)
        places = [(found.start, found.end) for found, _ in text.planted] + [(s, e) for s, e, _ in text.decoys]
        assert all(any(hit.start < end and start < hit.end for start, end in places) for hit in hits)

    def recall(self, kind: PersonalData, form: str = "usual") -> float:
        return self.found[kind, form] / self.planted[kind, form]

    def precision(self, kind: PersonalData) -> float:
        found = sum(count for (found, _), count in self.found.items() if found is kind)
        return found / (found + sum(count for (_, vain), count in self.in_vain.items() if vain is kind))


def _is_masked_by(planted: Any, hit: Any, form: str) -> bool:
    # Without a century sign a code is unsure at best; all others are found as what they are.
    is_kind = hit.kind is planted.kind or (form == "unusual" and hit.kind is PersonalData.HENKILOTUNNUS_UNSURE)
    return is_kind and (hit.start, hit.end) == (planted.start, planted.end)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures(list(corpus(SEED, TEXTS)))


class TestCorpus:
    def test_everything_in_its_usual_forms_is_found(self, figures: Figures) -> None:
        assert {kind: figures.recall(kind) for kind in PersonalData} == dict.fromkeys(PersonalData, 1.0)

    def test_nothing_ordinary_is_masked(self, figures: Figures) -> None:
        assert figures.decoys["ordinary"] > 3000
        assert not {kind for form, kind in figures.in_vain if form == "ordinary"}

    def test_the_figures(self, figures: Figures) -> None:
        counts = {
            "usual": {str(k): (figures.found[k, f], n) for (k, f), n in figures.planted.items() if f == "usual"},
            "unusual": {str(k): (figures.found[k, f], n) for (k, f), n in figures.planted.items() if f == "unusual"},
            "decoys": dict(figures.decoys),
            "in vain": {f"{form}: {kind}": count for (form, kind), count in figures.in_vain.items()},
            "precision": {str(kind): round(figures.precision(kind), 4) for kind in PersonalData},
        }
        assert counts == {
            "usual": {
                "henkilotunnus": (472, 472),
                "henkilotunnus_unsure": (479, 479),
                "email": (495, 495),
                "phone": (1551, 1551),
                "iban": (514, 514),
                "payment_card": (506, 506),
            },
            # Codes with a wrong sign or none and a digit to check them; addresses in words; numbers without area code.
            "unusual": {"henkilotunnus": (341, 484), "email": (501, 1006), "phone": (0, 527)},
            "decoys": {"ordinary": 4143, "mistyped": 1173, "order number": 601},
            # A random number of that length passes the cards' check one time in ten.
            "in vain": {"mistyped: payment_card": 12, "order number: payment_card": 13},
            "precision": dict.fromkeys(map(str, PersonalData), 1.0) | {"payment_card": 0.9529},
        }
