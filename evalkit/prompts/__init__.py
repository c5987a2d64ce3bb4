"""What a model is asked: templates, worked examples, shortening."""
