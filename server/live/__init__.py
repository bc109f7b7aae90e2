"""Live texts and the pages open on them: how one begins, its past, its authors, who is there, who may what now."""
