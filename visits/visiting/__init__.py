"""The visit form: its definition, the one door that records it, what follows."""
