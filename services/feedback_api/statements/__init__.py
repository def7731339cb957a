"""The closing statement: an independent recount of a quarter from raw rows."""
