"""From articles to generations: what to do, in which order, and never twice."""
