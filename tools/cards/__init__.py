"""The writer of what is derived from the cards: run ``make cards``."""
