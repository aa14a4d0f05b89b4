"""Files opened by LibreOffice itself: `make check-office`, where it is installed."""
