"""What evaluators take away: tables and files in which nobody can be singled out."""
