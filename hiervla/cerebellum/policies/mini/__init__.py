"""The embedded VLA: a small vision-language-action model that acts without torch where ONNX Runtime is there."""
