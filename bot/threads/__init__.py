"""Comment threads, and what they teach."""
