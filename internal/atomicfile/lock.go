package atomicfile

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// lockDir takes the lock of the directory dir, which must be there and have no symbolic links in its path.
func lockDir(dir string) (unlock func(), err error) {
	if unlock, err := flockDir(dir); err == nil {
		return unlock, nil
	}
	return lockByName(dir)
}

// lockByName locks a file in the temporary directory that is named after dir. The file stays: to remove it would let two
// processes hold locks of different files with one name.
func lockByName(dir string) (unlock func(), err error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(abs))
	return lockedfile.MutexAt(filepath.Join(os.TempDir(), "oxgen-"+hex.EncodeToString(sum[:8])+".lock")).Lock()
}
