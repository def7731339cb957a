"""Judging presses anew after our rule on misuse has changed."""
