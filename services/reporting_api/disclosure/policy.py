"""The versioned disclosure policy: how few is too few."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.reporting_api.measures.figures import SuppressionReason
from services.shared.tables.base import Labels


@dataclass(frozen=True, slots=True)
class DisclosurePolicy:
    """A policy and its thresholds; a change of any is a new policy with a new name."""

    name: str
    minimum_cell: int
    """Opinion cells of 1 up to below this are hidden; nought is shown."""
    minimum_mean_base: int
    """Means, indexes and grades of fewer answers are hidden."""
    minimum_interval_others: int
    """The interval of a mean is hidden where fewer gave another answer than the commonest one."""
    minimum_unit_cases: int
    """Feedback of a unit that has fewer items is not divided by type and topic."""


PUBLIC_4 = DisclosurePolicy(
    name="public-4", minimum_cell=5, minimum_mean_base=10, minimum_interval_others=30, minimum_unit_cases=20
)
"""What anyone may see. Feedback is a count of cases that a service received, not of opinions: shown however few, unless
a small unit's is divided. Twenty is a unit that hears more than once a week in a quarter."""

IN_FORCE = PUBLIC_4
"""The policy that everything public follows."""

RULES: tuple[Labels, ...] = (
    {
        "fi": "Koko kaupungin neljännesvuosi: 1–4 henkilön mielipidesolut ja ne, joista ne voisi laskea, piilotetaan.",
        "sv": "Hela stadens kvartal: celler med 1–4 personers åsikter och de som skulle avslöja dem döljs.",
        "en": "The whole city's quarter: opinion cells of 1–4 persons, and those that would tell them, are hidden.",
    },
    {
        "fi": "Keskiarvo piilotetaan, jos vastaukset ovat alle viiden askeleen päässä asteikon päästä, ja sen "
        "luottamusväli, jos harva vastasi muuta kuin tavallisimman vastauksen.",
        "sv": "Ett medelvärde döljs om svaren ligger mindre än fem steg från skalans ände, och dess intervall om få "
        "svarade annat än det vanligaste svaret.",
        "en": "A mean is hidden where all answers lie fewer than five steps from an end of the scale, and its interval "
        "where few gave another answer than the commonest one.",
    },
    {
        "fi": "Yksikön tulokset näytetään kokonaan tai ei lainkaan: vain jos niitä ja muiden tuloksia on kylliksi.",
        "sv": "En enhets resultat visas helt eller inte alls: bara om de och de övrigas är tillräckligt många.",
        "en": "A unit's results are shown whole or not at all: only where they and what is left are enough.",
    },
    {
        "fi": "Vastaustapojen osuudet ja niillä vakioidut tulokset: vain koko kaupungin neljännesvuosi, kun jokaisella "
        "tavalla vastasi kyllin moni tai ei kukaan.",
        "sv": "Svarssättens andelar och resultat standardiserade med dem: bara hela stadens kvartal, när tillräckligt "
        "många eller ingen har svarat på varje sätt.",
        "en": "Shares of the ways of answering, and scores standardised by them: of the whole city's quarter, where "
        "enough or none answered in each way.",
    },
    {
        "fi": "Koko kaupungin kuukaudet näytetään kaikki kolme tai ei mitään; vuosi näyttää sen, minkä neljännekset.",
        "sv": "Hela stadens månader visas alla tre eller ingen; året visar det som kvartalen visar.",
        "en": "The whole city's months are shown all three or none; a year shows what its quarters show.",
    },
    {
        "fi": "Viikkojen, yksiköiden kuukausien ja keskeneräisen neljänneksen mielipiteet ovat vain henkilöstölle.",
        "sv": "Åsikter per vecka, per enhet och månad och för ett kvartal som pågår är endast för personalen.",
        "en": "Opinions of weeks, of units' months and of a quarter that is not over are for staff.",
    },
    {
        "fi": "Julkaistun neljänneksen luvut ovat julkaisun luvut, kunnes korjattu julkaisu muuttaa niitä; pieni "
        "muutos jätetään pois tai piilotetaan.",
        "sv": "Ett publicerat kvartals siffror är utgåvans tills en rättad utgåva ändrar dem; en liten ändring lämnas "
        "bort eller döljs.",
        "en": "A published quarter's figures are its edition's until a corrected one changes them; a small change is "
        "left out or hidden.",
    },
)
"""What the policy says, to be read beside the thresholds."""

REASONS: Mapping[SuppressionReason, Labels] = {
    SuppressionReason.SMALL_COUNTS: {
        "fi": "Luku on pieni, tai siitä voisi laskea pienen luvun.",
        "sv": "Talet är litet eller skulle avslöja ett litet tal.",
        "en": "The number is small, or would give a small one away.",
    },
    SuppressionReason.PARENT_HIDDEN: {
        "fi": "Kokonaisuudesta, johon luku kuuluu, on jotakin piilotettu.",
        "sv": "Något av den helhet som talet hör till är dolt.",
        "en": "Something of the whole that it is a part of is hidden.",
    },
    SuppressionReason.DETAIL: {
        "fi": "Näytetään vain pidemmältä ajalta tai koko kaupungista.",
        "sv": "Visas bara för en längre tid eller för hela staden.",
        "en": "Shown only for a longer time or for the whole city.",
    },
    SuppressionReason.RUNNING: {
        "fi": "Neljännesvuosi on kesken.",
        "sv": "Kvartalet pågår ännu.",
        "en": "The quarter is not over.",
    },
    SuppressionReason.REVISED: {
        "fi": "Korjattu julkaisu muuttaa lukua tai sen kokonaisuutta vain vähän; erotus paljastaisi pienen luvun.",
        "sv": "Den rättade utgåvan ändrar talet eller dess helhet bara lite; skillnaden skulle avslöja ett litet tal.",
        "en": "The corrected edition changes it, or its whole, by few; the difference would give a small number away.",
    },
}
