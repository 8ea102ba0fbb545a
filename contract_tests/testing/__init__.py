"""What other people's tests hold in hand."""
