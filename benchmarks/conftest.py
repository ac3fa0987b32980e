"""What is timed is the package as it is, without the check of its annotations."""

import checked_annotations

checked_annotations.uninstall()
