"""Renovation by residence and year, and the services around a residence."""
