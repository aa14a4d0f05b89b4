"""Adaptations of dwellings: what waits, what is ordered together, what it costs, who pays."""
