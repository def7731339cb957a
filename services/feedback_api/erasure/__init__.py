"""Erasing what a resident wrote: the content goes, the facts and every figure stay."""
