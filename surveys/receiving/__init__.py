"""What comes back, whatever the channel: paper, telephone, web, files; one answer each."""
