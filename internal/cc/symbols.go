package cc

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
)

// defines tells whether an object defines a global symbol.
func defines(object []byte, name string) (bool, error) {
	return has(object, name, (*elf.File).Symbols)
}

// exports tells whether a shared object gives a symbol to the dynamic linker.
func exports(library []byte, name string) (bool, error) {
	return has(library, name, (*elf.File).DynamicSymbols)
}

func has(data []byte, name string, list func(*elf.File) ([]elf.Symbol, error)) (bool, error) {
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return false, fmt.Errorf("reading what the linker made: %w", err)
	}
	symbols, err := list(f)
	if err != nil && !errors.Is(err, elf.ErrNoSymbols) {
		return false, fmt.Errorf("reading what the linker made: %w", err)
	}
	for _, s := range symbols {
		if s.Name == name && s.Section != elf.SHN_UNDEF && elf.ST_BIND(s.Info) == elf.STB_GLOBAL {
			return true, nil
		}
	}
	return false, nil
}
