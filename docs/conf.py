"""How `make docs` builds the documentation."""

project = "glassgrad"
author = "The glassgrad authors"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "glassgrad"
autodoc_member_order = "bysource"
default_role = "code"
