"""What keeps the service answering."""
