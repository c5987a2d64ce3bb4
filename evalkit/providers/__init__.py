"""What answers requests: baselines, local weights, predictions of other programs."""
