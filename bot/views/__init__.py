"""What members see: replies, buttons, pictures, and the private word when something fails."""
