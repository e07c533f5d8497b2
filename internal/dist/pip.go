package dist

import (
	"context"
	"path/filepath"
)

// Pip returns a directory that pip can be imported from by any Python that oxgen takes: the Go module of the default release
// has one.
func (s *Store) Pip(ctx context.Context) (dir string, err error) {
	r := DefaultRelease()
	module, err := s.Module(ctx, r.Module+"@"+r.ModuleVersion)
	return filepath.Join(module, "pip", "internal", "data"), err
}

// IsRelease tells whether the distribution is a pinned one, and no Python of the user's.
func (d *Distribution) IsRelease() bool { return d.release != nil }
