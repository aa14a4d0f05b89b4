"""Needs, actions, partners, and what is handed over to them."""
