"""Runs of retention, as every service that holds content does them: counted first, erased in short transactions."""
