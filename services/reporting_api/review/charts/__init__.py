"""The review's charts as SVG: drawn from the edition's own cells, every label written as the text writes it."""
