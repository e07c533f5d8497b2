package cpython

import "runtime"

// A member is a member of a C struct.
type member struct {
	name         string
	kind         kind
	since, until int    // minor versions of Python that have it, inclusive; 0 is no limit
	system       string // GOOS of the only system that has it; "" is all
}

// A kind is the C type of a member.
type kind int

const (
	integer  kind = iota // int
	unsigned             // unsigned long
	text                 // wchar_t *
	list                 // PyWideStringList
)

// preconfigMembers are those of PyPreConfig in their order (Include/cpython/initconfig.h). They are the same in all
// versions.
var preconfigMembers = []member{
	{name: "_config_init"},
	{name: "parse_argv"},
	{name: "isolated"},
	{name: "use_environment"},
	{name: "configure_locale"},
	{name: "coerce_c_locale"},
	{name: "coerce_c_locale_warn"},
	{name: "legacy_windows_fs_encoding", system: "windows"},
	{name: "utf8_mode"},
	{name: "dev_mode"},
	{name: "allocator"},
}

// configMembers are those of PyConfig in their order, for Python 3.10 to 3.14 (Include/cpython/initconfig.h of each). The
// struct does not change within a minor version. Builds without the GIL have more (see Refused); builds for debugging and
// statistics have more at the end.
var configMembers = []member{
	{name: "_config_init"},
	{name: "isolated"},
	{name: "use_environment"},
	{name: "dev_mode"},
	{name: "install_signal_handlers"},
	{name: "use_hash_seed"},
	{name: "hash_seed", kind: unsigned},
	{name: "faulthandler"},
	{name: "tracemalloc"},
	{name: "perf_profiling", since: 12},
	{name: "remote_debug", since: 14},
	{name: "import_time"},
	{name: "code_debug_ranges", since: 11},
	{name: "show_ref_count"},
	{name: "dump_refs"},
	{name: "dump_refs_file", kind: text, since: 11},
	{name: "malloc_stats"},
	{name: "filesystem_encoding", kind: text},
	{name: "filesystem_errors", kind: text},
	{name: "pycache_prefix", kind: text},
	{name: "parse_argv"},
	{name: "orig_argv", kind: list},
	{name: "argv", kind: list},
	{name: "xoptions", kind: list},
	{name: "warnoptions", kind: list},
	{name: "site_import"},
	{name: "bytes_warning"},
	{name: "warn_default_encoding"},
	{name: "inspect"},
	{name: "interactive"},
	{name: "optimization_level"},
	{name: "parser_debug"},
	{name: "write_bytecode"},
	{name: "verbose"},
	{name: "quiet"},
	{name: "user_site_directory"},
	{name: "configure_c_stdio"},
	{name: "buffered_stdio"},
	{name: "stdio_encoding", kind: text},
	{name: "stdio_errors", kind: text},
	{name: "legacy_windows_stdio", system: "windows"},
	{name: "check_hash_pycs_mode", kind: text},
	{name: "use_frozen_modules", since: 11},
	{name: "safe_path", since: 11},
	{name: "int_max_str_digits", since: 12},
	{name: "thread_inherit_context", since: 14},
	{name: "context_aware_warnings", since: 14},
	{name: "use_system_logger", since: 14, system: "darwin"},
	{name: "cpu_count", since: 13},
	{name: "pathconfig_warnings"},
	{name: "program_name", kind: text},
	{name: "pythonpath_env", kind: text},
	{name: "home", kind: text},
	{name: "platlibdir", kind: text},
	{name: "module_search_paths_set"},
	{name: "module_search_paths", kind: list},
	{name: "stdlib_dir", kind: text, since: 11},
	{name: "executable", kind: text},
	{name: "base_executable", kind: text},
	{name: "prefix", kind: text},
	{name: "base_prefix", kind: text},
	{name: "exec_prefix", kind: text},
	{name: "base_exec_prefix", kind: text},
	{name: "skip_source_first_line"},
	{name: "run_command", kind: text},
	{name: "run_module", kind: text},
	{name: "run_filename", kind: text},
	{name: "sys_path_0", kind: text, since: 13},
	{name: "_install_importlib"},
	{name: "_init_main"},
	{name: "_isolated_interpreter", until: 11},
	{name: "_is_python_build", since: 11},
}

// The minor versions of Python that configMembers describes.
const (
	firstLayout = 10
	lastLayout  = 14
)

// A layout says where the members of a struct lie.
type layout struct {
	members map[string]slot
	size    uintptr // in bytes
}

// A slot is the place of a member: offset bytes from the start of its struct.
type slot struct {
	offset uintptr
	kind   kind
}

// layoutOf lays members out as a C compiler does: each at the next multiple of its alignment.
func layoutOf(members []member, version Version) layout {
	l := layout{members: map[string]slot{}}
	const word = 8
	widest := uintptr(1)
	for _, m := range members {
		if !m.in(version.Minor(), runtime.GOOS) {
			continue
		}
		size, align := uintptr(word), uintptr(word)
		switch {
		case m.kind == integer, m.kind == unsigned && runtime.GOOS == "windows": // a long of Windows has 32 bits
			size, align = 4, 4
		case m.kind == list:
			size = 2 * word
		}
		l.size = alignUp(l.size, align)
		l.members[m.name] = slot{offset: l.size, kind: m.kind}
		l.size += size
		widest = max(widest, align)
	}
	l.size = alignUp(l.size, widest)
	return l
}

// in tells whether a version of Python has the member.
func (m member) in(minor int, system string) bool {
	return minor >= m.since && (m.until == 0 || minor <= m.until) && (m.system == "" || m.system == system)
}

// alignUp returns the next multiple of align, a power of two.
func alignUp(n, align uintptr) uintptr { return (n + align - 1) &^ (align - 1) }
