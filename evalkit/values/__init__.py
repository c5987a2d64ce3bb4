"""What a text says once its form no longer matters: folded, cut into tokens, parsed."""
