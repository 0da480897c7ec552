"""A council's own unpublished figures: read, checked, scored beside the published ones."""
