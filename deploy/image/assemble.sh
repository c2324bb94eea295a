#!/bin/sh
# What goes into the image: the built services, the packages of the lockfile that they run on, and Node itself.
# Run after `npm run build`: deploy/image/assemble.sh <empty folder>
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
target=$(cd "$1" && pwd)
[ -z "$(ls -A "$target")" ] || { echo "assemble: $target is not empty" >&2; exit 1; }

cd "$root"
cp package.json package-lock.json "$target"
services='auth-command gateway identity-projection standalone token-issuer'
only=''
for room in libs/* services/*; do
  mkdir -p "$target/$room"
  cp "$room/package.json" "$target/$room"
done
for service in $services; do only="$only --workspace=services/$service"; done

cd "$target"
# shellcheck disable=SC2086 # one word for each workspace
npm ci $only --include-workspace-root --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error

# Node of the lockfile, under the name that the image starts.
mkdir -p bin
node=$(find node_modules -path 'node_modules/node-linux-*/bin/node' | head -n 1)
[ -n "$node" ] || { echo 'assemble: the lockfile brought no Node for this platform' >&2; exit 1; }
mv "$node" bin/node
rm -rf node_modules/node-linux-* node_modules/.bin node_modules/.package-lock.json package-lock.json
find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.md' \) -delete

# Built code of the rooms that a service needs; the others leave no trace.
for room in libs/* services/*; do
  link="node_modules/@evident/$(basename "$room")"
  if [ ! -e "$link" ]; then
    rm -rf "$room"
    continue
  fi
  (cd "$root/$room" && find dist -type f -name '*.js' ! -name '*.spec.js' ! -name '*.fixture.js' ! -path '*/contract/*') |
    while read -r file; do
      mkdir -p "$room/$(dirname "$file")"
      cp "$root/$room/$file" "$room/$file"
    done
  [ ! -d "$root/$room/bin" ] || cp -r "$root/$room/bin" "$room/"
done
