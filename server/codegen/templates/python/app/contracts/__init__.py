"""What travels in requests and responses."""
