"""The words by which a question is found: its author's, and those people type."""

from collections.abc import Mapping

from diag.model.checklist import Checklist
from diag.model.text import fold


def also_called(checklist: Checklist) -> Mapping[str, str]:
    """Return the words that mean each question, by id; those of its label left out."""
    labels = {
        ident: fold(" ".join((each.label, *(choice.label for choice in each.choices))))
        for ident, each in checklist.questions.items()
    }
    meant = [
        (synonym.id, tuple(map(fold, synonym.means))) for synonym in checklist.synonyms
    ]
    return {
        ident: " ".join(
            word for word, means in meant if any(one in label for one in means)
        )
        for ident, label in labels.items()
    }
