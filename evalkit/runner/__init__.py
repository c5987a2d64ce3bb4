"""Plans, executes and scores a run."""
