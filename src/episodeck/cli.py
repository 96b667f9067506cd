"""The command line: thin commands over the library. Results go to stdout, messages to stderr.

This is the only place that prints and exits.
"""

from __future__ import annotations

import io
import json
import os
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .choices import By, CardsPerPage, Flip, PaperSize
from .errors import EpisodeckError, Problems, ProjectError

if TYPE_CHECKING:
    from .anki.connect import AnkiConnect
    from .build import Report
    from .project import Project
    from .sheets import Sheets
    from .writers.model import Estimate


class Status(IntEnum):
    """Exit statuses."""

    DONE = 0
    WRONG_INPUT = 1
    WRONG_USAGE = 2
    SOME_SKIPPED = 3
    INTERRUPTED = 130


app = typer.Typer(
    name="episodeck",
    help="Turns podcast and interview transcripts into Anki decks.\n\n"
    "Put transcripts into seeds/, run `episodeck build`, and import build/*.apkg into Anki. "
    "Cards can be edited in decks/; a rebuild keeps every edit.",
    epilog="Exit status: 0 done; 1 something was wrong with the input; 2 wrong usage; "
    "3 done, but some files were skipped; 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

ProjectOption = Annotated[
    Path, typer.Option("--project", help="The project folder.", show_default="this folder")
]
SeedsOption = Annotated[
    Path | None, typer.Option("--seeds", help="Folder of transcripts, instead of seeds/ in the project.")
]
DecksOption = Annotated[
    Path | None, typer.Option("--decks", help="Folder of card files, instead of decks/ in the project.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Folder for what is built, instead of build/ in the project.")
]
OnlyOption = Annotated[
    str | None,
    typer.Option(
        "--only",
        metavar="GLOB",
        help="Look only at transcripts whose path or name matches, such as '2025/*.vtt'.",
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs", min=1, metavar="N", help="Read so many transcripts at once.", show_default="the cores"
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Read transcripts on the Dask cluster of this scheduler, such as tcp://10.0.0.2:8786.",
        show_default="this machine",
    ),
]
AddressOption = Annotated[
    str | None,
    typer.Option("--anki", metavar="URL", help="Where AnkiConnect listens.", show_default="the setting"),
]
AnywhereOption = Annotated[
    bool, typer.Option("--anywhere", help="Allow an address that is not this machine.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Only show what would be done.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def main() -> None:
    """Run the command line; every error of the program's own becomes one line and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that lacks a letter is no fault
    try:
        status = app(prog_name="episodeck", standalone_mode=False)
        sys.stdout.flush()
    except (typer.Abort, KeyboardInterrupt):
        status = Status.INTERRUPTED
    except EpisodeckError as error:
        _complain(error)
        status = Status.WRONG_INPUT
    except BrokenPipeError:
        # Whoever read our output has had enough; Python would complain again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = Status.DONE
    except OSError as error:
        _say(f"{error.filename or 'the result'}: {error.strerror or error}")
        status = Status.WRONG_INPUT
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        error.show()  # wrong usage, as typer explains it
        status = Status.WRONG_USAGE
    if status == Status.INTERRUPTED:
        _say("interrupted; what is written is whole, and the next build goes on from it")
    sys.exit(int(status or 0))


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where.", show_default="this folder")
    ] = Path(),
) -> None:
    """Make a new project folder, with comments that explain it.

    Nothing that is already there is changed.
    """
    from .starting import start

    made = start(folder)
    for path in made:
        print(path)
    if not made:
        _say(f"{folder} is a project already; nothing to do")


@app.command()
def build(
    project: ProjectOption = Path(),
    seeds: SeedsOption = None,
    decks: DecksOption = None,
    out: OutOption = None,
    only: OnlyOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Read transcripts again that haven't changed.")
    ] = False,
    choices: Annotated[
        Path | None,
        typer.Option("--choices", metavar="FILE", help="Do to the cards what was chosen in the preview."),
    ] = None,
    writer: Annotated[
        str | None,
        typer.Option("--writer", metavar="NAME", help="Who writes the cards.", show_default="the setting"),
    ] = None,
    replacing: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="With another writer: take out the cards that were written before and you left as they were.",
        ),
    ] = False,
    limit_tokens: Annotated[
        int | None,
        typer.Option("--limit-tokens", min=1, metavar="N", help="Have a language model use at most so many."),
    ] = None,
    yes: YesOption = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1, not 3, if a file was skipped.")
    ] = False,
    jobs: JobsOption = None,
    scheduler: SchedulerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make cards from new and changed transcripts, and pack all cards for Anki.

    Reads seeds/, updates the card files in decks/, and writes build/. Ends with a table: for each
    episode its guests and how many cards are new, updated, kept as they were, or yours (your own
    and those you edited); then what was written. Cards you edited, added or deleted stay that way.

    A language model may write the cards, if the settings name one (`writer`, `writers`): before anything is sent,
    what goes where is shown, and you are asked. Every card of its is verified like the program's own.
    """
    if scheduler is not None and jobs is not None:
        raise typer.BadParameter("a cluster has its own workers", param_hint="--jobs with --scheduler")
    from .build import build as run
    from .project import find

    with _Progress(quiet=as_json) as progress:
        report = run(
            find(project, seeds, decks, out),
            only=only,
            force=force,
            jobs=jobs,
            scheduler=scheduler,
            choices=choices,
            writer=writer,
            replacing=replacing,
            limit_tokens=limit_tokens,
            ask=lambda estimate: _agree_to_send(estimate, yes),
            progress=progress,
        )
    _finish(report, strict, as_json)


@app.command()
def watch(
    project: ProjectOption = Path(),
    seeds: SeedsOption = None,
    decks: DecksOption = None,
    out: OutOption = None,
    quiet: Annotated[
        float,
        typer.Option(
            "--quiet", min=0.1, metavar="SECONDS", help="Build when nothing has changed for so long."
        ),
    ] = 2.0,
    jobs: JobsOption = None,
) -> None:
    """Build now, and again whenever transcripts, card files, templates or settings change.

    A file that is still being copied is waited for. What can't be built is said, and the next change
    tries again. Ctrl-C ends it.
    """
    from .build import build as run
    from .project import find
    from .showing import report_text
    from .watching import watch as run_watch

    place = find(project, seeds, decks, out)
    said: set[str] = set()
    first = True

    def once() -> None:
        nonlocal first
        with _Progress(quiet=False) as progress:
            report = run(place, jobs=jobs, progress=progress)
        if report.changed or first:
            print(report_text(report), flush=True)
        first = False
        complaints = {f"skipped: {error}" for error in report.skipped} | set(report.remarks)
        for complaint in sorted(complaints - said):
            _say(complaint)
        said.clear()
        said.update(complaints)

    _say(f"watching {place.seeds}; Ctrl-C ends it")
    run_watch(place, once, _complain, quiet)


@app.command()
def diff(
    project: ProjectOption = Path(),
    seeds: SeedsOption = None,
    decks: DecksOption = None,
    out: OutOption = None,
    only: OnlyOption = None,
    jobs: JobsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the program would have otherwise: what your wording holds back, and what a build would change.

    For every card file: proposals that what you wrote holds back, cards that a build would change or
    add, and cards that are no longer proposed but stay. Nothing is written.
    """
    from .differences import differences
    from .project import find
    from .showing import differences_dictionary, differences_text

    with _Progress(quiet=as_json) as progress:
        found = differences(find(project, seeds, decks, out), only=only, jobs=jobs, progress=progress)
    print(
        json.dumps(differences_dictionary(found), ensure_ascii=False, indent=1)
        if as_json
        else differences_text(found)
    )
    for error in found.skipped:
        _complain(error, "skipped: ")
    if found.skipped:
        raise typer.Exit(Status.SOME_SKIPPED)


@app.command()
def package(
    project: ProjectOption = Path(),
    decks: DecksOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pack the card files in decks/ for Anki; no transcript is read.

    Writes one package with everything, one for each guest and one for each topic.
    """
    from .build import package as run
    from .project import find

    _finish(run(find(project, None, decks, out)), False, as_json)


@app.command()
def push(
    project: ProjectOption = Path(),
    decks: DecksOption = None,
    out: OutOption = None,
    address: AddressOption = None,
    anywhere: AnywhereOption = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace also what you changed in Anki.")
    ] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last push back instead.")] = False,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Send the card files to a running Anki, through its add-on AnkiConnect.

    Shows what would be done, and asks. Anki writes a backup first. What you changed in Anki stays; what
    you deleted there isn't sent. A key of AnkiConnect's is taken from the variable EPISODECK_ANKI_KEY.
    """
    from . import syncing
    from .project import find
    from .syncing import text

    place = find(project, None, decks, out)
    client = _anki(place, address, anywhere)
    if undo:
        undone = syncing.undo(
            place, client, lambda u: _agree(text.undo_text(u), "Take it back?", yes, dry_run)
        )
        if undone and (as_json or undone.empty or yes):
            print(_json(text.as_dictionary(undone)) if as_json else text.undo_text(undone))
        return
    pushed = syncing.push(
        place,
        client,
        lambda plan: _agree(text.push_plan_text(plan), "Do this?", yes, dry_run),
        overwrite=overwrite,
    )
    if as_json:
        print(_json(text.as_dictionary(pushed)))
    elif pushed.done:
        print(text.pushed_text(pushed))
    elif pushed.plan.empty:
        print(text.push_plan_text(pushed.plan))
    if pushed.failed:
        _say(f"{len(pushed.failed)} cards are not in Anki as they should be: {', '.join(pushed.failed[:5])}")
        raise typer.Exit(Status.WRONG_INPUT)


@app.command()
def pull(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="An .apkg or .colpkg from Anki, instead of a running Anki."),
    ] = None,
    project: ProjectOption = Path(),
    decks: DecksOption = None,
    out: OutOption = None,
    address: AddressOption = None,
    anywhere: AnywhereOption = False,
    prefer_anki: Annotated[
        bool, typer.Option("--prefer-anki", help="Where both were changed, take what stands in Anki.")
    ] = False,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Bring what you did in Anki into the card files: edits, deletions, and what you suspended, flagged or tagged.

    From a running Anki with the add-on AnkiConnect, or from FILE, which Anki exported. Shows what would
    be done, and asks. A card counts as deleted only if it is gone from a whole collection that had it.
    """
    from . import syncing
    from .anki.exported import read_export
    from .project import find
    from .syncing import text

    place = find(project, None, decks, out)
    pulled = syncing.pull(
        place,
        read_export(file) if file else _anki(place, address, anywhere),
        lambda plan: _agree(text.pull_plan_text(plan), "Do this?", yes, dry_run),
        prefer_anki=prefer_anki,
    )
    if as_json:
        print(_json(text.as_dictionary(pulled)))
    elif pulled.done:
        print(text.pulled_text(pulled))
    elif pulled.plan.empty:
        print(text.pull_plan_text(pulled.plan))


def _anki(place: Project, address: str | None, anywhere: bool) -> AnkiConnect:
    from .anki.connect import KEY_VARIABLE, AnkiConnect
    from .settings import load

    where = address or load(place.settings_file).anki
    return AnkiConnect(where, os.environ.get(KEY_VARIABLE) or None, anywhere)


def _agree(plan: str, question: str, yes: bool, dry_run: bool) -> bool:
    """Whether to go on: the plan is shown, and whoever sits there is asked."""
    for line in plan.splitlines():
        print(_plain(line), file=sys.stderr)
    if yes or dry_run:
        return yes and not dry_run
    if not sys.stdin.isatty():
        raise ProjectError("nobody is here to ask; nothing was done", mend="add --yes to go on, or --dry-run")
    return typer.confirm(question, err=True)


def _agree_to_send(estimate: Estimate, yes: bool) -> bool:
    """Whether a model may be sent what is still to be asked: it is shown, and whoever sits there is asked."""
    for line in str(estimate).splitlines():
        print(_plain(line), file=sys.stderr)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "nobody is here to ask; nothing was sent. Add it to go on", param_hint="--yes"
        )
    return typer.confirm("Go on?", err=True)


def _json(of: object) -> str:
    return json.dumps(of, ensure_ascii=False, indent=1)


@app.command()
def adopt(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Proposals, in the form that the brief asks for.")
    ],
    project: ProjectOption = Path(),
    seeds: SeedsOption = None,
    decks: DecksOption = None,
    out: OutOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Verify only; nothing is written.")] = False,
    replacing: Annotated[
        bool,
        typer.Option(
            "--replace",
            help="Take out the episode's other cards that the program made and you left as they were.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take cards that your own agent proposed: each is verified, and what passes is merged into the card file.

    `episodeck brief EPISODE` writes what the agent needs. Each proposal that doesn't pass is told with its line, the
    rule that it breaks and what would mend it; put it right and adopt the file again. Cards that you edited stay
    as you have them. `episodeck build` packs the cards afterwards.
    """
    from .project import find
    from .showing import adopted_dictionary, adopted_text
    from .writers.adopting import adopt as run

    adopted = run(find(project, seeds, decks, out), file, dry_run=dry_run, replacing=replacing)
    print(_json(adopted_dictionary(adopted)) if as_json else _plain_lines(adopted_text(adopted)))
    if adopted.outcome.refused:
        raise typer.Exit(Status.SOME_SKIPPED if adopted.outcome.cards else Status.WRONG_INPUT)


@app.command()
def sheets(
    project: ProjectOption = Path(),
    decks: DecksOption = None,
    out: OutOption = None,
    by: Annotated[
        list[By] | None,
        typer.Option("--by", help="A sheet for each; may be given more than once.", show_default="as set"),
    ] = None,
    paper: Annotated[
        PaperSize | None, typer.Option("--paper", case_sensitive=False, help="Size.", show_default="as set")
    ] = None,
    cards_per_page: Annotated[
        CardsPerPage | None,
        typer.Option("--cards-per-page", help="Cards to cut out on a page.", show_default="as set"),
    ] = None,
    flip: Annotated[
        Flip | None,
        typer.Option(
            "--flip",
            help="How the printer turns the paper for the backs of cards; fold for cards that are folded.",
            show_default="as set",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Make review sheets and cards to cut out, from the card files in decks/.

    Each comes as a PDF and as a web page, in build/sheets: a sheet with questions on the left and answers
    on the right, and beside it, as NAME.cards.pdf, its cards with their backs.
    """
    from .build import print_sheets as run
    from .project import find

    choices = {
        "sheets": list(map(str, by)) if by else None,
        "paper": paper,
        "cards_per_page": int(cards_per_page) if cards_per_page else None,
        "flip": flip,
    }
    report = run(find(project, None, decks, out), {k: v for k, v in choices.items() if v is not None})
    _finish_sheets(report, as_json)


@app.command()
def preview(
    project: ProjectOption = Path(),
    decks: DecksOption = None,
    out: OutOption = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the page in the web browser.")] = False,
) -> None:
    """Write a page on which all cards can be looked through, and say where it is.

    The page is build/preview/index.html, of a large collection with others beside it in pages/, and needs
    no server and no network. Cards can be
    kept, dropped and edited there; `episodeck build --choices FILE` then does so to the card files.
    """
    from .build import write_preview as run
    from .project import find

    page = run(find(project, None, decks, out)).path
    print(page)
    if open_it:
        import webbrowser

        if not webbrowser.open(page.resolve().as_uri()):
            _say(f"there is no web browser to open it with; open {page} yourself")


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A transcript.")],
    project: ProjectOption = Path(),
    as_json: JsonOption = False,
) -> None:
    """Show how one transcript is understood: people, topics, who says what, and its cards.

    Nothing is written. With the settings of the project, if there are any.
    """
    from .project import find
    from .showing import as_dictionary, as_text
    from .understanding import inspect as run

    understood = run(find(project), file)
    print(
        json.dumps(as_dictionary(understood), ensure_ascii=False, indent=1)
        if as_json
        else as_text(understood)
    )


@app.command()
def brief(
    episode: Annotated[
        str,
        typer.Argument(
            metavar="EPISODE", help="An episode's id, its card file, or its transcript in seeds/."
        ),
    ],
    project: ProjectOption = Path(),
    seeds: SeedsOption = None,
    decks: DecksOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write it.", show_default="standard output"),
    ] = None,
    cards: Annotated[
        int | None,
        typer.Option(
            "--cards", min=1, metavar="N", help="Ask for so many cards.", show_default="by its length"
        ),
    ] = None,
) -> None:
    """Write all that your own agent needs to write cards for one episode, as one Markdown text.

    It has the episode in numbered sentences, what makes a card good, examples, the form of the answer, and
    what to run with it. Nothing is sent anywhere, and nothing but FILE is written.
    """
    from .project import find
    from .writers.briefs import brief_of, write_brief

    text = brief_of(find(project, seeds, decks), episode, cards)
    if out is None:
        print(text, end="")
        return
    write_brief(out, text)
    print(out)


@app.command()
def compare(
    episode: Annotated[
        str | None,
        typer.Argument(
            metavar="[EPISODE]",
            help="An episode's id, its card file, or its transcript in seeds/.",
            show_default=False,
        ),
    ] = None,
    project: ProjectOption = Path(),
    seeds: SeedsOption = None,
    decks: DecksOption = None,
    writers: Annotated[
        list[str] | None,
        typer.Option(
            "--writer",
            metavar="NAME",
            help="Give it twice: builtin, agent, or a language model of the settings.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Where to write the page.",
            show_default="build/compare/EPISODE.html",
        ),
    ] = None,
    choices: Annotated[
        Path | None,
        typer.Option("--choices", metavar="FILE", help="Print what was chosen on the page instead."),
    ] = None,
    limit_tokens: Annotated[
        int | None,
        typer.Option("--limit-tokens", min=1, metavar="N", help="Have a language model use at most so many."),
    ] = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare two writers blindly: the cards of both for one episode, mixed and unmarked on one page.

    There, keep, edit or drop each, and say which is better where both ask about the same; then save your choices.
    `episodeck compare --choices FILE` tells whose cards they were. The card file stays as it is.
    """
    from dataclasses import asdict

    from .project import find

    if choices is not None:
        if episode is not None or writers:
            raise typer.BadParameter("is for itself: leave out EPISODE and --writer", param_hint="--choices")
        from .comparing import result
        from .showing import comparison_text

        found = result(find(project, seeds, decks), choices)
        print(_json(asdict(found)) if as_json else _plain_lines(comparison_text(found)))
        return
    if episode is None:
        raise typer.BadParameter("is missing", param_hint="EPISODE")
    if len(writers or ()) != 2 or len({*(writers or ())}) != 2:
        raise typer.BadParameter("name two of them, each with --writer", param_hint="--writer")
    from .comparing import compare as run

    first, second = writers or ("", "")
    compared = run(
        find(project, seeds, decks),
        episode,
        (first, second),
        out,
        ask=lambda estimate: _agree_to_send(estimate, yes),
        limit_tokens=limit_tokens,
    )
    print(_json({**asdict(compared), "page": str(compared.page)}) if as_json else compared.page)
    for remark in compared.remarks:
        _say(remark)


@app.command()
def mcp(
    project: ProjectOption = Path(),
    seeds: SeedsOption = None,
    decks: DecksOption = None,
    out: OutOption = None,
) -> None:
    """Serve the project to your own agent, over the Model Context Protocol on stdin and stdout.

    The agent's program starts this by itself, as its settings say: docs/agents.md shows how. It lets the agent list
    and read episodes, have cards verified and merged, and list, edit and delete cards; nothing outside the project can be
    reached. Needs an extra: pip install 'episodeck[mcp]'.
    """
    from .project import find
    from .serving import serve

    place = find(project, seeds, decks, out)
    if sys.stdin.isatty():
        _say("waiting for an agent on stdin, whose program should start this by itself; Ctrl-C ends it")
    serve(place)


@app.command()
def check(
    project: ProjectOption = Path(),
    decks: DecksOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="List all, also where more than a hundred are summed up.")
    ] = False,
) -> None:
    """Look for problems in settings, card files and templates, and advise on cards.

    Every problem is one line with file, line and mend; exit status 1 if there are any. Advice on the
    wording of cards doesn't change the exit status. Nothing is written.
    """
    from .checking import check as run
    from .project import find
    from .showing import advice_lines, problem_lines

    found = run(find(project, None, decks))
    for line in [f"advice: {one}" for one in found.advice] if everything else advice_lines(found.advice):
        print(line)
    if found.problems:
        for line in map(str, found.problems) if everything else problem_lines(found.problems):
            _say(line)
        raise typer.Exit(Status.WRONG_INPUT)
    files = "1 card file" if found.files == 1 else f"{found.files} card files"
    print(f"no problems: {files}, {found.cards} card{'' if found.cards == 1 else 's'}")


@app.command()
def taste(project: ProjectOption = Path(), decks: DecksOption = None, as_json: JsonOption = False) -> None:
    """Show what moves the choice of cards: the settings, and what your card files taught.

    Cards you delete, reword or write yourself move the choice a little, in transcripts read from then on
    (`episodeck build --force` reads all). The setting `learn_taste: false` turns that off.
    """
    from .project import find
    from .showing import taste_dictionary, taste_text
    from .understanding import taste_of as run

    settings, learned = run(find(project, None, decks))
    print(
        json.dumps(taste_dictionary(learned, settings), ensure_ascii=False, indent=1)
        if as_json
        else taste_text(learned, settings)
    )


def version(show: bool) -> None:
    if show:
        from . import __version__

        print(f"episodeck {__version__}")
        raise typer.Exit


@app.callback()
def common(
    show_version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Turns podcast and interview transcripts into Anki decks."""


class _Progress:
    """What is being done, on one line of stderr; nothing where that isn't a terminal."""

    def __init__(self, quiet: bool):
        self.shown = not quiet and sys.stderr.isatty()

    def __enter__(self) -> _Progress:
        return self

    def __call__(self, what: str, done: int, total: int) -> None:
        if self.shown and total:
            sys.stderr.write(f"\r\x1b[K{what}: {done} of {total}")
            sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self.shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _finish_sheets(report: Sheets, as_json: bool) -> None:
    from .showing import sheet_lines

    if as_json:
        print(
            json.dumps([{"path": str(p.path), "outcome": str(p.outcome)} for p in report.written], indent=1)
        )
    else:
        print("\n".join(sheet_lines(report.written)) or "nothing has changed; nothing was written")
    for remark in report.remarks:
        _say(remark)


def _finish(report: Report, strict: bool, as_json: bool) -> None:
    from .showing import report_dictionary, report_text

    print(
        json.dumps(report_dictionary(report), ensure_ascii=False, indent=1)
        if as_json
        else report_text(report)
    )
    for error in report.skipped:
        _complain(error, "skipped: ")
    for remark in report.remarks:
        _say(remark)
    if report.skipped:
        raise typer.Exit(Status.WRONG_INPUT if strict else Status.SOME_SKIPPED)


def _say(message: str) -> None:
    print(f"episodeck: {_plain(message)}", file=sys.stderr)


def _complain(error: EpisodeckError, before: str = "") -> None:
    for problem in error.problems if isinstance(error, Problems) else (error,):
        _say(before + str(problem))


def _plain_lines(text: str) -> str:
    return "\n".join(map(_plain, text.splitlines()))


def _plain(message: str) -> str:
    """Without control characters, which file names and transcripts may hold."""
    return "".join(c if c.isprintable() else "�" for c in message)
