def draw_all(words, result, proteins): return []
def read(resources): return {}
