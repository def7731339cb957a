"""The city's form as pages: works without JavaScript, better with it, and is there to be copied from."""
