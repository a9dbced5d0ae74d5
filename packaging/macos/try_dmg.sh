#!/bin/sh
# Mounts the image, copies the app out of it as a person does, and tries it: try_dmg.sh PICTURE. UNTESTED: nobody has run it yet.
# The picture is one the bundle painted before it was signed: its recipe must paint the very same pixels.
set -eu
cd "$(dirname "$0")/../.."
picture=$1
image=$(ls dist/sfumato-*-macos-*.dmg)
folder=$(mktemp -d)
running=
mounted=$folder/image
cleanup() {
    if [ -n "$running" ]; then kill "$running" 2>/dev/null || true; fi
    if [ -d "$mounted/Sfumato.app" ]; then hdiutil detach -quiet "$mounted"; fi
    rm -rf "$folder"
}
trap cleanup EXIT
hdiutil attach -readonly -nobrowse -mountpoint "$mounted" "$image"
test -L "$mounted/Applications"
cp -R "$mounted/Sfumato.app" "$folder/"
codesign --verify --deep --strict "$folder/Sfumato.app"
program=$folder/Sfumato.app/Contents/MacOS/sfumato-app

told=$("$program" replay "$picture" --json -o "$folder/again.png")
echo "$told"
if ! printf %s "$told" | grep -q '"identical"'; then echo "The image's app paints another picture of the same recipe." >&2; exit 1; fi

SFUMATO_HOME=$folder/home "$program" &
running=$!
sleep 20
if ! kill -0 "$running"; then echo "The window was gone within 20 s." >&2; exit 1; fi
if ! [ -s "$folder/home/logs/writer.log" ]; then echo "The window is there, but no engine began within 20 s." >&2; exit 1; fi
echo "The app of $image paints the same picture, and its window lives."
