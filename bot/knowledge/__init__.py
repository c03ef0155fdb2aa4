"""What is known: the catalogue, suggestions and the snapshot that answering sees."""
