"""Texts that are claims and texts that only look like them, for measuring the gate. All invented.

``WRITTEN`` were at hand while the rules were made; ``HELD_OUT`` were written before the rules were first run on them and
no rule was changed for their sake. ``generated`` puts every way of making a claim into every surrounding.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from services.feedback_api.gate.signs import Matter

O, C, R, D = Matter.OBJECTION, Matter.COMPLAINT_TO_AUTHORITY, Matter.RECTIFICATION_CLAIM, Matter.DAMAGES_CLAIM


class Text(NamedTuple):
    """A text, its language, and the matter it is; None for feedback."""

    language: str
    text: str
    matter: Matter | None
    title: str | None = None


WRITTEN = [
    Text("fi", "Teen muistutuksen isäni hoidosta osastolla 3.", O),
    Text("fi", "Haluan tehdä muistutuksen saamastani kohtelusta terveysasemalla 4.5.2021.", O),
    Text("fi", "Jätän tästä virallisen muistutuksen.", O),
    Text("fi", "TÄMÄ ON MUISTUTUS! Äitini jätettiin ilman hoitoa.", O),
    Text("fi", "Muistutus hoidosta. Kävin päivystyksessä ja minut käännytettiin pois.", O),
    Text("fi", "Katso liite.", O, title="Muistutus"),
    Text("fi", "Teen kantelun lääkärin toiminnasta.", C),
    Text("fi", "Kantelen tästä aluehallintovirastolle.", C),
    Text("fi", "Tämä on kantelu.", C),
    Text("fi", "Teen oikaisuvaatimuksen kuljetuspalvelupäätöksestä.", R),
    Text("fi", "Vaadin päätökseen oikaisua, koska tulojani ei huomioitu.", None),
    Text("fi", "Vaadin päätökseen oikaisua.", R),
    Text("fi", "Haen muutosta saamaani päätökseen toimeentulotuesta.", R),
    Text("fi", "Vaadin vahingonkorvausta rikkoutuneesta polvestani.", D),
    Text("fi", "Haen korvausta hoitovirheestä.", D),
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
    Text("sv", "Jag gör en anmärkning om vården av min mor.", O),
    Text("sv", "Jag vill göra en skriftlig anmärkning mot bemötandet på hälsostationen.", O),
    Text("sv", "Jag anför klagomål till Tillsynsmyndigheten.", C),
    Text("sv", "Jag begär omprövning av beslutet om färdtjänst.", R),
    Text("sv", "Jag kräver skadestånd för mina sönderslagna glasögon.", D),
    Text("sv", "Jag har klagomål på väntetiden i telefonen.", None),
    Text("sv", "Ett klagomål: dörren var stängd.", None),
    Text("sv", "En liten anmärkning: skylten är felstavad.", None),
    Text("sv", "Jag tänker inte göra en anmärkning om vården.", None),
    Text("sv", "Hur gör jag en anmärkning om vården?", None),
    Text("en", "I wish to make a formal objection about the care of my father.", O),
    Text("en", "I hereby file a complaint with the Parliamentary Ombudsman.", C),
    Text("en", "I demand rectification of the decision on transport services.", R),
    Text("en", "This is a claim for damages.", D),
    Text("en", "I have a complaint about the queue.", None),
    Text("en", "I object to the noise of the building site next door.", None),
    Text("en", "Thanks for the reminder, I would have forgotten my appointment.", None),
    Text("en", "I will not make a complaint to the ombudsman, the nurse was kind.", None),
    Text("en", "How can I make an objection?", None),
    Text("en", "The decision was rectified quickly, thank you.", None),
]

HELD_OUT = [
    Text("fi", "Hyvä vastaanottaja, esitän muistutuksen tyttäreni kohtelusta lastensuojelussa.", O),
    Text("fi", "Teemme yhdessä sisarusteni kanssa muistutuksen vanhempiemme hoidosta palvelutalossa.", O),
    Text("fi", "muistutus kohtelusta\n\nLääkäri huusi minulle vastaanotolla.", O),
    Text("fi", "Pyydän käsittelemään tämän potilaslain mukaisena muistutuksena.", O),
    Text("fi", "Laadin tämän muistutuksen, koska hoitoni keskeytettiin.", O),
    Text("fi", "Olen tyytymätön leikkaukseen ja haluan jättää siitä muistutuksen teille.", O),
    Text("fi", "Teen hallintokantelun sosiaalityöntekijän menettelystä.", C),
    Text("fi", "Kantelu aluehallintovirastolle: hoitotakuu ei toteudu.", C),
    Text("fi", "Esitän eduskunnan oikeusasiamiehelle kantelun odotusajoista.", C),
    Text("fi", "Haluan tehdä oikaisuvaatimuksen asiakasmaksusta.", R),
    Text("fi", "Tämä on oikaisuvaatimus omaishoidon tuen päätöksestä 12.4.2021.", R),
    Text("fi", "Liitteet toimitan postitse.", R, title="Oikaisuvaatimus kuljetuspalvelupäätöksestä"),
    Text("fi", "Teen vahingonkorvausvaatimuksen liukastumisesta sairaalan pihalla.", D),
    Text("fi", "Vaadin teiltä korvausta vahingosta, joka hampaalleni aiheutui.", D),
    Text("fi", "Jätän potilasvahinkoilmoituksen epäonnistuneesta leikkauksesta.", D),
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
    Text("sv", "Härmed lämnar jag en anmärkning om min mans vård på avdelning 2.", O),
    Text("sv", "Vi gör tillsammans en anmärkning mot behandlingen på boendet.", O),
    Text("sv", "Det här är en anmärkning.", O),
    Text("sv", "Jag lämnar in ett klagomål till Valvira.", C),
    Text("sv", "Vi begär omprövning.", R),
    Text("sv", "Detta är ett skadeståndsanspråk.", D),
    Text("sv", "Jag söker ersättning för vårdskada.", D),
    Text("sv", "Tack för påminnelsen!", None),
    Text("sv", "Personalen förtjänar inget klagomål till någon myndighet, tvärtom.", None),
    Text("sv", "Om ni inte svarar begär jag omprövning.", None),
    Text("sv", "Beslutet omprövades snabbt.", None),
    Text("sv", "Jag gör en anmärkning i kalendern varje gång.", None),
    Text("en", "We are lodging an official objection to the treatment our son received.", O),
    Text("en", "This is a formal objection.", O),
    Text("en", "I am filing a complaint with Valvira about the dentist.", C),
    Text("en", "Please treat this as a complaint to the supervisory authority.", C),
    Text("en", "I would like to submit a claim for rectification of the fee.", R),
    Text("en", "I claim damages for my broken phone.", D),
    Text("en", "We seek compensation for the injury caused by the fall.", D),
    Text("en", "If this goes on I will file a complaint with Valvira.", None),
    Text("en", "My objection is only that the chairs are hard.", None),
    Text("en", "You never claim damages lightly, my mother said.", None),
    Text("en", "The physiotherapist rectified my posture.", None),
    Text("en", "I made a claim for damages last year and the staff were helpful.", None),
]

_CLAIMS: dict[tuple[str, Matter], tuple[str, ...]] = {
    ("fi", O): ("teen muistutuksen", "haluan tehdä muistutuksen", "jätän virallisen muistutuksen"),
    ("fi", C): ("teen kantelun", "haluan tehdä kantelun", "kantelen valviralle"),
    ("fi", R): ("teen oikaisuvaatimuksen", "vaadin oikaisua", "haen oikaisua"),
    ("fi", D): ("vaadin vahingonkorvausta", "haen vahingonkorvausta", "teen korvausvaatimuksen"),
    ("sv", O): ("jag gör en anmärkning om detta", "jag lämnar en skriftlig anmärkning mot detta"),
    ("sv", C): ("jag anför klagomål till valvira", "jag lämnar in en förvaltningsklagan"),
    ("sv", R): ("jag begär omprövning", "jag yrkar rättelse av beslutet"),
    ("sv", D): ("jag kräver skadestånd", "jag yrkar ersättning för skadan"),
    ("en", O): ("I make an objection", "we wish to lodge a formal objection"),
    ("en", C): ("I file a complaint with Valvira", "I am making a formal complaint to the Parliamentary Ombudsman"),
    ("en", R): ("I demand rectification of the decision", "I submit a request for an administrative review"),
    ("en", D): ("I claim damages", "I demand compensation for the damage"),
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
