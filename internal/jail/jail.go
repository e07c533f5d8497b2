// Package jail runs a program where there is nothing but it: in a root directory of its own, with the C library and a few
// devices, in namespaces of its own. It takes Linux, and a system that lets this user have namespaces.
//
// What makes the mounts has to run in the namespaces already. So the program is started by way of oxgen itself: its hidden
// command enters the jail that it is told, and becomes the program.
package jail

import (
	"encoding/json"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A Jail is a root directory with one program in it.
type Jail struct {
	Root  string // an empty directory, absolute; it stays empty for everybody else
	Files []File // what is in it
	Proc  string // "new" mounts /proc anew, which takes processes of its own; "bind" shows that of the system

	Path string   // the program, as it is named in the jail
	Args []string // its arguments, without its name
	Env  []string // its whole environment
}

// A File of the system that is in the jail, read-only.
type File struct {
	From string // absolute
	To   string // in the jail, absolute
}

// CommandName is the hidden command of oxgen that enters a jail. Its argument is the jail in JSON.
const CommandName = "__jail"

// Command returns the command that runs the program of j; oxgen is the executable of oxgen.
func (j *Jail) Command(oxgen string) (pyexec.Command, error) {
	order, err := json.Marshal(j)
	if err != nil {
		return pyexec.Command{}, err
	}
	c := pyexec.Command{Path: oxgen, Args: []string{CommandName, string(order)}, Namespaces: pyexec.OwnMounts}
	if j.Proc == "new" {
		c.Namespaces = pyexec.OwnProcesses
	}
	return c, nil
}

// Devices are what programs expect in /dev even where there is nothing else.
func Devices() []File {
	var files []File
	for _, name := range []string{"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"} {
		files = append(files, File{name, name})
	}
	return files
}
