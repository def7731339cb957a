"""How many of those invited to a survey responded."""

from dataclasses import dataclass

from services.reporting_api.measures import registry
from services.reporting_api.measures.figures import Comparability, Compared, Figure, Reason, build_figure
from services.reporting_api.measures.tallies import CountTally, ShareTally
from services.reporting_api.periods.aggregates import PeriodAggregate, SurveyDefinition
from services.reporting_api.periods.schemas import NoRate, ResponseRate


@dataclass(frozen=True, slots=True)
class Invited:
    """Those invited in a period, and the responses given in it in the ways they were invited to answer in."""

    invitations: int
    responses: int

    @classmethod
    def of(cls, survey: SurveyDefinition, period: PeriodAggregate) -> "Invited":
        """Of the survey in the period."""
        invitations = period.invitations_by_mode(survey.code)
        respondents = period.respondents_by_mode(survey.code)
        return cls(sum(invitations.values()), sum(respondents.get(mode, 0) for mode in invitations))

    def obstacle(self, survey: SurveyDefinition) -> NoRate | None:
        """Why there is no rate, if there is none."""
        if not self.invitations:
            return NoRate.NO_INVITATIONS
        if survey.allows_several:
            return NoRate.SEVERAL_RESPONSES
        return NoRate.MORE_RESPONSES_THAN_INVITATIONS if self.responses > self.invitations else None


def response_rate(
    survey: SurveyDefinition, periods: Compared[PeriodAggregate], *, is_complete: bool
) -> ResponseRate[Figure]:
    """The survey's response rate in three periods."""
    invited = periods.map(lambda period: Invited.of(survey, period))
    obstacles = invited.map(lambda one: one.obstacle(survey))
    return ResponseRate[Figure](
        invitations=build_figure(
            registry.INVITATIONS,
            invited.map(lambda one: CountTally(one.invitations, is_known=one.invitations > 0)),
            Comparability(
                is_complete,
                previous=None if invited.previous.invitations else Reason.NO_DATA,
                last_year=None if invited.last_year.invitations else Reason.NO_DATA,
            ),
        ),
        share=build_figure(
            registry.RESPONSE_RATE,
            invited.combine(obstacles, _tally),
            Comparability(
                is_complete,
                previous=Reason.NO_DATA if obstacles.previous else None,
                last_year=Reason.NO_DATA if obstacles.last_year else None,
            ),
        ),
        no_rate=obstacles.current,
    )


def _tally(invited: Invited, obstacle: NoRate | None) -> ShareTally:
    return ShareTally(0, 0) if obstacle else ShareTally(invited.responses, invited.invitations)
