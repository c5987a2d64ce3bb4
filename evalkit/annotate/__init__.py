"""Pages on which people judge outputs and write references, and what is made of their work."""
