"""Measures that a landlord tries: whom they reach, what they change, what is decided of them."""
