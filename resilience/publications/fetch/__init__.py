"""Finding and downloading what is published on GOV.UK."""
