"""Survey definitions: versions, questions, options, and what an answer to each may be."""
