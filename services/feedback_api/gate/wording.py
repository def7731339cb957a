"""What the sender of a matter that is not feedback is told, in the review's three languages.

The words say where such a matter belongs in general. The time limits and the address are those of the decision or the
authority's own instructions, never ours.
"""

from services.feedback_api.gate.signs import Matter
from services.shared.tables.base import Labels

_KEPT_APART: Labels = {
    "fi": "Viestisi on tallessa erillään palautteista, ja henkilöstö lukee sen.",
    "sv": "Ditt meddelande har sparats skilt från responsen, och personalen läser det.",
    "en": "Your message is kept apart from feedback, and staff will read it.",
}

_WHERE_IT_BELONGS: dict[Matter, Labels] = {
    Matter.OBJECTION: {
        "fi": "Se näyttää muistutukselta. Muistutus tehdään kirjallisesti toimintayksikön vastuuhenkilölle, ja "
        "siihen annetaan perusteltu vastaus. Palautelomake ei ole muistutuksen tekemistä varten.",
        "sv": "Det ser ut som en anmärkning. En anmärkning görs skriftligen till den som ansvarar för "
        "verksamhetsenheten och får ett motiverat svar. Responsblanketten är inte avsedd för anmärkningar.",
        "en": "It looks like an objection. An objection is made in writing to the person in charge of the unit and is "
        "given a reasoned answer. The feedback form is not for making objections.",
    },
    Matter.COMPLAINT_TO_AUTHORITY: {
        "fi": "Se näyttää kantelulta. Kantelu tehdään valvovalle viranomaiselle tai ylimmälle laillisuusvalvojalle; "
        "kaupunki ei voi ottaa sitä vastaan palautteena.",
        "sv": "Det ser ut som ett klagomål till en myndighet. Det riktas till tillsynsmyndigheten eller den högsta "
        "laglighetsövervakaren; staden kan inte ta emot det som respons.",
        "en": "It looks like a complaint to an authority. It is made to the supervisory authority or the supreme "
        "guardian of the law; the city cannot receive it as feedback.",
    },
    Matter.RECTIFICATION_CLAIM: {
        "fi": "Se näyttää oikaisuvaatimukselta. Oikaisua vaaditaan päätöksen liitteenä olevan ohjeen mukaan ja siinä "
        "mainitussa määräajassa. Palaute ei keskeytä määräaikaa.",
        "sv": "Det ser ut som en begäran om omprövning. Omprövning begärs enligt anvisningen i beslutet och inom den "
        "tid som anges där. Respons avbryter inte tidsfristen.",
        "en": "It looks like a claim for a rectification. Rectification is claimed by the instructions that came with "
        "the decision, within the time given there. Feedback does not stop that time.",
    },
    Matter.DAMAGES_CLAIM: {
        "fi": "Se näyttää korvausvaatimukselta. Vahingonkorvausta haetaan kaupungilta kirjallisesti kirjaamon kautta, "
        "ja hoidossa syntyneestä potilasvahingosta ilmoitetaan Potilasvakuutuskeskukseen.",
        "sv": "Det ser ut som ett ersättningskrav. Skadestånd söks skriftligen hos staden via registratorskontoret, "
        "och en patientskada som uppstått i vården anmäls till Patientförsäkringscentralen.",
        "en": "It looks like a claim for compensation. Damages are claimed from the city in writing through its "
        "registry, and an injury caused by treatment is reported to the Patient Insurance Centre.",
    },
}


def words_of(matter: Matter) -> Labels:
    """What the sender is told, by language: fi, sv, en."""
    return {language: f"{words} {_KEPT_APART[language]}" for language, words in _WHERE_IT_BELONGS[matter].items()}
