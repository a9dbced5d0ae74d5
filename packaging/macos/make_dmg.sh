#!/bin/sh
# Signs, packs and notarises dist/Sfumato.app, made by `python packaging/bundle.py`. UNTESTED: nobody has run it yet.
#   SFUMATO_IDENTITY   the “Developer ID Application” certificate in the keychain; without it the app is signed for this Mac only
#   SFUMATO_PROFILE    the keychain profile made by `xcrun notarytool store-credentials`; without it nothing is notarised
set -eu
cd "$(dirname "$0")/../.."
version=$(python3 -c 'import tomllib; print(tomllib.load(open("pyproject.toml", "rb"))["project"]["version"])')
app=dist/Sfumato.app
image=dist/sfumato-$version-macos-$(uname -m).dmg
identity=${SFUMATO_IDENTITY:--}

# From the inside out: a signature covers what is signed already. The hardened runtime is what notarisation asks for.
find "$app" -type f \( -name '*.dylib' -o -name '*.so' \) -exec codesign --force --timestamp --options runtime --sign "$identity" {} +
codesign --force --timestamp --options runtime --entitlements packaging/macos/entitlements.plist --sign "$identity" "$app"
codesign --verify --deep --strict "$app"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -volname Sfumato -srcfolder "$folder" -format ULFO -ov "$image"
codesign --force --timestamp --sign "$identity" "$image"
if [ -n "${SFUMATO_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$SFUMATO_PROFILE" --wait
    xcrun stapler staple "$image"
fi
echo "$image"
