"""English in, a Reading out."""
