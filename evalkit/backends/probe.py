from evalkit.backends.shared import SharedPath
from evalkit.backends.reading import ATTENTION
def choose_path(model):
    model.set_attn_implementation(ATTENTION)
    return SharedPath(model=model)
