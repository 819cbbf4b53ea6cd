"""Past patients judged again by another catalogue, from their stored results alone."""
