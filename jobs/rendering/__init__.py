"""Facts of one job in, the draft of its text out: the template in the recipient's language, in a strict sandbox."""

from jobs.rendering.composing import LONGEST_TEXT, Renderer, Unrenderable, choose_language
from jobs.rendering.filters import rendering_environment

__all__ = ["LONGEST_TEXT", "Renderer", "Unrenderable", "choose_language", "rendering_environment"]
