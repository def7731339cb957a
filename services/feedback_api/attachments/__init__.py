"""Files that come with feedback: told by their content, made anew, and stored apart from the database."""
