"""All quarters that have data, as the tables with a time dimension show them."""
