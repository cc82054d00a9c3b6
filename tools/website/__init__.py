"""The builder of the documentation's pages: run ``make docs``."""
