"""The widget that pages carry, the page for iframes that does without it, and a chat to try it in."""
