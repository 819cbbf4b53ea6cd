"""CycloneDX 1.5 bill of materials of what a run installs, from requirements.txt alone: names, versions, hashes.

`python tools/sbom.py > sbom.cdx.json`. The same requirements give the same bytes: no time stamp, no serial number.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def pins(requirements: Path) -> dict[str, tuple[str, list[str]]]:
    """Name to version and SHA-256 digests of a file of pip-compile. Raises ValueError for a package without both."""
    found: dict[str, tuple[str, list[str]]] = {}
    name = ""
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            pin = _PIN.match(line)
            if not pin:
                raise ValueError(f"{requirements.name}: no pinned version in {line!r}")
            name = re.sub(r"[-_.]+", "-", pin[1]).lower()
            found[name] = (pin[2], [])
        if name:
            found[name][1].extend(_HASH.findall(line))
    bare = [name for name, (_, hashes) in found.items() if not hashes]
    if bare or not found:
        raise ValueError(f"{requirements.name}: without a hash: {', '.join(bare) or 'everything'}")
    return found


def bill(requirements: Path, version: str) -> dict[str, Any]:
    """The bill as plain values. A component's hashes are of all its files (wheels by platform, source) in the lock."""
    components = [
        {
            "type": "library",
            "bom-ref": f"pkg:pypi/{name}@{pinned}",
            "name": name,
            "version": pinned,
            "purl": f"pkg:pypi/{name}@{pinned}",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in sorted(hashes)],
        }
        for name, (pinned, hashes) in sorted(pins(requirements).items())
    ]
    own = f"pkg:generic/acquired@{version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "acquired",
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": components,
        "dependencies": [{"ref": own, "dependsOn": [component["bom-ref"] for component in components]}],
    }


def main() -> None:
    """Print the bill."""
    version = re.search(r'__version__ = "([^"]+)"', (ROOT / "scripts/acquired/__init__.py").read_text(encoding="utf-8"))
    if not version:
        raise SystemExit("scripts/acquired/__init__.py has no __version__")
    json.dump(bill(ROOT / "requirements.txt", version[1]), sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
