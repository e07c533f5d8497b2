#!/usr/bin/env bash
# Runs everything that must be green: generated code, formatting, vet, linters, the tests of all modules.
#
#   ./test.sh          all of it (first run some 15 minutes on two cores, later ones less: what is built is cached)
#   ./test.sh -short   without the slow tests
#
# It installs what the full suite needs by apt-get when it may; otherwise it says which tests are left out.
set -euo pipefail
cd "$(dirname "$0")"

modules=(. ./pyembed ./example)
staticcheck=honnef.co/go/tools/cmd/staticcheck@v0.8.2
gofumpt=mvdan.cc/gofumpt@v0.12.0

step() { printf '\n== %s\n' "$*"; }

# have PROGRAM|PATTERN: whether there is a program of that name, or a file.
have() { command -v "$1" >/dev/null || compgen -G "$1" >/dev/null; }

# need PROGRAM|PATTERN PACKAGES WHY: installs the Debian packages that the program or file is in, or says what is missing
# without it.
need() {
	have "$1" && return
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		[ -n "${updated:-}" ] || { apt-get update -qq || true; updated=1; }
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $2 >/dev/null 2>&1 || true
	fi
	have "$1" || printf 'left out: %s (no %s: apt-get install %s)\n' "$3" "$1" "$2"
}

# What runs here must not depend on what the caller's shell exports.
unset PYTHONDONTWRITEBYTECODE PYTHONUNBUFFERED PYTHONPATH PYTHONHOME OXGEN_PYTHON OXGEN_LOADER OXGEN_E2E_LINK

step "tools"
go version
need git git "the check that generated code is current"
need gcc "gcc libc6-dev" "tests with the race detector and with cgo"
need g++ g++ "the tests of extension modules in C++"
need patchelf patchelf "the tests of wheels that vendor libraries"
need Xvfb xvfb "the test that opens a window"
need /usr/lib/python3/dist-packages/cffi python3-cffi "the test of cffi"
need chromium chromium "the test of the report in a browser"
for file in pip setuptools wheel; do
	need "/usr/share/python-wheels/$file-*.whl" "python3-$file-whl" "the test of wheels that other tools made"
done
need qemu-aarch64-static "qemu-user-static" "running programs for linux/arm64"
need /usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1 "libc6-arm64-cross" "running programs for linux/arm64"
need /usr/lib/wine/wine64 wine64 "running programs for windows/amd64"
need strace strace "the tests of which files a program opens"
for file in /usr/bin/python3.11 "/usr/lib/python3.11/config-3.11-*/libpython3.11.a" "/usr/lib/*/libz.a" "/usr/lib/*/libexpat.a"; do
	need "$file" "python3.11 libpython3.11 libpython3.11-dev zlib1g-dev libexpat1-dev" "tests of static linking"
done

# Debian's packages of Python code, of which tests make programs.
if command -v dpkg >/dev/null && [ -x /usr/bin/python3.11 ]; then
	packages=$(sed '/^#/d' internal/e2e/testdata/*/packages.txt | tr '\n' ' ')
	if ! dpkg -s $packages >/dev/null 2>&1; then
		if [ "$(id -u)" = 0 ]; then
			[ -n "${updated:-}" ] || { apt-get update -qq || true; updated=1; }
			DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $packages >/dev/null 2>&1 || true
		fi
		dpkg -s $packages >/dev/null 2>&1 || printf 'left out: Debian packages in a program (apt-get install --no-install-recommends %s)\n' "$packages"
	fi
fi

step "generated code"
(cd example && go generate ./...)
if [ -n "$(git status --porcelain -- example)" ]; then
	git status --short -- example
	git diff --stat -- example
	echo "go generate changed files that are committed: commit the new ones" >&2
	exit 1
fi

step "format"
unformatted=$(git ls-files -co --exclude-standard '*.go' | grep -v /pyapp/ | xargs go run "$gofumpt" -l)
if [ -n "$unformatted" ]; then
	printf 'not formatted by gofumpt:\n%s\n' "$unformatted" >&2
	exit 1
fi

for module in "${modules[@]}"; do
	step "vet and lint: $module"
	(cd "$module" && go vet ./... && go run "$staticcheck" ./...)
done

# The race detector makes the generator, of which the scripts are made, five times as slow: with it the short tests run. The
# end-to-end tests are left out: what they try are processes, that are built without it.
if command -v gcc >/dev/null; then
	for module in "${modules[@]}"; do
		step "test: $module, CGO_ENABLED=1, race detector"
		(cd "$module" && CGO_ENABLED=1 go test -race -short -timeout 60m "$@" $(go list ./... | grep -v /internal/e2e$))
	done
fi
for module in "${modules[@]}"; do
	step "test: $module, CGO_ENABLED=0"
	(cd "$module" && CGO_ENABLED=0 go test -timeout 60m "$@" ./...)
done
if command -v gcc >/dev/null; then
	step "test: programs that are linked statically"
	OXGEN_E2E_LINK=static CGO_ENABLED=1 go test -short -timeout 60m "$@" ./internal/e2e
fi
