//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package atomicfile

import "errors"

func flockDir(string) (unlock func(), err error) { return nil, errors.ErrUnsupported }
