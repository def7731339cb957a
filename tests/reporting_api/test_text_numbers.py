"""The numbers of officers' texts: which are read, how, and when they equal a figure."""

from decimal import Decimal

import pytest

from services.reporting_api.texts.facts import KnownNumbers, unknown_numbers
from services.reporting_api.texts.numbers import written_numbers
from services.shared.tables.editions import ReviewLanguage

FI, SV, EN = ReviewLanguage.FI, ReviewLanguage.SV, ReviewLanguage.EN

KNOWN = KnownNumbers(
    tuple(sorted(map(Decimal, ("2389", "82.8", "377", "1234", "4.5", "40")))), tuple(map(Decimal, ("40", "82.8")))
)


@pytest.mark.parametrize(
    ("language", "markdown", "found"),
    [
        (FI, "Palautetta tuli 2 389 kappaletta.", ["2 389"]),
        (FI, "Palautetta tuli 2\u00a0389, 2\u202f389 ja 2\u2009389.", ["2 389", "2 389", "2 389"]),
        (FI, "Palautetta tuli **2** *389* kappaletta.", ["2 389"]),
        (SV, "Andelen var 82,8 % och 82,8%.", ["82,8 %", "82,8%"]),
        (EN, "The share was 82.8% of 1,234 answers.", ["82.8%", "1,234"]),
        (EN, "The mean was 8.2.", ["8.2"]),
        (FI, "Tyytyväisiä oli 5 % ja 7 prosenttia.", ["5 %", "7 prosent"]),
        (FI, "Käsittely kesti 4 vuorokautta.", ["4 vuorokau"]),
        (FI, "Vastauksia oli 15. Niistä 12 oli ruotsiksi.", ["15", "12"]),
        (FI, "- yksi\n- 23 muuta", ["23"]),
        (FI, "Vuonna 2021 234 vastasi.", ["234"]),
        (EN, "1.2 million presses", ["1.2 million"]),
    ],
)
def test_numbers_are_read_as_people_write_them(language: ReviewLanguage, markdown: str, found: list[str]) -> None:
    assert [number.text for number in written_numbers(markdown, language)] == found


@pytest.mark.parametrize(
    ("language", "markdown"),
    [
        (FI, "Vuosina 2020–2021 ja 2021:ssä, 2010-luvulla, neljänneksellä 2021-Q2 (Q2/2021)."),
        (FI, "1.4.2021, 1.4., 1.–30.6.2021, 1.4.–30.6., 15. huhtikuuta, 12.–14. kesäkuuta ja 2021-04-01."),
        (FI, "Klo 8.30, klo 8–16, kello 12 ja 13:15; 24/7."),
        (FI, "Soita 09 310 50150 tai +358 9 310 50150, puh. 310 50150; 00530 Helsinki, PL 6000, 0201256-6."),
        (FI, "Kuviossa 13 ja taulukossa 12, 11 §, laki 1301/2014, 15. vuosineljännes, covid-19, A4 ja 5G-verkko."),
        (
            FI,
            "Yli 65-vuotiaat ja 18–29-vuotiaat antoivat arvosanan asteikolla 4–10 tai 0–100, suositteluluku −100…100.",
        ),
        (FI, "Pidimme 3 työpajaa ja 10 tilaisuutta."),
        (FI, "# 12 tapaamista\n\n11. Ensimmäinen\n12. Toinen"),
        (FI, "[82 vastausta](https://www.hel.fi/123/456), https://www.hel.fi/99, `77` ja osallisuus11@hel.fi"),
        (FI, "    88 rivissä"),
        (SV, "Den 15 april, 1–30 juni 2021, kl. 12–16, tfn 310 50150, 65-åringar, 15:e gången, 20 § och bilaga 12."),
        (EN, "On 15 April, April 15, 1–30 June 2021, at 12.30 p.m., 8:30, the 15th meeting, 65-year-olds, chart 12."),
        (EN, "<https://www.hel.fi/99> and www.hel.fi/77."),
    ],
)
def test_dates_and_names_are_no_figures(language: ReviewLanguage, markdown: str) -> None:
    assert written_numbers(markdown, language) == []


@pytest.mark.parametrize(
    ("language", "markdown"),
    [
        (FI, "Palautetta tuli 2 389 eli 377 enemmän; 82,8 % ja 83 % käsiteltiin 4,5 vuorokaudessa."),
        (SV, "Responser 2 389, andelen 82,8 procent, 40 %."),
        (EN, "There were 2,389; 82.8% or 83 per cent, and 1,234 or 1.234 thousand."),
        (FI, "Noin 2 400 palautetta, yli 2 000 palautetta, lähes 2 390 palautetta, yli 82 % ja noin 40 prosenttia."),
        (EN, "Over 2,000 and nearly 2.4 thousand."),
    ],
)
def test_a_number_equals_a_figure_at_the_precision_it_is_written_with(language: ReviewLanguage, markdown: str) -> None:
    assert len(written_numbers(markdown, language)) > 1
    assert unknown_numbers(markdown, language, KNOWN) == []


@pytest.mark.parametrize(
    ("language", "markdown", "unknown"),
    [
        (FI, "Palautetta tuli 2 390.", ["2 390"]),
        (FI, "Palautetta tuli 2 400.", ["2 400"]),
        (FI, "Osuus oli 82,9 %, 82 % ja 915 %, ja taas 915 %.", ["82,9 %", "82 %", "915 %"]),
        (EN, "82.80% is 82.8%, and 82.85% is not.", ["82.85%"]),
        (FI, "Osuus oli 377 %: se on määrä, ei osuus.", ["377 %"]),
        (FI, "Noin 3 000, yli 2 400 ja lähes 2 300 palautetta.", ["3 000", "2 400", "2 300"]),
        (EN, "It took 9 days.", ["9 days"]),
    ],
)
def test_a_number_that_no_figure_has(language: ReviewLanguage, markdown: str, unknown: list[str]) -> None:
    assert unknown_numbers(markdown, language, KNOWN) == unknown
