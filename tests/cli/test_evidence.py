"""`diag audit import-evidence`: read, told, proposed; accepted by its code."""

import json
import zipfile
from pathlib import Path

from tests.audit.builders import SCHOOL, workspace
from tests.cli.running import diag
from tests.imports import evidence_samples as samples


def test_evidence_is_read_then_accepted_at_the_prompt(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    workspace(desk).close()
    assert diag(desk, "audit", "start", SCHOOL).code == 0
    good, bad = tmp_path / "débit.json", tmp_path / "abîmé.json"
    good.write_bytes(samples.OOKLA)
    bad.write_bytes(b"{")
    words = ("audit", "import-evidence", SCHOOL)
    run = diag(desk, *words, str(good), str(bad))
    assert run.code == 0, run.err
    assert "débit.json : Ookla Speedtest 1.2, 4 mesures (empreinte " in run.out
    assert "4 nouvelles réponses proposées" in run.out
    assert "Refusé : abîmé.json" in run.err
    run = diag(desk, *words, str(good), "--json")
    assert json.loads(run.out)["offered"] == 0
    assert diag(desk, *words, str(bad)).code == 1

    run = diag(desk, "questionnaire", SCHOOL)
    assert "Débit descendant, en filaire, une mesure : 93" in run.out
    assert "4 réponses proposées" in run.out
    run = diag(desk, "questionnaire", SCHOOL, "--accept", "tout")
    assert "4 réponses" in run.out
    run = diag(desk, *words, str(tmp_path / "absent.json"))
    assert (run.code, run.err.count("absent.json"), run.out) == (1, 1, "")
    scan = tmp_path / "cp.txt"
    scan.write_bytes(samples.NETSH.encode("cp1252"))
    run = diag(desk, *words, str(scan))
    assert (run.code, "dites laquelle" in run.err) == (1, True)

    table = tmp_path / "parc.csv"
    table.write_text("Machine;Type;Chassis\nPC-1;Ordinateur;Portable\n", "cp1252")
    run = diag(desk, *words, str(table))
    assert run.code == 1
    assert '--columns "Machine=nom,Type=nature,Chassis=forme"' in run.err
    run = diag(desk, *words, str(table), "--columns", "Machine=nom, Chassis=forme")
    assert run.code == 0, run.err
    assert "1 appareil" in run.out
    again = tmp_path / "parc-2.csv"
    again.write_text("Machine;Type;Chassis\nPC-2;Ordinateur;Portable\n")
    assert diag(desk, *words, str(again)).code == 0
    run = diag(desk, "questionnaire", SCHOOL)
    assert "Nombre d'appareils : 2" in run.out

    assert diag(desk, "questionnaire", SCHOOL, "--accept", "tout").code == 0
    run = diag(desk, "export", "glpi", SCHOOL, "--out", str(tmp_path / "glpi"))
    assert run.code == 0, run.err
    fates = (tmp_path / "glpi" / "glpi-appareils.csv").read_text("utf-8-sig")
    assert "PC-1" in fates
    assert "rattaché à la fiche de ce nom" in fates
    with zipfile.ZipFile(tmp_path / "glpi" / "glpi-inventaire.zip") as files:
        sent = [json.loads(files.read(name)) for name in files.namelist()]
    assert {one["content"]["hardware"]["name"] for one in sent} >= {"PC-1", "PC-2"}
