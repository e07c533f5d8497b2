//go:build !windows

package pyembed

import (
	"github.com/oxgen/oxgen/pyembed/internal/cpython"
	"github.com/oxgen/oxgen/pyembed/table"
)

// nativeValues returns nothing: extension modules are loaded by Python code (templates/native.py).
func nativeValues(*cpython.API, *table.Reader) []cpython.Value { return nil }
