#!/usr/bin/env bash
# Builds the Debian package and looks whether it is well made (lintian, blhc, systemd-analyze);
# prints its path. Takes as long as a first build, without ccache.
#   scripts/package.sh [FOLDER]      (default: build/package)
# Its version is that of CMakeLists.txt. While CHANGELOG.md has something unreleased, the time of
# the last commit is added, so that a later build is newer. Beside it are its debug symbols
# (-dbgsym) and the log of the build.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
help_asked "${1:-}"
(($# <= 1)) || fail "one folder at most; --help tells more"
out=$(realpath -m "${1:-$root/build/package}")

# The first stanza of debian/changelog is what is new, then come the releases with their dates.
make_changelog() {
  local version=$1 unreleased
  unreleased=$(changelog_section Unreleased)
  awk -v RS= -v version="$version" -v unreleased="${unreleased:+yes}" -v by="$maintainer" \
    -v today="$(git -C "$root" log -1 --format=%cD)" '
    function end_entry() {
      if (date != "")
        printf " -- %s  %s\n\n", by, date
      date = ""
    }
    function begin_entry(number, when) {
      date = when
      printf "tinybook (%s) unstable; urgency=medium\n\n", number
    }
    # An item, in lines of 80 characters.
    function item(text, words, n, i, line) {
      n = split(text, words)
      line = "  *"
      for (i = 1; i <= n; ++i) {
        if (length(line " " words[i]) > 79 && line !~ /^ +\*?$/) {
          print line
          line = "   "
        }
        line = line " " words[i]
      }
      print line "\n"
    }
    /^## / {
      end_entry()
      if ($2 == "Unreleased" && unreleased)
        begin_entry(version, today)
      else if ($3 ~ /^\([0-9-]+\)$/) {
        "date -u -R -d " substr($3, 2, 10) | getline when
        begin_entry($2, when)
      }
      next
    }
    date != "" { item($0) }
    END { end_entry() }' "$root/CHANGELOG.md"
}

put_sources_in_place() {
  rm -rf "$source"
  rm -f "$out"/tinybook*_*.*
  copy_sources "$source" && cp -r "$source/deploy/debian" "$source/debian" &&
    cp "$source/deploy/tinybook.service" "$source/debian/" &&
    make_changelog "$version" >"$source/debian/changelog" || return
  sed -i -e "s/@MAINTAINER@/$maintainer/" \
    -e "s/@BUILD_DEPENDS@/$("$root/scripts/install-deps.sh" --list build | paste -sd ,)/" \
    "$source/debian/control"
}

# debhelper gives the build a home of its own, without ccache's cache.
build_package() {
  if command -v ccache >/dev/null; then
    CCACHE_DIR=${CCACHE_DIR:-$(ccache --get-config cache_dir)}
    export CCACHE_DIR
  fi
  if ! (cd "$source" && LC_ALL=C.UTF-8 dpkg-buildpackage -b -us -uc) 2>&1 | tee "$log" | thin_out_log; then
    grep -vE '^\[[0-9]+/[0-9]+\] ' "$log" | tail -n 40 >&2
    return 1
  fi
}

# Of the log some of the steps of ninja: each is a long line.
thin_out_log() {
  sed -un 's|^\(\[[0-9]*0/[0-9]*\]\).*|\1|p; /^ *dh_/p' >&2
}

# blhc knows no clang. Our own flags take the level of FORTIFY_SOURCE back to raise it.
blhc_clean() {
  local as_gcc=$out/as-gcc.log
  sed 's/clang++-19/g++/g; s/-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3//g' "$log" >"$as_gcc" &&
    blhc --all --debian "$as_gcc" >&2 && rm "$as_gcc"
}

lintian_clean() {
  lintian --allow-root --display-info --pedantic --fail-on error,warning,info,pedantic \
    "$out"/tinybook_*.changes >&2
}

# In a root that has the files of the package and this machine's units. (What verify finds may not
# show in its exit code.)
unit_clean() {
  local said exposure
  cp -rn /lib/systemd/system/. "$tree/lib/systemd/system/"
  said=$(MANPATH=$tree/usr/share/man systemd-analyze verify --root="$tree" tinybook.service 2>&1) || true
  [[ -z $said ]] || fail "systemd-analyze verify: $said"
  exposure=$(systemd-analyze security --offline=true --root="$tree" --threshold=20 tinybook.service) ||
    fail "systemd-analyze security: $exposure"
  tail -n 1 <<<"$exposure" >&2
}

check_package() {
  rm -rf "$tree"
  dpkg-deb --extract "$out/tinybook_${version}_$(dpkg --print-architecture).deb" "$tree" &&
    lintian_clean && blhc_clean && unit_clean && rm -rf "$tree"
}

stage "packages" "$root/scripts/install-deps.sh" build package
version=$(project_version)
[[ -z $(changelog_section Unreleased) ]] ||
  version+=+git$(TZ=UTC git -C "$root" log -1 --format=%cd --date=format-local:%Y%m%d%H%M%S)
maintainer=$(git -C "$root" log -1 --format='%an <%ae>')
source=$out/source log=$out/build.log tree=$out/tree
mkdir -p "$out"
stage "sources" put_sources_in_place
stage "build" build_package
stage "checks" check_package
tell_time_spent
ls "$out"/tinybook_*.deb
