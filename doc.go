// Oxgen turns a Python program into one native executable, with Go alone.
//
// It has the target interpreter compile Python sources and wheels and writes a Go package
// that holds them, libpython and an importer. Plain "go build" then makes one executable
// that needs no Python and unpacks nothing.
//
// Without a command oxgen does what "oxgen generate" does in the current directory.
//
// Data is printed on standard output, messages on standard error. The exit status is 0,
// 1 when something of yours is wrong (sources, configuration, network), and 2 when the
// command line is.
//
// Usage:
//
//	oxgen [flags]
//
// Examples:
//
//	oxgen init hello                 # a new project
//	oxgen run hello                  # build it and run it
//	go generate ./... && go build    # the same, the Go way, in the project
//
// Flags:
//
//	    --check                write nothing, tell by the exit status whether the package is current
//	    --force                read everything, whatever has changed
//	-j, --jobs N               let N interpreters compile at once (default: one for each CPU)
//	    --python SPEC          the Python: SPEC is a version, an interpreter, a directory or an
//	                           archive (default: $OXGEN_PYTHON, then python in oxgen.toml, then
//	                           the newest that "oxgen python list" shows)
//	-q, --quiet                print warnings and errors only
//	    --strict               fail when a source does not compile or a rule matches nothing;
//	                           without it these are warnings
//	    --target GOOS/GOARCH   platform GOOS/GOARCH, repeatable (default: targets in oxgen.toml,
//	                           then that of the go command)
//	-v, --verbose              print what is done
//
// Commands:
//
//	oxgen analyze         Say what native code needs and which systems it runs on
//	oxgen build           Generate, then go build
//	oxgen cache           Show or empty oxgen's cache
//	oxgen check           Import every module of a program where there is nothing but it
//	oxgen completion      Print the completion script for a shell
//	oxgen diff            Say what differs between two programs
//	oxgen generate        Write the Go package that holds the Python program
//	oxgen init            Make a new project
//	oxgen inspect         Say what an executable or a generated package holds
//	oxgen licences        Say which licences a program comes under
//	oxgen lint            Name packages that may need real files
//	oxgen python          Show and bring Python distributions
//	oxgen report          Write an HTML page about a program
//	oxgen run             Build the program and run it
//	oxgen sbom            Write the bill of materials of a program
//	oxgen scan            Say what would become of each file of sources and wheels
//	oxgen trace           Run the program and note which modules it uses
//	oxgen verify          Say whether an executable or a package holds the program of a configuration
//	oxgen why             Say why a module is in the program, or why it is not
//
// # oxgen analyze
//
// Analyze reads executables, shared libraries and extension modules (ELF, PE, Mach-O), also
// all of those in a wheel, in a directory or in an executable that oxgen built. It prints for
// each the platform, the modules that it holds, and the libraries that it needs with who has
// them: the system's C library, macOS, Windows, the Python that loads it, another of the files,
// or this machine. For Linux it prints the symbol versions of glibc and GCC's libraries that are
// needed, the oldest releases that have them, and the manylinux tag; for macOS and Windows the
// oldest version.
//
// The exit status is 0 when all is there, 1 when a library is missing or a file needs more than
// --max-glibc, and 2 when a FILE can't be read.
//
// Usage:
//
//	oxgen analyze FILE... [flags]
//
// Examples:
//
//	oxgen analyze wheels/*.whl
//	oxgen analyze --max-glibc 2.28 build/lib    # in CI
//	oxgen analyze --json ./hello
//
// Flags:
//
//	--json                print JSON
//	--max-glibc VERSION   fail when a file needs a newer glibc than VERSION
//
// # oxgen build
//
// Build generates the Go package in DIR, by default the current directory, as "oxgen generate"
// does, for one platform, and then has the go command build it:
//
//	CGO_ENABLED=0 go build -trimpath -ldflags "-s -w"
//
// A program with link = "static" is built with cgo, by the C compiler of "go env CC".
//
// The executable gets the name of the program, in the current directory.
//
// With --target all, the package is generated once for all targets of the configuration, or
// without any for all that there are, and built for each, several at once; the executables are
// called NAME-GOOS-GOARCH. With --dist DIR they go into archives there, NAME_VERSION_GOOS_GOARCH,
// each with the bill of materials of its executable, and a list of the archives' checksums; the
// version is that of the embedded distribution of the program's name, if there is one.
//
// With a SCRIPT, a file that ends in .py or whose first line names python, no project is
// needed: the script is the program. Its inline metadata (PEP 723) may have dependencies,
// and a table [tool.oxgen] with the keys of oxgen.toml.
//
// Usage:
//
//	oxgen build [DIR|SCRIPT] [flags]
//
// Examples:
//
//	oxgen build                         # ./NAME
//	oxgen build -o bin/                 # bin/NAME
//	oxgen build hello -o /tmp/app
//	oxgen build tool.py                 # ./tool
//	oxgen build --target linux/arm64    # for another platform
//	oxgen build --target all -o bin/    # bin/NAME-linux-amd64 …
//	oxgen build --dist dist/            # archives for all targets
//
// Flags:
//
//	    --dist DIR             write archives with checksums and bills of materials to DIR, for
//	                           all targets unless --target names one
//	-j, --jobs N               let N interpreters compile at once (default: one for each CPU)
//	-o, --output FILE          the executable; a FILE that ends in / or is a directory is where
//	                           to put it
//	    --python SPEC          the Python: SPEC is a version, an interpreter, a directory or an
//	                           archive (default: $OXGEN_PYTHON, then python in oxgen.toml, then
//	                           the newest that "oxgen python list" shows)
//	    --strict               fail when a source does not compile or a rule matches nothing;
//	                           without it these are warnings
//	    --target GOOS/GOARCH   platform GOOS/GOARCH, or all (default: that of the go command)
//
// # oxgen cache
//
// Cache is about the directory where oxgen keeps what it can make again: unpacked Python
// distributions, bytecode, answers of interpreters, and the executables of "oxgen run".
// What was not used for two weeks goes by itself, but for distributions and wheels, which
// may need a network.
//
// Usage:
//
//	oxgen cache
//
// Examples:
//
//	oxgen cache clean
//	du -sh "$(oxgen cache dir)"
//
// Commands:
//
//	oxgen cache clean     Empty the cache
//	oxgen cache dir       Print the directory of the cache
//
// # oxgen cache clean
//
// Clean removes what oxgen keeps in its cache, and nothing else. It waits for other runs of
// oxgen to end, and refuses a directory that oxgen did not make. Distributions come back
// from Go's module cache.
//
// Usage:
//
//	oxgen cache clean
//
// # oxgen cache dir
//
// Dir prints the directory of the cache: $OXGEN_CACHE, or "oxgen" in the user's cache directory.
//
// Usage:
//
//	oxgen cache dir
//
// # oxgen check
//
// Check builds the program in DIR, by default the current directory, or takes the executable
// FILE, and imports every module that it holds, each in a process of its own: in the program,
// in an empty root directory where the system allows that. What can't be imported there is
// imported in the interpreter of its Python too, which finds the same files on disk. A module
// that the interpreter can import and the program can't is a failure. Those that fail alike
// are listed with --verbose. Modules named __main__ are not imported: they run.
//
// A module that takes longer than --timeout, ends its process or exits is told as such. There
// is no display for windows and no browser. The table [check] of oxgen.toml names modules to
// skip.
//
// The exit status is 0 when nothing fails, 1 when a module does, and 2 when that can't be told.
//
// Usage:
//
//	oxgen check [DIR|FILE] [flags]
//
// Examples:
//
//	oxgen check
//	oxgen check --only shop
//	oxgen check --skip tkinter ./hello
//	oxgen check --json > report.json
//
// Flags:
//
//	-j, --jobs N             let N interpreters compile at once (default: one for each CPU)
//	    --json               print JSON
//	    --only MODULE        import MODULE and all below it, and nothing else; repeatable
//	    --python SPEC        the Python: SPEC is a version, an interpreter, a directory or an
//	                         archive (default: $OXGEN_PYTHON, then python in oxgen.toml, then
//	                         the newest that "oxgen python list" shows)
//	    --skip MODULE        leave out MODULE and all below it, repeatable
//	    --strict             fail when a source does not compile or a rule matches nothing;
//	                         without it these are warnings
//	    --timeout duration   how long the import of one module may take (default 20s)
//
// # oxgen completion
//
// Completion prints the script by which bash, fish, PowerShell or zsh completes oxgen's command lines.
//
// Usage:
//
//	oxgen completion SHELL
//
// Examples:
//
//	source <(oxgen completion bash)                              # bash, this session
//	oxgen completion zsh > "${fpath[1]}/_oxgen"                  # zsh
//	oxgen completion fish > ~/.config/fish/completions/oxgen.fish
//	oxgen completion powershell | Out-String | Invoke-Expression
//
// # oxgen diff
//
// Diff prints what differs between two executables, or generated packages, or projects, or one
// of each: the Python and libpython, settings, what runs, distributions with their versions,
// C libraries inside of CPython, licences, and modules and files, with bytes as they are
// stored. Within each group what has changed its size most comes first. The digests are those
// of the rows in generated code.
//
// The exit status is 0 when nothing differs, 1 when something does, and 2 when that can't be
// told.
//
// Usage:
//
//	oxgen diff OLD NEW [flags]
//
// Examples:
//
//	oxgen diff shop-1.0 shop-1.1
//	oxgen diff --json shop-1.0 .    # an executable and what is generated now
//
// Flags:
//
//	--json   print JSON
//
// # oxgen generate
//
// Generate reads oxgen.toml, or the table [tool.oxgen] of pyproject.toml, in DIR, by default
// the current directory, and writes the Go package that it describes. Files that would
// not change are not touched. When nothing that the package was made of has changed since
// the last time, as far as sizes and times of files tell, nothing is read at all.
//
// With --check nothing is written. The exit status is 0 when the package is current, 1
// when it is stale, and 2 when that can't be told.
//
// Usage:
//
//	oxgen generate [DIR] [flags]
//
// Examples:
//
//	//go:generate go tool oxgen              # in a Go file: "go generate" runs it
//	oxgen generate                           # by hand
//	oxgen generate --check                   # in CI
//	oxgen generate --target linux/amd64 --target linux/arm64
//
// Flags:
//
//	    --check                write nothing, tell by the exit status whether the package is current
//	    --force                read everything, whatever has changed
//	-j, --jobs N               let N interpreters compile at once (default: one for each CPU)
//	    --python SPEC          the Python: SPEC is a version, an interpreter, a directory or an
//	                           archive (default: $OXGEN_PYTHON, then python in oxgen.toml, then
//	                           the newest that "oxgen python list" shows)
//	    --strict               fail when a source does not compile or a rule matches nothing;
//	                           without it these are warnings
//	    --target GOOS/GOARCH   platform GOOS/GOARCH, repeatable (default: targets in oxgen.toml,
//	                           then that of the go command)
//
// # oxgen init
//
// Init writes the files of a project into DIR, by default the current directory, and says
// what to type next: oxgen.toml, main.go, go.mod and go.sum, and .gitignore. No file that is
// there is changed. In a directory of an existing Go module it writes no go.mod.
//
// Python that is in DIR already becomes the program's: the directory src if there is one,
// else the packages and modules. In a directory without any, and without flags that name
// some, init writes a small package to begin with.
//
// Usage:
//
//	oxgen init [DIR] [flags]
//
// Examples:
//
//	oxgen init hello                                     # something that runs
//	oxgen init                                           # around the Python that is here
//	oxgen init tool --source src/tool --run-module tool
//	oxgen init tool --wheel 'wheels/*.whl' --run-entry tool.cli:main
//	oxgen init server --run-module http.server           # the standard library is always there
//
// Flags:
//
//	--module PATH               module PATH for go.mod (default: example.com/ and the name
//	                            of DIR)
//	--python SPEC               the Python, as "oxgen generate --python" takes it: SPEC
//	--repl                      run the interactive interpreter
//	--run-command CODE          run the Python CODE, as python -c does
//	--run-console-script NAME   run the console script NAME of a wheel
//	--run-entry PKG.MOD:FUNC    call the function PKG.MOD:FUNC, as a console script does
//	--run-file FILE             run the script FILE
//	--run-module M              run the module M, as python -m does
//	--source PATH               source PATH, repeatable: a directory, a package, a .py file,
//	                            or gomod:MODULE@VERSION/DIR
//	--wheel PATH                wheel PATH or pattern, repeatable
//
// # oxgen inspect
//
// Inspect prints what a built executable, a generated package or the package of a project
// holds: the version of the format, the Python, the platforms, what runs, and every module
// and file with its kind, its size in the executable, its distribution and its origin; then
// the distributions with their versions and licences, and the totals by kind and by
// distribution. The executable may be one for another platform.
//
// With --verdicts it prints instead what became of every file of the sources, as "oxgen scan"
// does.
//
// Usage:
//
//	oxgen inspect FILE|DIR [flags]
//
// Examples:
//
//	oxgen inspect ./hello
//	oxgen inspect --verdicts ./hello
//	oxgen inspect --json pyapp
//
// Flags:
//
//	--json       print JSON
//	--verdicts   print what became of each file of the sources
//
// # oxgen licences
//
// Licences lists what is in an executable, or in the program that the configuration in DIR, by
// default the current directory, describes: the component, its version, the SPDX expression of
// its licence, and where that was found: in the field License-Expression or License of the
// metadata, in the classifiers, in the licence texts, in oxgen.toml, or in what oxgen itself
// knows. Words of the metadata that are no SPDX expression stand in quotes.
//
// With --texts it writes the licence texts themselves, one file to ship with the program: those
// in the program, those of the C libraries inside of CPython, and those of the Go modules that
// are in Go's module cache.
//
// The keys deny-licences and allow-licences of oxgen.toml make "oxgen generate" fail when
// something comes under another licence.
//
// Usage:
//
//	oxgen licences [FILE|DIR] [flags]
//
// Examples:
//
//	oxgen licences ./hello
//	oxgen licences --texts -o LICENCES.txt
//
// Flags:
//
//	-j, --jobs N               let N interpreters compile at once (default: one for each CPU)
//	    --json                 print JSON
//	-o, --output FILE          write the texts to FILE
//	    --program NAME         the program called NAME, of a file with several
//	    --python SPEC          the Python: SPEC is a version, an interpreter, a directory or an
//	                           archive (default: $OXGEN_PYTHON, then python in oxgen.toml, then
//	                           the newest that "oxgen python list" shows)
//	    --strict               fail when a source does not compile or a rule matches nothing;
//	                           without it these are warnings
//	    --target GOOS/GOARCH   platform GOOS/GOARCH of a configuration (default: as "oxgen generate")
//	    --texts                write the texts of the licences
//
// # oxgen lint
//
// Lint looks through the bytecode of an executable, a generated package or the package of a
// project for functions that use __file__ together with something that knows nothing of the
// program's virtual files: other programs (subprocess), databases (sqlite3.connect), C
// libraries. It prints the package, the module, the function and its line, and what it uses.
// Such a package belongs into extract in oxgen.toml if it really hands over a path beside
// __file__. It is a guess by names: not every line is a problem, and not every problem has a
// line. open, os, pathlib, importlib.resources, ctypes.CDLL and the certificates of ssl need
// nothing and are not listed, nor are the standard library and packages that are extracted.
//
// The exit status is 0 when nothing is found, 1 when something is, and 2 when that can't be
// told.
//
// Usage:
//
//	oxgen lint FILE|DIR [flags]
//
// Examples:
//
//	oxgen lint .
//	oxgen lint --json ./hello
//
// Flags:
//
//	--json   print JSON
//
// # oxgen python
//
// Python is about the Pythons that programs are generated for.
//
// Usage:
//
//	oxgen python
//
// Examples:
//
//	oxgen python list
//	oxgen python fetch 3.11
//	oxgen python info /usr/bin/python3
//
// Commands:
//
//	oxgen python fetch    Bring a Python, so that generate needs no network
//	oxgen python info     Say all about one Python
//	oxgen python list     List the Pythons that oxgen can bring
//
// # oxgen python fetch
//
// Fetch brings a distribution through "go mod download" and unpacks it for this machine and
// for each --target.
//
// SPEC is a version ("3.14", "3.11.11"), the path of an interpreter, its name in PATH, or a
// python-build-standalone directory or archive. Without one it is what "oxgen generate"
// would take here: $OXGEN_PYTHON, python in oxgen.toml, or the default.
//
// Usage:
//
//	oxgen python fetch [SPEC] [flags]
//
// Examples:
//
//	oxgen python fetch
//	oxgen python fetch 3.14 --target linux/arm64
//
// Flags:
//
//	--target GOOS/GOARCH   platform GOOS/GOARCH besides this machine's, repeatable
//
// # oxgen python info
//
// Info prints what oxgen knows about a Python on this machine: version, magic number, cache
// tag, extension suffixes, libpython, built-in modules, the libraries that it needs, and
// the oldest glibc that it runs on.
//
// SPEC is a version ("3.14", "3.11.11"), the path of an interpreter, its name in PATH, or a
// python-build-standalone directory or archive. Without one it is what "oxgen generate"
// would take here: $OXGEN_PYTHON, python in oxgen.toml, or the default.
//
// Usage:
//
//	oxgen python info [SPEC] [flags]
//
// Examples:
//
//	oxgen python info
//	oxgen python info --json 3.11
//
// Flags:
//
//	--json   print JSON
//
// # oxgen python list
//
// List prints the distributions that oxgen knows, newest first: the name, "default" or "-",
// "ready" when it is unpacked for this machine or "-", and the platforms.
//
// Usage:
//
//	oxgen python list [flags]
//
// Flags:
//
//	--json   print JSON
//
// # oxgen report
//
// Report writes one HTML page about an executable, or about the program that the configuration in
// DIR, by default the current directory, describes. It shows what takes the space, as a map that
// can be zoomed and as a list; which module imports which, with search and the chain of imports
// by which each came in; modules that are imported and are nowhere; components and licences;
// machine code with the systems that it runs on; and what became of the files.
//
// The page needs nothing else: no network, no server. The same program gives the same page.
//
// Usage:
//
//	oxgen report --html FILE [FILE|DIR] [flags]
//
// Examples:
//
//	oxgen report --html hello.html ./hello
//	oxgen report --html report.html
//
// Flags:
//
//	    --html FILE            write the page to FILE
//	-j, --jobs N               let N interpreters compile at once (default: one for each CPU)
//	    --program NAME         the program called NAME, of a file with several
//	    --python SPEC          the Python: SPEC is a version, an interpreter, a directory or an
//	                           archive (default: $OXGEN_PYTHON, then python in oxgen.toml, then
//	                           the newest that "oxgen python list" shows)
//	    --strict               fail when a source does not compile or a rule matches nothing;
//	                           without it these are warnings
//	    --target GOOS/GOARCH   platform GOOS/GOARCH of a configuration (default: as "oxgen generate")
//
// # oxgen run
//
// Run builds the program in DIR, by default the current directory, or that of a SCRIPT, as
// "oxgen build" does, and runs it with ARGS. The program gets standard input, output and
// error as they are, and signals are passed on. The exit status is the program's; 128 + N
// when signal N ended it.
//
// The executable is kept in oxgen's cache, where "oxgen cache clean" removes it.
//
// Usage:
//
//	oxgen run [DIR|SCRIPT] [-- ARGS...] [flags]
//
// Examples:
//
//	oxgen run
//	oxgen run hello -- --name World
//	oxgen run tool.py -- --help
//
// Flags:
//
//	-j, --jobs N        let N interpreters compile at once (default: one for each CPU)
//	    --python SPEC   the Python: SPEC is a version, an interpreter, a directory or an archive
//	                    (default: $OXGEN_PYTHON, then python in oxgen.toml, then the newest that
//	                    "oxgen python list" shows)
//	    --strict        fail when a source does not compile or a rule matches nothing; without
//	                    it these are warnings
//
// # oxgen sbom
//
// Sbom writes the bill of materials of an executable, or of the program that the configuration
// in DIR, by default the current directory, describes; both have the same components. They are
// CPython, the C libraries inside of it with their versions, the distributions with licences
// and the sums of their wheels, the copies of others that they vendor, extension modules and
// shared libraries, and the Go modules. Bills that distributions bring along (PEP 770) are
// merged. Nothing is generated or built on disk.
//
// The same program gives the same bytes: there is no time in the bill, and its serial number
// comes from its contents.
//
// Usage:
//
//	oxgen sbom [FILE|DIR] [flags]
//
// Examples:
//
//	oxgen sbom ./hello                         # CycloneDX 1.6 as JSON
//	oxgen sbom --format spdx -o hello.spdx.json
//
// Flags:
//
//	    --format FORMAT        FORMAT of the bill: cyclonedx (1.6) or spdx (2.3), both as JSON
//	                           (default "cyclonedx")
//	-j, --jobs N               let N interpreters compile at once (default: one for each CPU)
//	-o, --output FILE          write to FILE and not to standard output
//	    --program NAME         the program called NAME, of a file with several
//	    --python SPEC          the Python: SPEC is a version, an interpreter, a directory or an
//	                           archive (default: $OXGEN_PYTHON, then python in oxgen.toml, then
//	                           the newest that "oxgen python list" shows)
//	    --strict               fail when a source does not compile or a rule matches nothing;
//	                           without it these are warnings
//	    --target GOOS/GOARCH   platform GOOS/GOARCH of a configuration (default: as "oxgen generate")
//
// # oxgen scan
//
// Scan looks through source trees, packages, .py files, site-packages directories and wheels,
// as "oxgen generate" does, and prints one line a file: the verdict, the module or path in
// the program, the file, and the reason where there is one. It runs no Python. The PATHs
// stand in the order of sys.path: a file in one may hide a file in a later one.
//
// Wheels must fit the target. Of several wheels of one distribution the best one is taken,
// as pip does, and the others are one line each. A lock file (pylock.toml) stands for the
// wheels that it has for the target; those that are not at hand are downloaded.
//
// The verdicts are module, extension, library, resource, metadata, script (of a wheel: not
// embedded), excluded (by a rule) and unsupported. Totals go to standard error. The exit
// status is 1 when a PATH is refused.
//
// Usage:
//
//	oxgen scan PATH... [flags]
//
// Examples:
//
//	oxgen scan src
//	oxgen scan wheels/*.whl
//	oxgen scan --python 3.11 --target linux/arm64 wheels/*.whl
//	oxgen scan --rules . src pylock.toml
//	oxgen scan --json .venv/lib/python3.14/site-packages
//
// Flags:
//
//	--json                 print JSON
//	--python VERSION       the VERSION of Python that wheels must fit (default: that of the
//	                       default Python)
//	--rules DIR            apply the rules that the configuration in DIR has, its max-glibc,
//	                       and what it says of lock files
//	--target GOOS/GOARCH   the platform GOOS/GOARCH that wheels must fit (default: that of
//	                       the go command)
//
// # oxgen trace
//
// Trace builds a variant of the program in DIR, by default the current directory, that has all
// modules and notes which of them it uses; runs it with ARGS, as "oxgen run" does; and adds
// the notes to the file oxgen.trace.toml beside the configuration. What the file lists is in
// the program when the configuration leaves out what is not used (stdlib, packages). Child
// processes of the program are traced too. Run it several times, so that all parts of the
// program are used once.
//
// The variant is kept in oxgen's cache. No other program notes anything.
//
// Usage:
//
//	oxgen trace [DIR] [-- ARGS...] [flags]
//
// Examples:
//
//	oxgen trace -- --help
//	oxgen trace hello -- serve --once
//
// Flags:
//
//	-j, --jobs N        let N interpreters compile at once (default: one for each CPU)
//	-o, --output FILE   the FILE to add to (default: the first of the key trace, then
//	                    oxgen.trace.toml)
//	    --python SPEC   the Python: SPEC is a version, an interpreter, a directory or an archive
//	                    (default: $OXGEN_PYTHON, then python in oxgen.toml, then the newest that
//	                    "oxgen python list" shows)
//	    --strict        fail when a source does not compile or a rule matches nothing; without
//	                    it these are warnings
//
// # oxgen verify
//
// Verify generates the program of DIR, by default of the current directory, in memory, for the
// platforms that the executable FILE was generated for, and says whether FILE holds the same,
// byte for byte: libpython, the importer, what runs and with which settings, the bytecode and
// source of each module, each file, and where all of it came from. What differs is printed,
// a line each: the kind, the name, the change and the parts that differ, with the digests, in
// FILE and in what DIR gives. FILE may be for another platform than this machine's.
//
// Of the generated Go code an executable keeps the fingerprint of its table, which is looked
// for; "go version -m FILE" tells of which modules it was built. Of a generated PACKAGE, a
// directory wherever it lies, each file is compared, Go code too, and the first line or byte
// that differs is named; files that go build would take besides are told.
//
// Nothing is written.
//
// The exit status is 0 when FILE holds the same program, 1 when something differs, and 2 when
// that can't be told.
//
// Usage:
//
//	oxgen verify FILE|PACKAGE [DIR] [flags]
//
// Examples:
//
//	oxgen verify ./hello
//	oxgen verify dist/shop-linux-arm64 shop
//	oxgen verify vendor/example.com/shop/pyapp shop
//
// Flags:
//
//	-j, --jobs N        let N interpreters compile at once (default: one for each CPU)
//	    --json          print JSON
//	    --python SPEC   the Python: SPEC is a version, an interpreter, a directory or an archive
//	                    (default: $OXGEN_PYTHON, then python in oxgen.toml, then the newest that
//	                    "oxgen python list" shows)
//	    --strict        fail when a source does not compile or a rule matches nothing; without
//	                    it these are warnings
//
// # oxgen why
//
// Why prints the shortest chain of imports that leads to MODULE, from what the program runs, from
// its own sources, from the configuration or from the interpreter, one import a line, with
// the place in the importer's source and the circumstances under which it runs. Of a module
// that is not in the program it says why, and who imports it nevertheless.
//
// The program is that of the configuration in DIR, by default the current directory, whose
// sources are compiled for it; or the one in FILE, an executable or a generated package.
//
//	--missing   lists instead all modules that are imported and are nowhere, those that the
//	program needs first, with their importers
//	--computed  lists instead the places that import a module by a name that is computed:
//	what they import is not to be seen
//
// Usage:
//
//	oxgen why MODULE [FILE|DIR] [flags]
//
// Examples:
//
//	oxgen why decimal
//	oxgen why --all email ./hello
//	oxgen why --missing
//
// Flags:
//
//	    --all           print all importers of the module too
//	    --computed      list imports whose names are computed
//	-j, --jobs N        let N interpreters compile at once (default: one for each CPU)
//	    --json          print JSON
//	    --missing       list the modules that are imported and are nowhere
//	    --python SPEC   the Python: SPEC is a version, an interpreter, a directory or an archive
//	                    (default: $OXGEN_PYTHON, then python in oxgen.toml, then the newest that
//	                    "oxgen python list" shows)
//	    --strict        fail when a source does not compile or a rule matches nothing; without
//	                    it these are warnings
package main
