"""What a run promises when something goes wrong, with the fault injected for real."""
