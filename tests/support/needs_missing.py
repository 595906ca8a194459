"""A command whose own import fails, as if a package had not been installed."""

import a_package_that_nobody_installed  # noqa: F401
