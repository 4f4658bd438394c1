"""What take_due is made of: how much may be taken (rooms), what is due (due), and who goes (choosing, pure)."""
