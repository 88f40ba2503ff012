"""Bare Textual apps: what each bench of the screens compares `diag` with."""

EMPTY = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("pret a servir")
Bare().run()
"""
QUESTIONS = """
from textual.app import App
from textual.widgets import DataTable
class Bare(App):
    def compose(self):
        yield DataTable(cursor_type="row", zebra_stripes=True)
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("lieu", "question", "reponse", "etat")
        for n in range(200):
            table.add_row(f"salle {n}", f"question {n}", n, "connu")
        table.focus()
Bare().run()
"""
"""One row a question, as in the fiche one question follows another."""
ROOMS = """
from textual.app import App
from textual.widgets import DataTable
class Bare(App):
    def compose(self):
        yield DataTable(fixed_columns=1)
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("salle", *(f"question {n}" for n in range(32)))
        table.add_rows(
            (f"Classe {n}", *(f"reponse {n}" for _ in range(32))) for n in range(12)
        )
        table.move_cursor(column=1)
        table.focus()
Bare().run()
"""
"""Twelve rooms × their questions, as in the grille."""
