"""How Sphinx builds the pages that `make docs` has put together (tools/website)."""

project = "glassgrad"
author = "The glassgrad authors"
extensions = [
    "myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "website.extension",
]  # fmt: skip
myst_enable_extensions = ["amsmath", "colon_fence", "dollarmath"]
myst_heading_anchors = 3
html_math_renderer = "mathml"

html_theme = "furo"
html_title = "glassgrad"
html_favicon = "_static/icon.svg"
html_logo = "_static/icon.svg"
html_static_path = ["_static"]
html_extra_path = ["as-it-is"]  # pictures and pages that can be linked to
html_css_files = ["glassgrad.css"]
html_js_files = ["glassgrad.js"]
html_show_copyright = False
html_copy_source = False
html_show_search_summary = False  # it fetches the pages found, which a page from a file must not
pygments_style = "a11y-high-contrast-light"  # Furo's own styles have comments that are too faint
pygments_dark_style = "a11y-high-contrast-dark"

default_role = "py:obj"  # `fit` in a docstring is a link where there is such a name
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words
napoleon_use_ivar = True
napoleon_use_rtype = False
napoleon_preprocess_types = False
nitpicky = True
nitpick_ignore_regex = [("py:obj", ".*"), ("py:class", ".*"), ("py:exc", ".*")]
