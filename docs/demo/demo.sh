#!/usr/bin/env bash
# demo.sh is the session of docs/demo/demo.svg. `make demo` records it: it types each command, and shows what gijctl answers. It needs
# gijctl on PATH, and touches nothing but a sandbox in a folder of its own.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work XDG_STATE_HOME=$work/state GITHUB_PAT=example PS4='' CLICOLOR_FORCE=1
cd "$work" || exit 1
gijctl sandbox reset >/dev/null 2>&1

type_out() {
	printf '\033[1;32m$\033[0m '
	local word
	for word in $1; do
		printf '%s ' "$word"
		sleep 0.12
	done
	sleep 0.4
	echo
}
show() {
	type_out "$1"
	eval "$1" 2>&1
	sleep "${2:-1.6}"
	echo
}

show 'gijctl --sandbox integration list --columns id,type,displayName,disabled' 2.2
show 'gijctl --sandbox integration update 1 --project WEB --pat-env GITHUB_PAT --dry-run' 2.6
show 'gijctl --sandbox integration disable "Acme GitLab" --yes --columns id,displayName,disabled' 2.2
show 'gijctl --sandbox integration disable "Acme GitLab" --yes -o name' 2
show 'gijctl --sandbox integration remove 7 --delete-files --yes' 3
