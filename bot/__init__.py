"""Aid Station: a Discord bot that answers what runners do for a pain."""
