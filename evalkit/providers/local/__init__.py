"""Systems that turn requests into generations: language models and baselines."""
