"""The tables' flat rows as an OData 4.0 feed: what `OData.Feed` of Excel and Power BI asks for."""
