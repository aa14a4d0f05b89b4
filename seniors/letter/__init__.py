"""The letter that tells someone what is kept about her: its words, and its large-type PDF."""
