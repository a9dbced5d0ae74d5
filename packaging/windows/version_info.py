"""What Windows shows of a program in its properties, and where the installer reads the version from. UNTESTED."""

from __future__ import annotations

from typing import Any


def version_info(version: str) -> Any:
    """PyInstaller's version resource for “1.2.0”. Only on Windows, where PyInstaller has what it takes."""
    from PyInstaller.utils.win32.versioninfo import (
        FixedFileInfo,
        StringFileInfo,
        StringStruct,
        StringTable,
        VarFileInfo,
        VarStruct,
        VSVersionInfo,
    )

    numbers = tuple((*(int(part) for part in version.split(".")), 0, 0, 0, 0)[:4])
    told = {
        "CompanyName": "The Sfumato authors",
        "FileDescription": "Sfumato",
        "FileVersion": version,
        "LegalCopyright": "The Sfumato authors, Apache License 2.0",
        "ProductName": "Sfumato",
        "ProductVersion": version,
    }
    english, unicode = 0x0409, 1200
    table = StringTable(f"{english:04x}{unicode:04x}", [StringStruct(name, text) for name, text in told.items()])
    return VSVersionInfo(
        ffi=FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[StringFileInfo([table]), VarFileInfo([VarStruct("Translation", [english, unicode])])],
    )
