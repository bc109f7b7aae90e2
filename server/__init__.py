"""The application: its pages, its rules, and where things are kept."""
