"""What a phone keeps and sends: devices, the day, the page without network."""
