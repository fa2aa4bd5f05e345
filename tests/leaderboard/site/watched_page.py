"""A page in a browser, with everything that it must never do written down."""

from pathlib import Path
from urllib.parse import urlencode

from leaderboard.collection import Collection

READY = 'html[data-ready="yes"]'
"""Of the sample explorer: its data are there, and what the address asks for is shown."""


WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class WatchedPage:
    """A page of its own context: errors, dialogs and requests to elsewhere are remembered.

    `root` is the beginning of every address that it may ask for.
    """

    def __init__(self, browser, root, **options):
        self.root = root if isinstance(root, str) else f"{root.as_uri()}/"
        self.context = browser.new_context(**(WIDE | options))
        self.context.set_default_timeout(60_000)
        self.page = self.context.new_page()
        self.faults = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("dialog", self._dialog)
        self.context.on("request", self._request)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog):
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request):
        if not request.url.startswith(self.root):
            self.faults.append(f"request: {request.url}")

    def open(self, path):
        """Open a page of the site by its path; of the explorer, wait until it shows its samples."""
        self.unhurt()
        self.page.goto("about:blank")
        self.page.goto(self.root + path)
        if path.startswith("samples.html"):
            self.page.wait_for_selector(READY, state="attached")
        return self.page

    def check(self):
        """Nothing went wrong so far, and nothing that a record says has run."""
        assert self.faults == [], "\n".join(self.faults)
        self.unhurt()

    def unhurt(self):
        """Nothing that a record says has run in the page that is open."""
        assert self.page.evaluate("window.PWNED === undefined"), self.page.url

    def texts(self, selector):
        """The texts of all visible elements."""
        found = self.page.locator(selector).filter(visible=True)
        return [" ".join(text.split()) for text in found.all_inner_texts()]


def kinds(site: Path, collection: Collection, *, beside: tuple[str, str]) -> dict[str, str]:
    """A page of every kind by its name; `beside` are the names of the runs side by side."""
    one, other = (collection.run(name) for name in beside)
    at = f"{one.key}|mgsm|fr|0|mgsm/003"
    pairs = sorted((site / "matrix").iterdir())[0].name
    return {
        "ranking": "index.html",
        "experiments": "experiments/index.html",
        "experiment": f"experiments/{collection.reports[0].key}.html",
        "runs": "runs/index.html",
        "run": f"runs/{one.key}.html",
        "pairs": "matrix.html",
        "pair": f"matrix/{pairs}",
        "samples": "samples.html",
        "sample": f"samples.html#{urlencode({'at': at})}",
        "beside": f"samples.html#{urlencode({'run': one.key, 'with': other.key, 'at': at})}",
    }
