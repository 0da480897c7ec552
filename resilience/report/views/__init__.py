"""What a page or list shows, one module a subject: a scored day in, a plain dict out."""
