"""How a view becomes a file: text, JSON, HTML, a workbook, charts."""
