"""Commands as a person types them: what is printed, what is kept, how it ends."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from diag.audit.visit import VisitSession
from diag.journal import connection
from diag.office.imports import import_file
from tests.audit.audited import closed_workspace
from tests.audit.builders import DAY, OTHER, SCHOOL, started, territory, workspace
from tests.cli.running import Run, diag, diag_apart

HOSTILE = [
    "[/",
    "[a[0]]",
    "=1+1",
    "<script>alert(1)</script>",
    "| a | b",
    '"]',
    "é̀ à combiner",
    "\u05d0\u05d1\u05d2",
    "x" * 10_000,
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with the invented schools and one audit opened."""
    with workspace(tmp_path / "home") as made:
        started(made)
    return tmp_path / "home"


def done(run: Run) -> str:
    assert run.code == 0, run.err
    return run.out


def refused(run: Run) -> str:
    assert run.code == 1, run.out
    assert "Traceback" not in run.err
    return run.err


@pytest.mark.long  # the gate types what the README does, in `test_set_up`
def test_a_new_user_goes_from_the_official_list_to_four_reports(
    tmp_path: Path,
) -> None:
    home = tmp_path / "neuf"
    done(diag(home, "init", "--author", "Camille Perrin", "--campaign", "2026-2027"))
    told = done(diag(home, "import", "annuaire", str(territory().annuaire)))
    assert "40 ajoutées" in told
    assert SCHOOL in done(diag(home, "schools", "marronniers"))
    done(diag(home, "audit", "start", SCHOOL))
    for room in ("Classe CP", "Classe CE1"):
        done(diag(home, "audit", "place", SCHOOL, "add", "salle", room))
        place = ("--place", room)
        done(diag(home, "audit", "answer", SCHOOL, "type_salle", "classe", *place))
    done(diag(home, "audit", "close-places", SCHOOL, "salle"))
    done(diag(home, "audit", "visit", SCHOOL, "--date", "2026-10-05", "--met", "X"))
    answer = ("audit", "answer", SCHOOL, "acces_internet", "oui")
    assert "oui" in done(diag(home, *answer))
    assert "Ensemble" in done(diag(home, "score", SCHOOL))
    assert "Une prise réseau" in done(diag(home, "why", SCHOOL, "prise-par-classe"))

    printed = diag(home, "report", SCHOOL, "--out", str(tmp_path / "r"))

    assert len(done(printed).splitlines()) == 16
    assert "Provisoire" in printed.err
    assert "Marronniers" in (
        tmp_path / "r" / f"{SCHOOL}-2026-2027" / "mairie.md"
    ).read_text(encoding="utf-8")


def test_answers_in_bulk_are_acknowledged_or_refused_line_by_line(home: Path) -> None:
    lines = [
        '{"question": "nb_classes", "value": 6}',
        "",
        '{"question": "nb_clases", "value": 6}',
        "pas du json",
        '{"question": "debit_descendant", "value": 0.75, "sure": true}',
        '{"question": "debit_descendant", "value": 5000}',
        '{"question": "acces_internet", "state": "refused", "reason": "pas le temps"}',
        '{"question": "nb_classes", "valeur": 6}',
        "x" * 70_000,
        '{"question": "nb_batiments", "value": "2"}',
        '{"question": "nb_classes", "value": 6, "state": "unknown"}',
    ]

    run = diag(home, "audit", "answer", SCHOOL, "-", stdin="\n".join(lines))

    told = [json.loads(line) for line in run.out.splitlines()]
    assert run.code == 1
    assert [one["line"] for one in told if "revision" in one] == [1, 5, 7, 10]
    errors = {one["line"]: one["error"] for one in told if "error" in one}
    assert sorted(errors) == [3, 4, 6, 8, 9, 11]
    assert "Retirez la valeur" in errors[11]
    assert "Vouliez-vous dire nb_classes" in errors[3]
    assert "paraît élevé" in errors[6]
    assert "valeur" in errors[8]
    status = json.loads(done(diag(home, "audit", "status", SCHOOL, "--json")))
    assert status["answers"] == 5


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("audit", "start", "9990148H"), "(G attendu)"),
        (("audit", "start", SCHOOL, "--campaign", "x/../../y"), "Campagne"),
        (("report", SCHOOL, "--campaign", "x/../../y"), "Campagne"),
        (("audit", "start", "9990149H"), "inconnue dans ce territoire"),
        (("score", "9990211A"), "diag audit start 9990211A"),
        (("audit", "answer", SCHOOL, "nb_clases", "3"), "nb_classes"),
        (("audit", "answer", SCHOOL, "type_salle", "classe"), "add salle"),
        (
            ("audit", "answer", SCHOOL, "nb_classes", "3", "--place", "X"),
            "« X » inconnu",
        ),
        (
            ("audit", "answer", SCHOOL, "nb_classes", "3", "--state", "refused"),
            "Retirez la valeur",
        ),
        (("audit", "place", SCHOOL, "add", "salle", "  "), "vide"),
        (
            ("audit", "place", SCHOOL, "remove", "Ecole primaire Les Marronniers"),
            "sujet",
        ),
        (("audit", "follow", SCHOOL, "rien", "faite"), "inconnue"),
        (("audit", "erase", SCHOOL, "0" * 64, "--reason", "x", "--yes"), "inconnue"),
        (("audit", "import", "absent.json"), "existe pas"),
        (("audit", "undo", SCHOOL), "Rien à annuler"),
        (("import", "annuaire", "absent.csv"), "introuvable"),
        (("restore", "absent.db"), "absent.db"),
        (("why", SCHOOL, "debit-suffisant"), "debit-descendant"),
        (("check", "absent"), "n'est pas un dossier"),
        (("init", "--author", "X"), "existe déjà"),
    ],
)
def test_a_refusal_is_a_sentence_with_a_way_out(
    home: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in refused(diag(home, *words))


def test_a_wrong_command_line_ends_with_2_in_french(home: Path) -> None:
    for words in (("scor",), ("score",), ("score", "--zzz"), ("audit", "status")):
        run = diag(home, *words)
        assert run.code == 2
        assert "Usage :" in run.err


def test_without_a_workspace_the_first_command_says_how_to_make_one(
    tmp_path: Path,
) -> None:
    assert "diag init" in refused(diag(tmp_path, "schools"))
    assert list(tmp_path.iterdir()) == []


def test_hostile_text_comes_back_letter_for_letter(home: Path) -> None:
    names = [f"{text[:190]} {number}" for number, text in enumerate(HOSTILE)]
    # The first words go through the system, as those that a shell passes.
    first = ("audit", "place", SCHOOL, "add", "salle", " ".join(HOSTILE[:-1]))
    done(diag_apart(home, *first))
    for name in names:
        done(diag(home, "audit", "place", SCHOOL, "add", "salle", name))
    told = [{"question": "nb_classes", "value": 1, "note": text} for text in HOSTILE]
    lines = "\n".join(json.dumps(one) for one in told)
    done(diag(home, "audit", "answer", SCHOOL, "-", stdin=lines))

    places = json.loads(done(diag(home, "audit", "place", SCHOOL, "list", "--json")))
    history = json.loads(done(diag(home, "audit", "history", SCHOOL, "--json")))
    asked = ("--audience", "technique", "--format", "md", "--out", str(home / "r"))
    done(diag(home, "report", SCHOOL, *asked))

    shown = [place["name"] for place in places]
    assert shown[-len(names) - 1 :] == [" ".join(HOSTILE[:-1]), *names]
    assert [one["said"] for one in history if one["said"] in HOSTILE] == HOSTILE


def test_control_characters_are_dropped_at_entry(home: Path) -> None:
    line = json.dumps({"question": "nb_classes", "value": 1, "note": "a\x00b\x1b[31mc"})

    done(diag(home, "audit", "answer", SCHOOL, "-", stdin=line))

    history = json.loads(done(diag(home, "audit", "history", SCHOOL, "--json")))
    assert history[-1]["said"] == "ab[31mc"


def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "diag.db"
    path.write_bytes(b"pas une base" * 100)

    assert "n'est pas un journal" in refused(diag(tmp_path, "schools"))
    assert path.read_bytes() == b"pas une base" * 100


def test_a_newer_workspace_opens_read_only_and_says_so(home: Path) -> None:
    with closing(sqlite3.connect(home / "diag.db")) as connection:
        connection.execute(
            "insert into _sqlite_migrations(migration_set, name, applied_at) "
            "select migration_set, 'm999_du_futur', applied_at "
            "from _sqlite_migrations limit 1"
        )
        connection.commit()

    read = diag(home, "audit", "status", SCHOOL)
    written = diag(home, "audit", "answer", SCHOOL, "nb_classes", "4")

    assert read.code == 0
    assert "plus récente" in read.err
    assert "plus récente" in refused(written)


def test_a_locked_workspace_says_who_may_hold_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection._ALWAYS, "busy_timeout", 1)
    with closing(sqlite3.connect(home / "diag.db", isolation_level=None)) as holder:
        holder.execute("begin immediate")
        run = diag(home, "audit", "answer", SCHOOL, "nb_classes", "4")

    assert "autre fenêtre de diag" in refused(run)


def test_a_damaged_edition_is_told_and_nothing_is_lost(home: Path) -> None:
    with closing(sqlite3.connect(home / "diag.db")) as connection:
        connection.execute("delete from edition")
        connection.commit()

    assert "n'est pas sur cet ordinateur" in refused(diag(home, "score", SCHOOL))
    assert "en cours" in done(diag(home, "audit", "list"))


def test_audits_are_listed_by_campaign_then_by_what_is_to_be_done(home: Path) -> None:
    done(diag(home, "audit", "start", SCHOOL, "--campaign", "2024-2025"))
    done(diag(home, "audit", "start", OTHER))
    done(diag(home, "audit", "status", OTHER, "--set", "soumis"))
    rows = done(diag(home, "audit", "list")).splitlines()
    assert [row.split()[0] for row in rows] == [SCHOOL, OTHER, SCHOOL]
    assert "2024-2025" in rows[-1]


def test_a_backup_is_restored_and_the_present_file_set_aside(home: Path) -> None:
    done(diag(home, "audit", "answer", SCHOOL, "nb_classes", "4"))
    told = done(diag(home, "backup", "--to", str(home / "copies")))
    copy = Path(told.split(" : ", 1)[1].strip())
    done(diag(home, "audit", "answer", SCHOOL, "nb_classes", "5"))

    restored = done(diag(home, "restore", str(copy)))

    assert "est gardée" in restored
    assert "Vous y signez « " in restored  # on another laptop, somebody else does
    said = json.loads(done(diag(home, "audit", "history", SCHOOL, "--json")))
    assert [one["said"] for one in said if "nb_classes" in one["subject"]] == [
        "4\N{NO-BREAK SPACE}classes"
    ]


def test_an_audit_travels_as_a_file(home: Path, tmp_path: Path) -> None:
    done(diag(home, "audit", "answer", SCHOOL, "nb_classes", "4"))
    done(diag(home, "audit", "export", SCHOOL, str(tmp_path / "a.json")))
    done(diag(tmp_path / "b", "init", "--author", "B", "--campaign", "2026-2027"))

    told = done(diag(tmp_path / "b", "audit", "import", str(tmp_path / "a.json")))

    assert "4 modifications en plus" in told


def test_json_is_stable(home: Path) -> None:
    done(diag(home, "audit", "visit", SCHOOL, "--date", str(DAY)))
    score = json.loads(done(diag(home, "score", SCHOOL, "--json")))
    why = json.loads(done(diag(home, "why", SCHOOL, "prise-par-classe", "--json")))

    assert set(score) == {
        *("subject", "uai", "name", "commune"),
        *("campaign", "digest", "edition", "conflicts"),
        *("overall", "socle", "dangers", "domains", "criteria"),
        *("advice", "basket", "due"),
    }
    assert set(score["overall"]) == {"standing", "bounds", "completeness"}
    assert set(why) == {
        *("criterion", "result", "places", "sources", "visit_date"),
    }


def test_completion_scripts_are_written_for_each_shell(home: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert "_DIAG_COMPLETE" in done(diag(home, "completion", shell))


def test_a_council_decides_a_vote_and_the_list_says_so(tmp_path: Path) -> None:
    closed_workspace(tmp_path / "home").close()
    home, council = tmp_path / "home", ("--on", "05/10/2026")
    told = refused(diag(home, "audit", "decide", SCHOOL, "1", "ajourne", *council))
    assert "--due JJ/MM/AAAA" in told
    put_off = ("ajourne", *council, "--due", "01/09/2027")
    told = done(diag(home, "audit", "decide", SCHOOL, "1", *put_off))
    words = "ajournée le 5 octobre 2026, reportée au 1er septembre 2027"
    assert words in told
    assert f"diag audit undo {SCHOOL}" in told
    assert f"→ {words}" in done(diag(home, "audit", "votes", SCHOOL))
    first, second, *_ = votes_printed(home)
    assert first["state"] == "proposee"
    assert first["steps"] == {
        ident: {
            "state": "proposee",
            "on": "2026-10-05",
            "by": "conseil municipal",
            "why": "",
            "due": "2027-09-01",
        }
        for ident in first["actions"]
    }
    assert (second["state"], second["steps"]) == (None, {})
    assert "avant le 01/09/2027" in done(diag(home, "audit", "history", SCHOOL))
    done(diag(home, "audit", "undo", SCHOOL))
    assert votes_printed(home)[0]["steps"] == {}
    third = diag(home, "audit", "decide", SCHOOL, "2", "oui", *council)
    assert "votée le 5 octobre 2026" in done(third)
    assert votes_printed(home)[1]["state"] == "decidee"

    done(diag(home, "settings", "--campaign", "2027-2028"))
    past = ("--campaign", "2026-2027")
    told = done(diag(home, "audit", "decide", SCHOOL, "3", "oui", *council, *past))
    shown = told.split("diag ", 1)[1].split()
    assert shown == ["audit", "undo", SCHOOL, *past], "that audit, not another"
    done(diag(home, *shown))


def votes_printed(home: Path) -> list[dict[str, Any]]:
    printed = json.loads(done(diag(home, "audit", "votes", SCHOOL, "--json")))
    votes: list[dict[str, Any]] = printed["votes"]
    return votes


def test_an_answer_that_a_check_doubts_wants_sure_and_a_reason(tmp_path: Path) -> None:
    with workspace(tmp_path) as made:
        import_file(made, "effectifs", territory().effectifs)
        walk = VisitSession(started(made)).walk
    (files,) = (leg.stops for leg in walk.legs if leg.key == "fichier")
    back = [stop.is_left for stop in files].index(True) - 1
    say = ("audit", "answer", SCHOOL, "nb_classes", "22")
    told = diag(tmp_path, *say)
    assert told.code != 0
    assert "l'annuaire en dit 6" in told.err
    assert '--sure --reason "…"' in told.err
    assert diag(tmp_path, *say, "--sure").code != 0
    assert "= 22" in done(diag(tmp_path, *say, "--sure", "--reason", "fusion"))
    lines = '{"question": "nb_classes", "value": 21}\n'
    told = diag(tmp_path, "audit", "answer", SCHOOL, "-", stdin=lines)
    assert "annuaire en dit 6" in told.out
    run = diag(
        tmp_path, "visit", SCHOOL, "--text", stdin=VISIT.format(":retour\n" * back)
    )
    assert "Tapez = et la raison" in run.out
    assert "Enregistré. Nombre de classes" in run.out


VISIT = ":lieu fichiers\n{}23\n= deux écoles réunies\n:fin\n"
