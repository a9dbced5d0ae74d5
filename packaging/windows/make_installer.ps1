# Makes dist\sfumato-VERSION-windows-x64.exe, signed where the person's store has a code-signing certificate. UNTESTED: nobody has run it yet.
$ErrorActionPreference = "Stop"
Set-Location "$PSScriptRoot\..\.."
$compiler = "${env:ProgramFiles(x86)}\Inno Setup 6\ISCC.exe"
$certificate = Get-ChildItem Cert:\CurrentUser\My -CodeSigningCert | Select-Object -First 1
$options = @()
if ($certificate) {
    $signtool = Get-ChildItem "${env:ProgramFiles(x86)}\Windows Kits\10\bin\*\x64\signtool.exe" | Sort-Object FullName | Select-Object -Last 1
    $sign = @("sign", "/fd", "sha256", "/tr", "http://timestamp.digicert.com", "/td", "sha256", "/sha1", $certificate.Thumbprint)
    & $signtool.FullName @sign dist\sfumato\sfumato.exe dist\sfumato\sfumato-cli.exe
    if ($LASTEXITCODE) { throw "The programs could not be signed." }
    # Inno Setup's own marks: $q is a quotation mark, $f the file
    $options = @("/DSign", ('/Ssign=$q' + $signtool.FullName + '$q ' + ($sign -join " ") + ' $f'))
} else {
    Write-Host "There is no code-signing certificate: the installer is not signed, and Windows will warn of it."
}
& $compiler @options packaging\windows\sfumato.iss
if ($LASTEXITCODE) { throw "Inno Setup ended with $LASTEXITCODE." }
