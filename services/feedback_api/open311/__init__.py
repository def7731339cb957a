"""Open311 GeoReport v2, as the standard has it and as Helsinki and its clients speak it.

Where these differ: POST answers 200 with a bare array, lists are bare arrays in JSON and have the standard's roots in
XML, ids and codes are strings, unknown fields are ignored and empty ones are absent.
"""
