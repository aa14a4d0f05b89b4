"""What the field reports: links, signals, what came of them."""
