#!/usr/bin/env bash
# Takes the pictures of four pages that stand in README.md, with a browser and a server of its
# own that holds what a few people wrote; builds the release first.
#   scripts/pictures.sh                  into docs/pictures
#   scripts/pictures.sh --all FOLDER     every page in every state, at 360 and 1280 pixels, in
#                                        both themes and languages, into FOLDER: takes minutes
# PICTURES_BINARY: a binary that is built already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"

folder=$root/docs/pictures all=
if [[ ${1:-} == --all ]]; then
  (($# == 2)) || fail "--all needs a folder"
  folder=$2 all=all
elif (($# > 0)); then
  fail "unknown word \"$1\"; --help tells more"
fi

export SERVER_BINARY=${PICTURES_BINARY:-$root/build/release/tinybook} BROWSER_PACKAGES
stage "packages" "$root/scripts/install-deps.sh" build browser pictures
if [[ -z ${PICTURES_BINARY:-} ]]; then
  stage "configure" configure release
  stage "build" build release tinybook
fi
BROWSER_PACKAGES=$("$root/scripts/prepare-browser.sh")
stage "pictures" node "$root/tests/browser/pictures.js" "$folder" $all
stage "smaller files" pngquant --ext .png --force --skip-if-larger --strip --speed 1 \
  --quality 60-95 "$folder"/*.png
ls -l "$folder"
