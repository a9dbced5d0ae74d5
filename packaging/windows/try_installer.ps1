# Installs, tries and removes Sfumato: try_installer.ps1 PICTURE. UNTESTED: nobody has run it yet.
# The picture is one the bundle painted: the installed app must paint the very same pixels by its recipe.
param([Parameter(Mandatory)][string]$Picture)
$ErrorActionPreference = "Stop"
Set-Location "$PSScriptRoot\..\.."
$folder = "$env:LOCALAPPDATA\Programs\Sfumato"
$setup = Start-Process -Wait -PassThru (Get-Item dist\sfumato-*-windows-x64.exe) "/VERYSILENT /SUPPRESSMSGBOXES"
if ($setup.ExitCode) { throw "The installer ended with $($setup.ExitCode)." }

$told = & "$folder\sfumato-cli.exe" replay $Picture --json -o again.png
Write-Host $told
if ($LASTEXITCODE -or "$told" -notmatch '"identical"') { throw "The installed app paints another picture of the same recipe." }

$env:SFUMATO_HOME = "$env:RUNNER_TEMP\sfumato-home"
$app = Start-Process -PassThru "$folder\sfumato.exe"
Start-Sleep 20
$app.Refresh()
if ($app.HasExited) { throw "The app ended within 20 s, with $($app.ExitCode)." }
if ($app.MainWindowHandle -eq 0) { throw "The app lives, but has no window after 20 s." }
if (-not (Test-Path "$env:SFUMATO_HOME\logs\writer.log")) { throw "The window is there, but no engine began within 20 s." }
[void]$app.CloseMainWindow()
if (-not $app.WaitForExit(30000)) { throw "The app did not end within 30 s of closing its window." }
if ($app.ExitCode) { throw "The app ended with $($app.ExitCode)." }

Start-Process -Wait "$folder\unins000.exe" "/VERYSILENT"
Start-Sleep 5 # the uninstaller goes on in a copy of itself
if (Test-Path "$folder\sfumato.exe") { throw "Removing left the program." }
if (-not (Test-Path "$env:SFUMATO_HOME\data\library.sqlite3")) { throw "Removing took the library along." }
