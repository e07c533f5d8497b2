package collector

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/oxgen/oxgen/internal/diag"
)

func TestHand(t *testing.T) {
	if os.Getenv("HAND") == "" {
		t.Skip()
	}
	in, err := Classify(os.Getenv("HAND"), "L")
	if err != nil {
		diag.Print(os.Stdout, err)
		return
	}
	if in.Kind == Wheel {
		in.Label = "w.whl"
	}
	if os.Getenv("KIND") == "stdlib" {
		in.Kind = Stdlib
	}
	if os.Getenv("KIND") == "site" {
		in.Kind = SitePackages
	}
	start := time.Now()
	c, err := Collect(context.Background(), []Input{in}, Options{ExtensionSuffixes: []string{".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"}})
	if err != nil {
		diag.Print(os.Stdout, err)
		return
	}
	fmt.Println(in.Kind, c.Totals(), len(c.Verdicts), time.Since(start))
	if os.Getenv("V") != "" {
		for _, v := range c.Verdicts {
			fmt.Println(v.Kind, v.Path, v.Origin, v.Rule, v.Reason)
		}
	}
	for _, r := range c.Resources {
		data, err := r.Read()
		if err != nil || int64(len(data)) != r.Size {
			t.Error(r.Path, err)
		}
	}
}
