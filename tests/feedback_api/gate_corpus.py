"""Texts that are claims and texts that only look like them, for measuring the gate. All invented.

``WRITTEN`` were at hand while the rules were made; ``HELD_OUT`` were written before the rules were first run on them,
and no rule was changed for their sake. ``generated`` puts every way of making a claim into every surrounding.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from services.feedback_api.gate.signs import Matter

OBJECTION = Matter.OBJECTION
COMPLAINT = Matter.COMPLAINT_TO_AUTHORITY
RECTIFICATION = Matter.RECTIFICATION_CLAIM
DAMAGES = Matter.DAMAGES_CLAIM


class Text(NamedTuple):
    """A text, its language, and the matter it is; None for feedback."""

    language: str
    text: str
    matter: Matter | None
    title: str | None = None


WRITTEN = [
    Text("fi", "Teen muistutuksen isäni hoidosta osastolla 3.", OBJECTION),
    Text("fi", "Haluan tehdä muistutuksen saamastani kohtelusta terveysasemalla 4.5.2021.", OBJECTION),
    Text("fi", "Jätän tästä virallisen muistutuksen.", OBJECTION),
    Text("fi", "TÄMÄ ON MUISTUTUS! Äitini jätettiin ilman hoitoa.", OBJECTION),
    Text("fi", "Muistutus hoidosta. Kävin päivystyksessä ja minut käännytettiin pois.", OBJECTION),
    Text("fi", "Katso liite.", OBJECTION, title="Muistutus"),
    Text("fi", "Teen kantelun lääkärin toiminnasta.", COMPLAINT),
    Text("fi", "Kantelen tästä aluehallintovirastolle.", COMPLAINT),
    Text("fi", "Tämä on kantelu.", COMPLAINT),
    Text("fi", "Teen oikaisuvaatimuksen kuljetuspalvelupäätöksestä.", RECTIFICATION),
    Text("fi", "Vaadin päätökseen oikaisua, koska tulojani ei huomioitu.", None),
    Text("fi", "Vaadin päätökseen oikaisua.", RECTIFICATION),
    Text("fi", "Haen muutosta saamaani päätökseen toimeentulotuesta.", RECTIFICATION),
    Text("fi", "Vaadin vahingonkorvausta rikkoutuneesta polvestani.", DAMAGES),
    Text("fi", "Haen korvausta hoitovirheestä.", DAMAGES),
    Text("fi", "Sain muistutuksen tekstiviestillä, kiitos siitä!", None),
    Text("fi", "Muistutus ajasta tuli vasta edellisenä iltana.", None),
    Text("fi", "Tein muistutuksen kuukausi sitten enkä ole saanut vastausta.", None),
    Text("fi", "En tee tästä kantelua, mutta toivon parannusta.", None),
    Text("fi", "Jos asia ei korjaannu, teen kantelun.", None),
    Text("fi", "Miten teen muistutuksen?", None),
    Text("fi", "Harkitsen kantelua aluehallintovirastolle.", None),
    Text("fi", "Lääkäri kantoi huolta voinnistani.", None),
    Text("fi", "Oikaisuvaatimusohje oli epäselvä.", None),
    Text("fi", "Korvasinko liian paljon? Kela-korvaus puuttui laskusta.", None),
    Text("sv", "Jag gör en anmärkning om vården av min mor.", OBJECTION),
    Text("sv", "Jag vill göra en skriftlig anmärkning mot bemötandet på hälsostationen.", OBJECTION),
    Text("sv", "Jag anför klagomål till Tillsynsmyndigheten.", COMPLAINT),
    Text("sv", "Jag begär omprövning av beslutet om färdtjänst.", RECTIFICATION),
    Text("sv", "Jag kräver skadestånd för mina sönderslagna glasögon.", DAMAGES),
    Text("sv", "Jag har klagomål på väntetiden i telefonen.", None),
    Text("sv", "Ett klagomål: dörren var stängd.", None),
    Text("sv", "En liten anmärkning: skylten är felstavad.", None),
    Text("sv", "Jag tänker inte göra en anmärkning om vården.", None),
    Text("sv", "Hur gör jag en anmärkning om vården?", None),
    Text("en", "I wish to make a formal objection about the care of my father.", OBJECTION),
    Text("en", "I hereby file a complaint with the Parliamentary Ombudsman.", COMPLAINT),
    Text("en", "I demand rectification of the decision on transport services.", RECTIFICATION),
    Text("en", "This is a claim for damages.", DAMAGES),
    Text("en", "I have a complaint about the queue.", None),
    Text("en", "I object to the noise of the building site next door.", None),
    Text("en", "Thanks for the reminder, I would have forgotten my appointment.", None),
    Text("en", "I will not make a complaint to the ombudsman, the nurse was kind.", None),
    Text("en", "How can I make an objection?", None),
    Text("en", "The decision was rectified quickly, thank you.", None),
]

HELD_OUT = [
    Text("fi", "Hyvä vastaanottaja, esitän muistutuksen tyttäreni kohtelusta lastensuojelussa.", OBJECTION),
    Text("fi", "Teemme yhdessä sisarusteni kanssa muistutuksen vanhempiemme hoidosta palvelutalossa.", OBJECTION),
    Text("fi", "muistutus kohtelusta\n\nLääkäri huusi minulle vastaanotolla.", OBJECTION),
    Text("fi", "Pyydän käsittelemään tämän potilaslain mukaisena muistutuksena.", OBJECTION),
    Text("fi", "Laadin tämän muistutuksen, koska hoitoni keskeytettiin.", OBJECTION),
    Text("fi", "Olen tyytymätön leikkaukseen ja haluan jättää siitä muistutuksen teille.", OBJECTION),
    Text("fi", "Teen hallintokantelun sosiaalityöntekijän menettelystä.", COMPLAINT),
    Text("fi", "Kantelu aluehallintovirastolle: hoitotakuu ei toteudu.", COMPLAINT),
    Text("fi", "Esitän eduskunnan oikeusasiamiehelle kantelun odotusajoista.", COMPLAINT),
    Text("fi", "Haluan tehdä oikaisuvaatimuksen asiakasmaksusta.", RECTIFICATION),
    Text("fi", "Tämä on oikaisuvaatimus omaishoidon tuen päätöksestä 12.4.2021.", RECTIFICATION),
    Text("fi", "Liitteet toimitan postitse.", RECTIFICATION, title="Oikaisuvaatimus kuljetuspalvelupäätöksestä"),
    Text("fi", "Teen vahingonkorvausvaatimuksen liukastumisesta sairaalan pihalla.", DAMAGES),
    Text("fi", "Vaadin teiltä korvausta vahingosta, joka hampaalleni aiheutui.", DAMAGES),
    Text("fi", "Jätän potilasvahinkoilmoituksen epäonnistuneesta leikkauksesta.", DAMAGES),
    Text("fi", "Muistutukset tulevat liian myöhään, lähettäkää ne kaksi päivää ennen.", None),
    Text("fi", "Hoitaja teki muistutuksen lääkkeiden ottamisesta lapulle, hyvä idea!", None),
    Text("fi", "Voisitteko lähettää muistutuksen tekstiviestinä ennen aikaa?", None),
    Text("fi", "Ystäväni kanteli teistä viime vuonna turhaan.", None),
    Text("fi", "Kantelupukki tässä taas: ovi narisee.", None),
    Text("fi", "Olisin voinut tehdä kantelun, mutta asia hoitui.", None),
    Text("fi", "Mistä löydän oikaisuvaatimuslomakkeen?", None),
    Text("fi", "Vaadin parempaa palvelua ja oikaisua puhelinvaihteen tietoihin.", None),
    Text("fi", "Haen muutosta elämääni ja kiitän terapeuttia.", None),
    Text("fi", "Korvaushoidon henkilökunta on ystävällistä.", None),
    Text("fi", "Hoitaja muistutti ystävällisesti rokotuksesta.", None),
    Text("fi", "Teen usein muistutuksen kalenteriini, mutta teidän viestinne on parempi.", None),
    Text("sv", "Härmed lämnar jag en anmärkning om min mans vård på avdelning 2.", OBJECTION),
    Text("sv", "Vi gör tillsammans en anmärkning mot behandlingen på boendet.", OBJECTION),
    Text("sv", "Det här är en anmärkning.", OBJECTION),
    Text("sv", "Jag lämnar in ett klagomål till Valvira.", COMPLAINT),
    Text("sv", "Vi begär omprövning.", RECTIFICATION),
    Text("sv", "Detta är ett skadeståndsanspråk.", DAMAGES),
    Text("sv", "Jag söker ersättning för vårdskada.", DAMAGES),
    Text("sv", "Tack för påminnelsen!", None),
    Text("sv", "Personalen förtjänar inget klagomål till någon myndighet, tvärtom.", None),
    Text("sv", "Om ni inte svarar begär jag omprövning.", None),
    Text("sv", "Beslutet omprövades snabbt.", None),
    Text("sv", "Jag gör en anmärkning i kalendern varje gång.", None),
    Text("en", "We are lodging an official objection to the treatment our son received.", OBJECTION),
    Text("en", "This is a formal objection.", OBJECTION),
    Text("en", "I am filing a complaint with Valvira about the dentist.", COMPLAINT),
    Text("en", "Please treat this as a complaint to the supervisory authority.", COMPLAINT),
    Text("en", "I would like to submit a claim for rectification of the fee.", RECTIFICATION),
    Text("en", "I claim damages for my broken phone.", DAMAGES),
    Text("en", "We seek compensation for the injury caused by the fall.", DAMAGES),
    Text("en", "If this goes on I will file a complaint with Valvira.", None),
    Text("en", "My objection is only that the chairs are hard.", None),
    Text("en", "You never claim damages lightly, my mother said.", None),
    Text("en", "The physiotherapist rectified my posture.", None),
    Text("en", "I made a claim for damages last year and the staff were helpful.", None),
]

_CLAIMS: dict[tuple[str, Matter], tuple[str, ...]] = {
    ("fi", OBJECTION): ("teen muistutuksen", "haluan tehdä muistutuksen", "jätän virallisen muistutuksen"),
    ("fi", COMPLAINT): ("teen kantelun", "haluan tehdä kantelun", "kantelen valviralle"),
    ("fi", RECTIFICATION): ("teen oikaisuvaatimuksen", "vaadin oikaisua", "haen oikaisua"),
    ("fi", DAMAGES): ("vaadin vahingonkorvausta", "haen vahingonkorvausta", "teen korvausvaatimuksen"),
    ("sv", OBJECTION): ("jag gör en anmärkning om detta", "jag lämnar en skriftlig anmärkning mot detta"),
    ("sv", COMPLAINT): ("jag anför klagomål till valvira", "jag lämnar in en förvaltningsklagan"),
    ("sv", RECTIFICATION): ("jag begär omprövning", "jag yrkar rättelse av beslutet"),
    ("sv", DAMAGES): ("jag kräver skadestånd", "jag yrkar ersättning för skadan"),
    ("en", OBJECTION): ("I make an objection", "we wish to lodge a formal objection"),
    ("en", COMPLAINT): (
        "I file a complaint with Valvira",
        "I am making a formal complaint to the Parliamentary Ombudsman",
    ),
    ("en", RECTIFICATION): (
        "I demand rectification of the decision",
        "I submit a request for an administrative review",
    ),
    ("en", DAMAGES): ("I claim damages", "I demand compensation for the damage"),
}
_AROUND = {
    "fi": ("{}.", "Hei! Kävin asemalla.\n{} 4.5.2021.", "Olen hyvin pettynyt. Siksi {}! Vastatkaa.", "{} ASIASTA"),
    "sv": ("{}.", "Hej! Jag besökte stationen.\n{} 4.5.2021.", "Jag är besviken. Därför: {}! Svara.", "{} HÄRMED"),
    "en": ("{}.", "Hello! I visited the station.\n{} 4.5.2021.", "I am let down. So {}! Answer.", "{} HEREWITH"),
}
_TAKEN_BACK = {
    "fi": ("En usko, että {}.", "Jos mikään ei muutu, {}.", "Pitäisikö niin, että {}?"),
    "sv": ("Jag tror inte att {}.", "{}, ifall inget ändras.", "Ska det bli så att {}?"),
    "en": ("It is not that {}.", "{} unless something changes.", "Is it right that {}?"),
}


def generated() -> Iterator[Text]:
    """Every claim in every surrounding, in small, normal and capital letters; and every claim taken back."""
    for (language, matter), claims in _CLAIMS.items():
        for claim, around in product(claims, _AROUND[language]):
            for spelt in (around.format(claim), around.format(claim).upper(), around.format(claim.replace(" ", "  "))):
                yield Text(language, spelt, matter)
        for claim, around in product(claims, _TAKEN_BACK[language]):
            yield Text(language, around.format(claim), None)
