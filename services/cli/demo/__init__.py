"""The demonstration quarters: whole records made from a table of counts, sent through the services' own interfaces."""
