"""How fast, measured against a floor of the same run; and whom the lists reach.

`python -m tests.bench` (or `make bench`). Never run by `make test`: a timing proves nothing on a
machine that does something else.
"""
