"""Whom to visit: the choice, the list, its pages’ readings and its papers."""
