package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/oxgen/oxgen/internal/pyexec"
)

// A machine says what was measured on. It holds nothing that names the machine or its users.
type machine struct {
	CPU    string `json:"cpu"`    // model; "" if unknown
	Cores  int    `json:"cores"`  // that a process may use
	Memory int64  `json:"memory"` // bytes, 0 if unknown
	System string `json:"system"` // platform, and version of the kernel where that is known
	Go     string `json:"go"`     // version
	Python string `json:"python"` // version
}

// describe describes this machine.
func describe(ctx context.Context, w *workshop) (machine, error) {
	version, err := w.run(ctx, pyexec.Command{Path: "go", Args: []string{"env", "GOVERSION"}})
	if err != nil {
		return machine{}, err
	}
	m := machine{
		CPU:    field(read("/proc/cpuinfo"), "model name"),
		Cores:  runtime.NumCPU(),
		System: runtime.GOOS + "/" + runtime.GOARCH,
		Go:     strings.TrimPrefix(strings.TrimSpace(version), "go"),
		Python: w.dist.Version,
	}
	kib, _, _ := strings.Cut(field(read("/proc/meminfo"), "MemTotal"), " ")
	if n, err := strconv.ParseInt(kib, 10, 64); err == nil {
		m.Memory = n << 10
	}
	if release := strings.TrimSpace(read("/proc/sys/kernel/osrelease")); release != "" {
		kernel, _, _ := strings.Cut(release, "-") // what follows says who built it
		m.System += ", kernel " + kernel
	}
	return m, nil
}

// read returns the contents of a file of /proc, "" if there is none.
func read(name string) string {
	data, _ := os.ReadFile(name)
	return string(data)
}

// field returns the value of the first line "name: value", "" if there is none.
func field(text, name string) string {
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// String returns the machine in one line.
func (m machine) String() string {
	name := m.CPU
	if name == "" {
		name = "an unknown CPU"
	}
	s := fmt.Sprintf("%s, %d cores", name, m.Cores)
	if m.Memory > 0 {
		s += fmt.Sprintf(", %.1f GiB of memory", float64(m.Memory)/(1<<30))
	}
	return s + ", " + m.System
}
