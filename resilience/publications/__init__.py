"""Reading what is published, exactly as published."""
