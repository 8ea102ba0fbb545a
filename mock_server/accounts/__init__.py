"""What a tenant holds, and where that is kept."""
