"""Where this machine keeps a Chromium: none is ever downloaded."""

import shutil
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

# The list under the address bar is a page of its own in each window: it costs as much as ours.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# What Playwright turns off by itself: of two such lists, the browser reads the last one.
_OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "Translate",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
LAUNCH = ("--no-sandbox", f"--disable-features={','.join((*UNSEEN, *_OFF))}")


def find_chromium() -> str | None:
    """The path of the first Chromium found."""
    on_path = (shutil.which(name) for name in _NAMES)
    return next(
        (found for found in (*on_path, *_MAC) if found and Path(found).exists()),
        None,
    )
