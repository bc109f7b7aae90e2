"""How fast, beside whom: `make bench` prints what docs/reference/performance.md quotes."""
