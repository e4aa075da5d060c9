"""What a picture says: one finding per kind of picture, as a code and its parts (D1)."""
