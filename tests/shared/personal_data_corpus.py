"""Texts as residents write them, with personal data and what looks like it planted at known places."""

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from stdnum import iban, luhn

from services.shared.personal_data.kinds import Found, PersonalData

CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SIGNS = {1800: "+", 1900: "-YXWVU", 2000: "ABCDEF"}
DASHES = "-‐‑‒–—−"

Maker = Callable[[random.Random], str]


class Plant(NamedTuple):
    """A way to write something; ``kind`` is None for what must not be masked."""

    kind: PersonalData | None
    form: str
    make: Maker


class Planted(NamedTuple):
    """What was planted, and where."""

    found: Found
    form: str


class CorpusText(NamedTuple):
    """A text, the personal data in it, and where things stand that only look like it, by their form."""

    text: str
    planted: list[Planted]
    decoys: list[tuple[int, int, str]]


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def day_between(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def henkilotunnus(rng: random.Random, *, is_right: bool = True) -> str:
    """A code of a random day and sign; temporary codes too. With a wrong check character unless ``is_right``."""
    day = day_between(rng, date(1850, 1, 1), date(2026, 12, 31))
    number = f"{rng.randrange(2, 1000):03}"
    right = int(f"{day:%d%m%y}{number}") % 31
    check = CHECK_CHARACTERS[right if is_right else (right + rng.randrange(1, 31)) % 31]
    return f"{day:%d%m%y}{rng.choice(SIGNS[day.year // 100 * 100])}{number}{check}"


def respelt(rng: random.Random, code: str) -> str:
    """The code as people write it: lower case, spaces around the sign, another dash."""
    sign = rng.choice(DASHES) if code[6] == "-" else code[6]
    space = rng.choice(["", "", "", " ", "\u00a0"])
    code = f"{code[:6]}{space}{sign}{space}{code[7:]}"
    return code.lower() if rng.random() < 0.4 else code


def loose(rng: random.Random) -> str:
    """A code in no form it has."""
    day = day_between(rng, date(1920, 1, 1), date(1999, 12, 31))
    number = f"{rng.randrange(2, 900):03}"
    check = CHECK_CHARACTERS[int(f"{day:%d%m%y}{number}") % 31]
    written = rng.choice(["{:%d.%m.%Y}-{}{}", "{:%d%m%Y}-{}{}", "{:%d%m%y} {}{}", "{:%d%m%y}{}{}", "{:%d%m%y}/{}{}"])
    return written.format(day, number, check)


def email(rng: random.Random) -> str:
    name = rng.choice(["aino.asukas", "Pekka.Möttönen", "o-brien+hel", "x", "maija_m", "åsa.öst", "eka1980"])
    return f"{name}@{rng.choice(['example.org', 'hel.example.fi', 'posti.example', 'EXAMPLE.COM'])}"


def spelt_email(rng: random.Random) -> str:
    name, host = email(rng).split("@")
    return rng.choice(["{} (at) {}", "{}(at){}", "{}[ät]{}", "{} @ {}"]).format(name, host)


def spoken_email(rng: random.Random) -> str:
    return f"aino piste asukas{digits(rng, 2)} at example piste org"


def mobile(rng: random.Random) -> str:
    operator, number = rng.choice(["040", "041", "044", "045", "046", "050"]), digits(rng, 7)
    forms = ["{0}{1}{2}", "{0} {1} {2}", "{0}-{1}{2}", "{0}-{1} {2}", "({0}) {1} {2}", "{0} {1}{2}", "{0}.{1}.{2}"]
    return rng.choice(forms).format(operator, number[:3], number[3:])


def fixed_line(rng: random.Random) -> str:
    area, number = rng.choice(["09", "02", "03", "013", "019"]), rng.choice("345678") + digits(rng, 6)
    return rng.choice(["{} {} {}", "{}-{}{}", "({}) {} {}"]).format(area, number[:3], number[3:])


def international(rng: random.Random) -> str:
    number = digits(rng, 7)
    forms = [
        "+358 40 {} {}",
        "+35840{}{}",
        "+358 (0)50 {} {}",
        "00358 44 {}{}",
        "+46 70-{} {}",
        "+372 5{}{}",
        "+44 20 7{} {}",
        "+7 916 {} {}",
    ]
    return rng.choice(forms).format(number[:3], number[3:])


def local_phone(rng: random.Random) -> str:
    """Without its area code, as few write it any more."""
    return f"{rng.choice('345678')}{digits(rng, 2)} {digits(rng, 4)}"


def account(rng: random.Random) -> str:
    country, length = rng.choice([("FI", 14), ("FI", 14), ("SE", 20), ("EE", 16), ("DE", 18), ("NO", 11)])
    own = digits(rng, length)
    number = f"{country}{iban.calc_check_digits(f'{country}00{own}')}{own}"
    grouped = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    return rng.choice([number, grouped, grouped.lower(), grouped.replace(" ", "-")])


def mistyped_account(rng: random.Random) -> str:
    number = account(rng)
    return number[:-1] + str((int(number[-1]) + rng.randrange(1, 10)) % 10)


def card(rng: random.Random) -> str:
    start, length = rng.choice([("4", 16), ("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("37", 15), ("4", 19)])
    number = start + digits(rng, length - len(start) - 1)
    number += luhn.calc_check_digit(number)
    groups = [number[i : i + 4] for i in range(0, length, 4)]
    return rng.choice([number, " ".join(groups), "-".join(groups)])


def mistyped_card(rng: random.Random) -> str:
    number = card(rng)
    return number[:-1] + str((int(number[-1]) + rng.randrange(1, 10)) % 10)


def a_date(rng: random.Random) -> str:
    day = day_between(rng, date(1930, 1, 1), date(2027, 12, 31))
    forms = [
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d.%m.%Y}",
        f"{day:%d.%m.%y}",
        f"{day.day}.{day.month}.",
        f"{day:%Y-%m-%d}",
        f"{day:%d/%m/%Y}",
        f"{day:%d%m%y}",
        f"{day:%d%m%Y}",
        f"{day:%Y%m%d}",
        f"{day:%m/%Y}",
        f"{day:%d.%m.%Y}-{day + timedelta(days=3):%d.%m.%Y}",
        f"{day:%Y-%m-%d %H:%M}",
        f"{day:%Y%m%d}{rng.randrange(24):02}{rng.randrange(60):02}{rng.randrange(60):02}",
        f"{day.year}",
        f"{day.year}-{day.year + 3}",
    ]
    return rng.choice(forms)


def a_time(rng: random.Random) -> str:
    hour, minute = rng.randrange(24), rng.randrange(60)
    return rng.choice(["{:02}.{:02}", "{:02}:{:02}", "{:02}.{:02}-16.30", "{:02}:{:02}–18:00", "klo {} {}"]).format(
        hour, minute
    )


def a_price(rng: random.Random) -> str:
    whole = rng.randrange(1, 100_000)
    return rng.choice([f"{whole},50 €", f"{whole:,} euroa".replace(",", " "), f"{whole}.00 EUR", f"+{whole} 000 000 €"])


def an_address(rng: random.Random) -> str:
    post_code = rng.choice(["00100", "00530", "02150", "01300", "04400", "05800", digits(rng, 5)])
    return (
        f"{rng.choice(['Kaivokatu', 'Mannerheimintie'])} {rng.randrange(1, 200)} B {rng.randrange(1, 90)}, {post_code}"
    )


def a_case_number(rng: random.Random) -> str:
    forms = [
        f"{rng.randrange(1, 2000)}/{rng.randrange(1950, 2027)}",
        f"HEL {rng.randrange(2011, 2027)}-{digits(rng, 6)}",
        f"{digits(rng, 7)}-{digits(rng, 1)}",
        f"ABC-{digits(rng, 3)}",
        f"tuote {rng.randrange(1, 9)}.{rng.randrange(20)}.{rng.randrange(20)}",
    ]
    return rng.choice(forms)


def a_unit_or_line(rng: random.Random) -> str:
    return rng.choice(
        [f"{rng.randrange(1, 10)}{digits(rng, 6)}", f"{rng.randrange(1, 999)}{rng.choice(['', 'B', 'N'])}"]
    )


def a_web_address(rng: random.Random) -> str:
    item = rng.choice("123456789") + digits(rng, 8)
    return f"https://www.example.org/fi/{digits(rng, 6)}/sivu-{digits(rng, 4)}?id={item}"


def an_order_number(rng: random.Random) -> str:
    """Random, with or without groups: now and then one is right by chance."""
    length = rng.randrange(5, 21)
    number = rng.choice("123456789") + digits(rng, length - 1)
    return rng.choice([number, f"{number[:6]}-{number[6:]}", " ".join(number[i : i + 5] for i in range(0, length, 5))])


PERSONAL = (
    Plant(PersonalData.HENKILOTUNNUS, "usual", lambda rng: respelt(rng, henkilotunnus(rng))),
    Plant(PersonalData.HENKILOTUNNUS_UNSURE, "usual", lambda rng: respelt(rng, henkilotunnus(rng, is_right=False))),
    Plant(PersonalData.EMAIL, "usual", email),
    Plant(PersonalData.PHONE, "usual", mobile),
    Plant(PersonalData.PHONE, "usual", international),
    Plant(PersonalData.PHONE, "usual", fixed_line),
    Plant(PersonalData.IBAN, "usual", account),
    Plant(PersonalData.PAYMENT_CARD, "usual", card),
    Plant(PersonalData.HENKILOTUNNUS, "unusual", loose),
    Plant(PersonalData.EMAIL, "unusual", spelt_email),
    Plant(PersonalData.EMAIL, "unusual", spoken_email),
    Plant(PersonalData.PHONE, "unusual", local_phone),
)

ORDINARY = (a_date, a_time, a_price, an_address, a_case_number, a_unit_or_line, a_web_address)
MISTYPED = (mistyped_account, mistyped_card)

DECOYS = (
    *(Plant(None, "ordinary", make) for make in ORDINARY),
    *(Plant(None, "mistyped", make) for make in MISTYPED),
    Plant(None, "order number", an_order_number),
)

SENTENCES = (
    "Hei, asiani koskee {}.",
    "Soitin teille ja sanoin {}, mutta mitään ei tapahtunut!",
    "Tunnukseni on {} (kirjattu).",
    "Odotin vastausta: {}",
    "Pyydän yhteyttä; {}, kiitos.",
    "Mitt ärende gäller {}.",
    "Jag väntade på svar, {}!",
    "Ni når mig så här: {}",
    "My case is {}.",
    "I was told “{}” and nothing else.",
    "Please see {}; thank you.",
    "Viite {}\n",
)


def corpus(seed: int, texts: int) -> Iterator[CorpusText]:
    """``texts`` texts of one to five sentences, each about one thing that is personal or only looks so."""
    rng = random.Random(seed)
    for _ in range(texts):
        text = ""
        planted: list[Planted] = []
        decoys: list[tuple[int, int, str]] = []
        for _ in range(rng.randrange(1, 6)):
            plant = rng.choice(PERSONAL if rng.random() < 0.5 else DECOYS)
            before, after = rng.choice(SENTENCES).split("{}")
            item = plant.make(rng)
            start = len(text) + len(before)
            text += f"{before}{item}{after} "
            if plant.kind is None:
                decoys.append((start, start + len(item), plant.form))
            else:
                planted.append(Planted(Found(start, start + len(item), plant.kind), plant.form))
        yield CorpusText(text, planted, decoys)
