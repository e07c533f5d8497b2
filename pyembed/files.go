package pyembed

// guarded returns what is to be guarded, nothing when the program shall have no virtual files.
func (c *Config) guarded() map[string][]string {
	if c.NoVirtualFiles {
		return nil
	}
	return guarded
}

// guarded names the C functions that take paths, by module. What the fallbacks do is in templates/files.py.
var guarded = map[string][]string{
	"_io": {"open", "open_code"},
	"posix": {
		"open", "stat", "lstat", "access", "listdir", "scandir", "readlink", "statvfs", "getxattr", "listxattr",
		"chmod", "chown", "lchown", "utime", "truncate", "setxattr", "removexattr",
		"mkdir", "mkfifo", "mknod", "remove", "unlink", "rmdir", "rename", "replace", "link", "symlink",
	},
}
