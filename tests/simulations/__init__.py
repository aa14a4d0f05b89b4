"""Landlords whose measure has a known effect: do the intervals hold what they say?

`make simulations` makes 500 of each kind; the tests make a smaller number.
"""
