"""A campaign seen from above: who is asked, how many answered, what silence tells."""
