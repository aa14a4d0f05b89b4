"""Static files of a site in service: each name holds a digest of its content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Our scripts name the scripts that they import by their digests too: a phone that keeps some
    versions without network never mixes them with others.

    Django's own setting for this reads every script, and stumbles on comments of a library's.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "visits/*.js",
            (
                (
                    r"""(?P<matched>import (?P<what>[^"';]*)"(?P<url>\.[^"]+)";)""",
                    """import %(what)s"%(url)s";""",
                ),
            ),
        ),
    )
