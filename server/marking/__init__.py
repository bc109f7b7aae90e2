"""How a redline looks: one HTML for the screen and for paper, its signs never colours alone."""
