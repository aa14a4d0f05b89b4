"""The officer’s week: appointments, rounds, outcomes, pauses, stand-ins."""
