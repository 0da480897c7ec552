"""Views as Markdown: the pages and tables in docs/ and the README."""
