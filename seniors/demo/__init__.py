"""An invented landlord, for demonstrations, tests and benchmarks. None of its people exists."""
