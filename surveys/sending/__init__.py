"""What leaves: questionnaires, waves and reminders, and who may no longer be written to."""
