#!/usr/bin/env bash
# install.sh puts a release of gijctl into GIJCTL_DIR: GIJCTL_VERSION of GIJCTL_RELEASES, for this machine. It ends with an error, and
# without a program, unless the archive is the one that the release's list of checksums has. That list comes from the same place, by
# https: it finds a file that was damaged or mixed up. Against a place that lies set GIJCTL_SHA256 to the archive's SHA-256, as you have
# verified it (docs/guides/verify-a-release.md). Under GitHub Actions it also adds the folder to PATH. It needs curl, sha256sum or
# shasum, and tar (on Windows unzip).
set -euo pipefail

fail() {
	echo "install gijctl: $*" >&2
	exit 1
}

version=${GIJCTL_VERSION:?set GIJCTL_VERSION, for example 1.0.0}
version=${version#v}
releases=${GIJCTL_RELEASES:-https://github.com/gijctl/gijctl/releases/download}
folder=${GIJCTL_DIR:?set GIJCTL_DIR to the folder for the program}
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "\"$version\" is no version like 1.0.0"

# Nobody on the way may change what is got, nor may a redirect lead off https. Plain http is for tests on this machine.
case $releases in
https://*) protocol='=https' ;;
http://127.0.0.1:* | http://localhost:*) protocol='=http' ;;
*) fail "GIJCTL_RELEASES is no https address: $releases" ;;
esac

case $(uname -s) in
Linux) os=linux kind=tar.gz ;;
Darwin) os=darwin kind=tar.gz ;;
MINGW* | MSYS* | CYGWIN*) os=windows kind=zip ;;
*) fail "there is no release for $(uname -s)" ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
*) fail "there is no release for $(uname -m)" ;;
esac
archive=gijctl_${version}_${os}_${arch}.${kind}
checksums=gijctl_${version}_checksums.txt

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$checksums" "$archive"; do
	curl --fail --silent --show-error --location --globoff --proto "$protocol" --proto-redir "$protocol" --retry 3 --output "$work/$file" "$releases/v$version/$file" ||
		fail "cannot get $releases/v$version/$file"
done

sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }
want=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$work/$checksums")
[ -n "$want" ] || fail "$checksums does not list $archive"
have=$(sum "$work/$archive")
[ "$have" = "$want" ] || fail "$archive is not the file that $checksums lists"
[ -z "${GIJCTL_SHA256:-}" ] || [ "$have" = "$GIJCTL_SHA256" ] || fail "$archive has the SHA-256 $have, not $GIJCTL_SHA256"

# Of the archive only the program is taken. What has its place already, also a link that leads elsewhere, is replaced by it.
mkdir "$work/program"
case $kind in
zip) program=gijctl.exe && unzip -q "$work/$archive" "$program" -d "$work/program" ;;
*) program=gijctl && tar -xzf "$work/$archive" -C "$work/program" "$program" ;;
esac
[ -f "$work/program/$program" ] && [ ! -L "$work/program/$program" ] || fail "$program in $archive is no file"
mkdir -p "$folder"
rm -f "$folder/$program"
mv "$work/program/$program" "$folder/$program"
[ -z "${GITHUB_PATH:-}" ] || echo "$folder" >>"$GITHUB_PATH"
"$folder/$program" version
