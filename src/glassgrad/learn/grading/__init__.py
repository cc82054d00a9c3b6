"""A learner's own engine, graded: what it can do, and what was misunderstood."""
