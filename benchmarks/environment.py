"""What the harness and the apps it starts must agree on."""

QUARTER_FILE_VARIABLE = "KATSAUS_BENCHMARK_QUARTER_FILE"
"""Names the file with an answer of reporting_api, which is there before the first request for it."""

STOCK_URL_VARIABLE = "KATSAUS_BENCHMARK_STOCK_URL"
"""The address of the stock implementation's own database."""

STOCK_FEEDBACK_TABLE = "benchmark_stock"
STOCK_RESPONSE_TABLE = "benchmark_stock_response"
