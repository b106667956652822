"""What widgets left in a notebook comes before what a page would have to fetch to draw them."""

c = get_config()  # noqa: F821
c.WidgetsDataTypeFilter.display_data_priority = [
    "text/html",
    "application/vnd.jupyter.widget-view+json",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/markdown",
    "text/latex",
    "application/javascript",
    "text/plain",
]
