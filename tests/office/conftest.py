"""Two people of one territory who sync with the same real hub."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from diag.audit.history import changes_of
from diag.audit.session import AuditSession, open_session
from diag.journal import changes
from diag.journal.revision import Origin
from diag.office import sync as syncing
from diag.sync.exchange import SyncResult
from diag.workspace.workspace import Workspace
from tests.audit.builders import SCHOOL, started, territory, workspace
from tests.journal.builders import known
from tests.sync.serving import Served, free_port, made_home, served


@pytest.fixture(scope="module")
def team_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Give a hub that the tests of a module share."""
    home = made_home(tmp_path_factory.mktemp("hub") / "hub", free_port())
    home.teach(territory().annuaire)
    with served(home) as running:
        yield running


@dataclass
class Team:
    """Anne and Bruno, and their hub."""

    anne: Workspace
    bruno: Workspace
    hub: Served

    def session(self, who: Workspace) -> AuditSession:
        return open_session(who, SCHOOL)

    def say(self, who: Workspace, value: int, *, origin: Origin | None = None) -> str:
        """Answer apart from the other; return the id of the revision."""
        session = self.session(who)
        place = session.facts.root
        asked = "debit_descendant"
        draft = changes.answered(session.audit.id, place, asked, known(value))
        alone = replace(draft, parents=())
        return who.journal.write(alone, origin or who.origin).id

    def sync(self, who: Workspace) -> SyncResult:
        (done,) = syncing.run(who, lambda _phase, _done, _total: None)
        assert not done.problem
        return done

    def proof(self, who: Workspace, ident: str) -> str:
        """Return what the history shows of a line."""
        found = {one.id: one.proof_words for one in changes_of(self.session(who))}
        return found[ident]

    def said(self, who: Workspace, ident: str) -> str:
        """Return what the history says of a line."""
        return {one.id: one.said for one in changes_of(self.session(who))}[ident]


@pytest.fixture
def team(tmp_path: Path, team_hub: Served) -> Iterator[Team]:
    """Give two people who were let in, each with the same audit open."""
    with ExitStack() as stack:
        made = []
        for name in ("Anne", "Bruno"):
            label = f"u-{name}-{tmp_path.name}"
            one = stack.enter_context(workspace(tmp_path / name, author=label))
            made.append(one)
            invited = team_hub.home.invite(name, ("999",), "write")
            started(one)
            syncing.enrol(one, str(invited))
        anne, bruno = made
        yield Team(anne, bruno, team_hub)
