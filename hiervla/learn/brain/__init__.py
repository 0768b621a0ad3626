"""A small vision-language brain of one's own: the grammar brain, and what the eyes make of pictures, distilled into weights."""
