"""What managers steer by: the chain and its figures, what comes, what a budget would do."""
