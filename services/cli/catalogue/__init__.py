"""The catalogue files and their loading. The YAML files beside this module are the one source of the catalogue."""
