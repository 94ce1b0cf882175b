#!/usr/bin/env bash
# install.sh puts a release of gijctl into GIJCTL_DIR: GIJCTL_VERSION of GIJCTL_RELEASES, for this machine. It ends with an error, and
# without a program, unless the archive is the one that the release's list of checksums has. Under GitHub Actions it also adds the
# folder to PATH. It needs curl, sha256sum or shasum, and tar (on Windows unzip).
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
	curl --fail --silent --show-error --location --proto '=https,http' --retry 3 --output "$work/$file" "$releases/v$version/$file" ||
		fail "cannot get $releases/v$version/$file"
done

sum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }
want=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$work/$checksums")
[ -n "$want" ] || fail "$checksums does not list $archive"
[ "$(sum "$work/$archive")" = "$want" ] || fail "$archive is not the file that $checksums lists"

mkdir -p "$folder"
case $kind in
zip) unzip -q -o "$work/$archive" gijctl.exe -d "$folder" ;;
*) tar -xzf "$work/$archive" -C "$folder" gijctl ;;
esac
[ -z "${GITHUB_PATH:-}" ] || echo "$folder" >>"$GITHUB_PATH"
"$folder/gijctl" version
