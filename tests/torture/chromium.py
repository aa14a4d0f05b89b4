"""A Chromium that outlives many schedules, and its own death when a schedule asks for it."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType

from tests.browser.chromium import UNSEEN

PATIENCE = 30  # seconds
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-back-forward-cache",
    "--disable-sync",
    # Nobody looks: what is drawn, the window around the page most of all, and what serves other
    # sites, would take half the processor.
    "--disable-gpu",
    "--kiosk",
    "--window-size=360,360",
    "--disable-software-rasterizer",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-default-apps",
    # One process for all tabs of the site, none held ready for another: three times quicker.
    "--process-per-site",
    f"--disable-features={','.join((*UNSEEN, 'SpareRendererForSitePerProcess', 'Translate'))}",
    "--disable-field-trial-config",
    "--remote-debugging-port=0",
)
# What a new phone has not; the kept page and its files may stay.
FORGOTTEN = "cookies,indexeddb,local_storage"


class Chromium:
    """A browser in processes of its own, with a profile on disk."""

    def __init__(self, program: str, kind: BrowserType) -> None:
        self._program, self._kind = program, kind
        self._profile = Path(tempfile.mkdtemp(prefix="bv-profile-"))
        self._process: subprocess.Popen | None = None
        self.context: BrowserContext = self.open()

    def open(self) -> BrowserContext:
        """Start it, and give the windows of its profile."""
        self._process = subprocess.Popen(
            [self._program, *OPTIONS, f"--user-data-dir={self._profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        for line in self._process.stderr:
            if line.startswith("DevTools listening on "):
                # Left unread, its log would fill the pipe and stop it.
                threading.Thread(target=self._process.stderr.read, daemon=True).start()
                self.context = self._kind.connect_over_cdp(line.split()[-1]).contexts[0]
                return self.context
        raise RuntimeError("Chromium ended before it listened.")

    def forget(self, origin: str, empty: str) -> None:
        """As if no one had been on this site with it; one tab is left, on its page `empty`."""
        kept, *others = self.context.pages
        for page in others:
            page.close()
        kept.goto(f"{origin}{empty}")  # same site, same process: nothing to start again
        devtools = self.context.new_cdp_session(kept)
        asked = {"origin": origin, "storageTypes": FORGOTTEN}
        devtools.send("Storage.clearDataForOrigin", asked)
        devtools.detach()
        self.context.clear_cookies()

    def kill_tabs(self) -> None:
        """kill -9 of the process behind the tabs and the service worker; the browser lives on."""
        kept, *others = self.context.pages
        devtools = self.context.browser.new_browser_cdp_session()
        processes = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        with kept.expect_event("crash", timeout=PATIENCE * 1000):
            for one in processes:
                if one["type"] == "renderer":
                    os.kill(one["id"], signal.SIGKILL)
        devtools.detach()
        self.context.new_page()  # a browser without a tab would end
        for page in (kept, *others):
            page.close()

    def kill(self) -> None:
        """kill -9 of the browser and all its processes."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def close(self) -> None:
        """Kill it and forget its profile."""
        if self._process.poll() is None:
            self.kill()
        shutil.rmtree(self._profile, ignore_errors=True)
