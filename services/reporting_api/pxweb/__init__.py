"""The tables as PxWebApi 2 serves tables: list, metadata, data by selections. For tools that speak it."""
