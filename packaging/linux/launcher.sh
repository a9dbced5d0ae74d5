#!/bin/sh
# Starts Sfumato. Looks first whether the files are whole without which the app could not even say what it lacks.
here=$(dirname -- "$(readlink -f -- "$0")")
damaged=
while read -r size file; do
    if [ "$(stat -c %s -- "$here/$file" 2>/dev/null)" != "$size" ]; then damaged=$file; break; fi
done < "$here/_internal/first-files.txt" || damaged=_internal/first-files.txt
if [ -z "$damaged" ]; then exec "$here/sfumato-app" "$@"; fi
text="Sfumato is not whole: $here/$damaged is missing or cut short. Install it again."
echo "sfumato: $text" >&2
if [ -n "$DISPLAY$WAYLAND_DISPLAY" ]; then
    for dialog in "zenity --error --text" "kdialog --error" "xmessage"; do
        if command -v "${dialog%% *}" >/dev/null 2>&1; then $dialog "$text" 2>/dev/null; break; fi
    done
fi
exit 1
