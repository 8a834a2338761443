"""What the contract of plugins shows in the admin."""
