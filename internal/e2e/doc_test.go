// Package e2e tests oxgen as its users meet it: it builds the command, has it make executables out of the examples and of
// the programs below testdata, and runs those in the places where programs are run.
//
// What needs more than a few seconds is left out by -short. What needs a right that the caller does not have, or a tool
// that is not installed, is skipped and says so. OXGEN_E2E_SCALE=1 adds what takes minutes.
package e2e
