#!/bin/sh
# Signs, packs and notarises dist/Sfumato.app, made by `python packaging/bundle.py`. UNTESTED: nobody has run it yet.
#   SFUMATO_IDENTITY   the “Developer ID Application” certificate in the keychain; without it the app is signed for this Mac only
#   SFUMATO_PROFILE    the keychain profile made by `xcrun notarytool store-credentials`; without it nothing is notarised
#   SFUMATO_KEYCHAIN   the keychain that profile is in, if it is not the login keychain
set -eu
cd "$(dirname "$0")/../.."
app=dist/Sfumato.app
version=$(/usr/libexec/PlistBuddy -c 'Print CFBundleShortVersionString' "$app/Contents/Info.plist")
image=dist/sfumato-$version-macos-$(uname -m).dmg
identity=${SFUMATO_IDENTITY:--}
# The hardened runtime and a timestamp are what notarisation asks for; a signature for this Mac has neither.
hardened="--timestamp --options runtime"
if [ "$identity" = - ]; then hardened=; fi

# From the inside out: a signature covers what is signed already. Frameworks and torch's helper have no ending to know them by.
find "$app/Contents/Frameworks" "$app/Contents/Resources" -type f ! -name '*.py' \
    -exec sh -c 'file -b "$1" | grep -q Mach-O' sh {} \; -print0 |
    xargs -0 codesign --force $hardened --sign "$identity"
find "$app/Contents/Frameworks" -type d -name '*.framework' -prune -print0 |
    xargs -0 -n 1 codesign --force $hardened --sign "$identity"
codesign --force $hardened --entitlements packaging/macos/entitlements.plist --sign "$identity" "$app"
codesign --verify --deep --strict "$app"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -volname Sfumato -srcfolder "$folder" -format ULFO -ov "$image"
if [ "$identity" != - ]; then codesign --force --timestamp --sign "$identity" "$image"; fi
if [ -n "${SFUMATO_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$SFUMATO_PROFILE" ${SFUMATO_KEYCHAIN:+--keychain "$SFUMATO_KEYCHAIN"} --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature --verbose "$image"
fi
echo "$image"
