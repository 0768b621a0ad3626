"""What the small brain that is trained here is worth, on scenes and wordings that it has not met."""
