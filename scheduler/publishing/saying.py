"""Says a rulebook's conditions back in words, so that an admin sees what was understood. Pure."""

from scheduler.planning.compiled import compile_rulebook
from scheduler.rulebook.schema import Rulebook


def conditions_in_words(rulebook: Rulebook) -> dict[str, str]:
    """Return for each `rule/step`, in the revision's order, whom it is for.

    Raises:
        InputError: a holiday code or the sending window cannot be read.

    """
    steps = [step for kind in compile_rulebook(rulebook).kinds.values() for rule in kind.rules for step in rule.steps]
    return {f"{step.rule}/{step.step}": str(step.condition) for step in sorted(steps, key=lambda step: step.order)}
