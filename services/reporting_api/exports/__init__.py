"""Records as rows for staff, of any number at constant memory. Facts only: content is the other services'."""
