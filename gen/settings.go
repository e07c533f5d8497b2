package gen

import (
	"errors"
	"fmt"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/pyc"
	"github.com/oxgen/oxgen/pyembed"
)

// checkSettings refuses the options of the interpreter that its version does not have yet.
func checkSettings(c *config.Config, python pyc.Version) error {
	i := &c.Interpreter
	var problems []error
	for _, option := range []struct {
		key   string
		minor int // Python 3.minor is the first that has it
		set   bool
	}{
		{"safe-path", 11, i.SafePath != nil},
		{"int-max-str-digits", 12, i.IntMaxStrDigits != nil},
	} {
		if option.set && python.Minor < option.minor {
			problems = append(problems, diag.Errorf(c.File, fmt.Sprintf("leave the key out, or take Python 3.%d or newer", option.minor),
				"interpreter.%s: Python %s has no such option", option.key, python.Feature()))
		}
	}
	return errors.Join(problems...)
}

// Settings returns the options of the interpreter, by their names in PEP 741, that differ from pyembed.Defaults, in a
// fixed order. CPython's isolated configuration is what they start from.
func Settings(c *config.Config, python pyc.Version) []pyembed.Setting {
	s := settingList{}
	i := &c.Interpreter
	if i.Profile == config.Python {
		s.int("isolated", 0)
		if python.Minor >= 11 {
			s.int("safe_path", 0)
		}
	}
	s.unless(true, "utf8_mode", i.UTF8Mode)
	s.unless(true, "configure_locale", i.ConfigureLocale)
	s.unless(true, "install_signal_handlers", i.InstallSignalHandlers)
	s.unless(false, "use_environment", i.UseEnvironment)
	s.unless(false, "site_import", i.SiteImport)
	s.unless(false, "user_site_directory", i.UserSite)
	s.unless(false, "write_bytecode", i.WriteBytecode)
	s.unless(false, "pathconfig_warnings", i.PathconfigWarnings)
	s.unless(false, "interactive", i.Interactive)
	s.unless(false, "quiet", i.Quiet)
	if i.Optimize != 0 {
		s.int("optimization_level", int64(i.Optimize))
	}
	if i.BytesWarning != 0 {
		s.int("bytes_warning", int64(i.BytesWarning))
	}
	s.bool("safe_path", i.SafePath, false)
	s.bool("dev_mode", i.DevMode, false)
	s.bool("inspect", i.Inspect, false)
	s.bool("buffered_stdio", i.Unbuffered, true)
	s.bool("faulthandler", i.Faulthandler, false)
	s.bool("import_time", i.ImportTime, false)
	s.number("verbose", i.Verbose)
	s.number("tracemalloc", i.Tracemalloc)
	s.number("int_max_str_digits", i.IntMaxStrDigits)
	if i.HashSeed != nil {
		s.int("use_hash_seed", 1)
		s.int("hash_seed", int64(*i.HashSeed))
	}
	s.text("stdio_encoding", i.StdioEncoding)
	s.text("stdio_errors", i.StdioErrors)
	s.text("check_hash_pycs_mode", i.CheckHashPycsMode)
	s.allocator(i.Allocator)
	s.list("warnoptions", i.WarnOptions)
	s.list("xoptions", i.XOptions)
	return s.set
}

type settingList struct{ set []pyembed.Setting }

func (s *settingList) int(name string, value int64) {
	s.set = append(s.set, pyembed.Setting{Name: name, Value: value})
}

// unless sets an option that differs from its default.
func (s *settingList) unless(normal bool, name string, value bool) {
	if value != normal {
		s.bool(name, &value, false)
	}
}

// bool sets an option that the configuration has; invert is for keys that say the opposite of the option.
func (s *settingList) bool(name string, value *bool, invert bool) {
	switch {
	case value == nil:
	case *value != invert:
		s.int(name, 1)
	default:
		s.int(name, 0)
	}
}

func (s *settingList) number(name string, value *int) {
	if value != nil {
		s.int(name, int64(*value))
	}
}

func (s *settingList) text(name, value string) {
	if value != "" {
		s.set = append(s.set, pyembed.Setting{Name: name, Value: value})
	}
}

func (s *settingList) list(name string, value []string) {
	if len(value) > 0 {
		s.set = append(s.set, pyembed.Setting{Name: name, Value: value})
	}
}

// allocator sets the number that PyPreConfig.allocator has for a name of PYTHONMALLOC (Include/cpython/pymem.h,
// PyMemAllocatorName).
func (s *settingList) allocator(name string) {
	names := []string{"", "default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug", "mimalloc", "mimalloc_debug"}
	for number, n := range names {
		if name == n && number > 0 {
			s.int("allocator", int64(number))
		}
	}
}
