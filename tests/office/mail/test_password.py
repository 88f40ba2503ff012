import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError
from pydantic import SecretStr

from diag.model.errors import DiagError
from diag.office import mail_server as password
from tests.office.mail.post_office import Office

ACCOUNT = Office(port=587).account(user="camille")
SECRET = SecretStr("très secret")


class InMemory(KeyringBackend):
    priority = -1.0  # never chosen by itself

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring's own
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


class Locked(InMemory):
    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("the bus is gone")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"the secret is {password}")


def test_the_keyring_keeps_and_forgets() -> None:
    keyring.set_keyring(InMemory())
    assert password.has_keyring()
    assert password.kept_password(ACCOUNT) is None
    password.keep_password(ACCOUNT, SECRET)
    assert password.kept_password(ACCOUNT) == SECRET
    assert password.forget_password(ACCOUNT)
    assert not password.forget_password(ACCOUNT)


def test_each_account_has_its_own() -> None:
    keyring.set_keyring(InMemory())
    password.keep_password(ACCOUNT, SECRET)
    other = ACCOUNT.model_copy(update={"user": "ana"})
    assert password.kept_password(other) is None


def test_a_machine_without_keyring_says_so_and_goes_on() -> None:
    assert not password.has_keyring()
    assert password.kept_password(ACCOUNT) is None
    with pytest.raises(DiagError, match="pas de trousseau"):
        password.keep_password(ACCOUNT, SECRET)


def test_a_locked_keyring_says_so_without_the_password() -> None:
    keyring.set_keyring(Locked())
    assert password.kept_password(ACCOUNT) is None
    with pytest.raises(DiagError, match="verrouillé") as told:
        password.keep_password(ACCOUNT, SECRET)
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__


def test_a_password_does_not_show_by_accident() -> None:
    assert "secret" not in f"{SECRET} {SECRET!r} {[SECRET]}"
