"""From demonstrations to a policy's weights: what is drawn, what is shown, what is kept."""
