; Inno Setup 6: `iscc packaging\windows\sfumato.iss` after `py packaging\bundle.py`. UNTESTED: nobody has run it yet.
; Installs for one person, without administrator's rights. Pictures and conversations stay when it is removed.
#define Program SourcePath + "..\..\dist\sfumato\sfumato.exe"
#define Version GetStringFileInfo(Program, PRODUCT_VERSION)

[Setup]
AppId={{7C1E5C39-6F0B-4D43-9B0D-51F5A7A3C2E4}
AppName=Sfumato
AppVersion={#Version}
VersionInfoVersion={#Version}
MinVersion=10.0.17763
AppPublisher=The Sfumato authors
DefaultDirName={autopf}\Sfumato
DefaultGroupName=Sfumato
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
LicenseFile=..\..\LICENSE
SetupIconFile=..\..\build\packaging\icons\sfumato.ico
UninstallDisplayIcon={app}\sfumato.exe
OutputDir=..\..\dist
OutputBaseFilename=sfumato-{#Version}-windows-x64
Compression=lzma2/max
SolidCompression=yes
ChangesAssociations=yes
; Signed where a certificate is set up: iscc "/Ssign=signtool.exe sign /fd sha256 /tr URL /td sha256 /a $f" /DSign
#ifdef Sign
SignTool=sign
SignedUninstaller=yes
#endif

[Files]
Source: "..\..\dist\sfumato\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[InstallDelete]
; Files of an older version that the newer one does not have
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{group}\Sfumato"; Filename: "{app}\sfumato.exe"; AppUserModelID: "app.sfumato.Sfumato"

[Registry]
; “Open with” on pictures, without taking them over
Root: HKA; Subkey: "Software\Classes\Applications\sfumato.exe"; ValueType: string; ValueName: "FriendlyAppName"; ValueData: "Sfumato"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Applications\sfumato.exe\shell\open\command"; ValueType: string; ValueData: """{app}\sfumato.exe"" open ""%1"""
Root: HKA; Subkey: "Software\Classes\Applications\sfumato.exe\SupportedTypes"; ValueType: string; ValueName: ".png"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\sfumato.exe\SupportedTypes"; ValueType: string; ValueName: ".jpg"; ValueData: ""
Root: HKA; Subkey: "Software\Classes\Applications\sfumato.exe\SupportedTypes"; ValueType: string; ValueName: ".webp"; ValueData: ""
; Shared recipes
Root: HKA; Subkey: "Software\Classes\.sfumato"; ValueType: string; ValueData: "Sfumato.Recipe"; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Sfumato.Recipe"; ValueType: string; ValueData: "Sfumato recipe"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Sfumato.Recipe\DefaultIcon"; ValueType: string; ValueData: "{app}\sfumato.exe,0"
Root: HKA; Subkey: "Software\Classes\Sfumato.Recipe\shell\open\command"; ValueType: string; ValueData: """{app}\sfumato.exe"" open ""%1"""

[Run]
Filename: "{app}\sfumato.exe"; Description: "Open Sfumato"; Flags: nowait postinstall skipifsilent
