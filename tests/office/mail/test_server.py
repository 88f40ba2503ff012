"""One message, one clear outcome, against a real server of every temper."""

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from threading import Thread

import pytest
from pydantic import SecretStr

from diag.office.mail_server import (
    Account,
    AccountError,
    DeliveryUnknownError,
    LaterError,
    NeverError,
    Patience,
    ReachError,
    Security,
    Server,
)
from tests.office.mail.post_office import (
    ABRUPT,
    HOST,
    SILENT,
    Certificate,
    Office,
    certificate,
    opened,
)

MESSAGE = b"Subject: x\r\n\r\n.un point\r\n..deux\r\nfin\r\n"
FROM, TO = "camille@vallombre.example", ("mairie@courvaux.example",)
SHORT = Patience(answer=0.3, end=0.3)
SECRET = SecretStr("motdepasse-très-secret")


def send(account: Account, secret: SecretStr | None = None) -> str:
    with closing(Server.enter(account, secret, SHORT)) as server:
        return server.send(FROM, TO, MESSAGE)


def test_a_message_arrives_byte_for_byte() -> None:
    with opened() as office:
        assert send(office.account()) == "« 250 Message accepted »"
        assert office.taken == [MESSAGE]


def test_several_messages_go_on_one_line() -> None:
    with (
        opened() as office,
        closing(Server.enter(office.account(), None, SHORT)) as server,
    ):
        server.send(FROM, TO, MESSAGE)
        server.send(FROM, TO, MESSAGE)
        assert server.alive
        assert office.taken == [MESSAGE, MESSAGE]


def test_a_server_that_is_down_is_out_of_reach() -> None:
    with socket.socket() as reserved:
        reserved.bind((HOST, 0))
        account = Office(port=reserved.getsockname()[1]).account()
        with pytest.raises(ReachError, match="n'accepte pas de connexion"):
            send(account)


def test_a_name_that_leads_nowhere_is_out_of_reach() -> None:
    account = Office(port=25).account(host="nulle-part.invalid")
    with pytest.raises(ReachError, match="injoignable"):
        send(account)


def test_a_slow_server_is_not_waited_for_for_ever() -> None:
    with (
        opened(Office(rcpt=[SILENT])) as office,
        pytest.raises(LaterError, match="pas assez vite"),
    ):
        send(office.account())


def test_a_greylisting_server_takes_it_the_second_time() -> None:
    with opened(Office(rcpt=["451 4.7.1 Greylisted"])) as office:
        with pytest.raises(LaterError, match=r"« 451 .* Greylisted »"):
            send(office.account())
        assert office.taken == []
        send(office.account())
        assert office.taken == [MESSAGE]


@pytest.mark.parametrize(
    "office",
    [Office(rcpt=["550 5.1.1 User unknown"]), Office(data=["550 5.1.1 User unknown"])],
)
def test_a_refusal_is_told_in_the_servers_words(office: Office) -> None:
    with opened(office), pytest.raises(NeverError, match=r"« 550 .* User unknown »"):
        send(office.account())


def test_one_reader_refused_and_nobody_receives_anything() -> None:
    office = Office(rcpt=["250 OK", "550 Unknown"])
    with opened(office), closing(Server.enter(office.account(), None, SHORT)) as server:
        with pytest.raises(NeverError, match="autre@courvaux"):
            server.send(FROM, (*TO, "autre@courvaux.example"), MESSAGE)
        assert office.taken == []
        server.send(FROM, TO, MESSAGE)
        assert office.taken == [MESSAGE]


def test_a_copy_goes_to_the_sender_who_asked_for_it() -> None:
    with opened() as office:
        send(office.account(copy_to_self=True))
        assert office.readers == [(*TO, FROM)]
        assert FROM.encode() not in office.taken[0]


def test_a_server_that_hangs_up_politely_is_left() -> None:
    with (
        opened(Office(rcpt=["421 Too busy"])) as office,
        closing(Server.enter(office.account(), None, SHORT)) as server,
    ):
        with pytest.raises(LaterError, match="421 Too busy"):
            server.send(FROM, TO, MESSAGE)
        assert not server.alive


@pytest.mark.parametrize("end", [ABRUPT, SILENT, "quoi ?", "354 Go on"])
def test_a_line_lost_once_the_message_is_whole_leaves_a_doubt(end: str) -> None:
    with (
        opened(Office(data=[end])) as office,
        closing(Server.enter(office.account(), None, SHORT)) as server,
    ):
        with pytest.raises(DeliveryUnknownError, match="peut-être parti"):
            server.send(FROM, TO, MESSAGE)
        assert office.taken == [MESSAGE]
        assert server.may_have_left
        assert not server.alive


def test_a_line_lost_before_the_message_leaves_none() -> None:
    with (
        opened(Office(rcpt=[ABRUPT])) as office,
        closing(Server.enter(office.account(), None, SHORT)) as server,
    ):
        with pytest.raises(LaterError, match="coupé"):
            server.send(FROM, TO, MESSAGE)
        assert not server.may_have_left


def test_a_message_too_big_for_the_server_is_not_sent_in_vain() -> None:
    with opened(largest=10) as office:
        with pytest.raises(NeverError, match="552"):
            send(office.account())
        assert office.taken == []


def protected(
    security: Security, mine: Certificate, office: Office
) -> AbstractContextManager[Office]:
    if security is Security.TLS:
        return opened(office, tls=mine.context)
    return opened(office, starttls=mine.context)


@contextmanager
def cut_while_it_comes() -> Iterator[int]:
    """Serve one conversation, and hang up as the message begins to come."""

    def talk() -> None:
        line, _ = listener.accept()
        with line, line.makefile("rb") as told:
            for answer in (b"220 x", b"250 x", b"250 x", b"250 x", b"354 go"):
                line.sendall(answer + b"\r\n")
                told.readline()

    with socket.create_server((HOST, 0)) as listener:
        thread = Thread(target=talk)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def test_a_message_cut_on_its_way_surely_did_not_leave() -> None:
    with cut_while_it_comes() as port:
        account = Office(port=port).account()
        big = b"Subject: x\r\n\r\n" + b"0123456789abcde\r\n" * 1_000_000
        with closing(Server.enter(account, None)) as server:
            with pytest.raises(LaterError):
                server.send(FROM, TO, big)
            assert not server.may_have_left


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_known_authority_is_trusted(security: Security) -> None:
    mine = certificate()
    office = Office(password=SECRET.get_secret_value())
    with protected(security, mine, office):
        told = {"security": security, "ca": mine.authority, "user": "camille"}
        send(office.account(**told), SECRET)
        assert office.taken == [MESSAGE]
        assert office.logins == [(b"camille", SECRET.get_secret_value().encode())]


@pytest.mark.parametrize("without", ["PLAIN", "LOGIN"])
def test_servers_that_know_one_way_only_are_told_the_password(without: str) -> None:
    office = Office(password=SECRET.get_secret_value())
    with opened(office, without=[without]):
        send(office.account(user="camille"), SECRET)
        assert office.taken == [MESSAGE]


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_an_unknown_certificate_is_refused_before_anything_is_said(
    security: Security,
) -> None:
    with protected(security, certificate(), Office(password="x")) as office:
        account = office.account(security=security, user="camille")
        with pytest.raises(AccountError, match="--ca-file") as told:
            send(account, SECRET)
        assert "autorité est inconnue" in str(told.value)
        assert (office.logins, office.taken) == ([], [])


def test_the_certificate_of_another_server_is_refused() -> None:
    other = certificate("smtp.ailleurs.example")
    with opened(tls=other.context) as office:
        account = office.account(security=Security.TLS, ca=other.authority)
        with pytest.raises(AccountError, match="au nom d'un autre serveur"):
            send(account)


def test_a_server_that_cannot_protect_the_line_is_told_nothing() -> None:
    with opened(Office(password="x")) as office:
        account = office.account(security=Security.STARTTLS, user="camille")
        with pytest.raises(AccountError, match="ne propose pas de chiffrement"):
            send(account, SECRET)
        assert office.logins == []


def test_a_clear_server_on_a_protected_port_is_told_nothing() -> None:
    with opened() as office, pytest.raises((AccountError, ReachError)):
        send(office.account(security=Security.TLS))


def test_a_wrong_password_is_refused_without_being_told() -> None:
    mine = certificate()
    with opened(Office(password="autre"), starttls=mine.context) as office:
        account = office.account(
            security=Security.STARTTLS, ca=mine.authority, user="camille"
        )
        with pytest.raises(AccountError, match="refuse votre nom") as told:
            send(account, SECRET)
        assert "535" in str(told.value)
        assert SECRET.get_secret_value() not in repr(told.value) + str(told.value)
        assert told.value.__cause__ is None
        assert office.taken == []


def test_no_password_is_asked_of_a_server_that_takes_none() -> None:
    with opened() as office:
        with pytest.raises(AccountError, match="ne demande pas de mot de passe"):
            send(office.account(user="camille"), SECRET)
        with pytest.raises(AccountError, match="manque"):
            send(office.account(user="camille"), None)
