package table

import "crypto"

// digestSize is the size of a SHA-256 in bytes.
const digestSize = 32

// digest returns the SHA-256 of b. It comes from the registry of package crypto: a program only reads its table, and does without
// crypto/sha256, with which two dozen packages are initialised.
func digest(b []byte) (sum [digestSize]byte) {
	h := crypto.SHA256.New()
	_, _ = h.Write(b) // never fails
	h.Sum(sum[:0])
	return sum
}
