"""Names that geometry does not know: detectors that find them in the picture, and how what they find joins the world."""
