"""Loading Open311 records of the City of Helsinki, with their tasks, as feedback and events."""
