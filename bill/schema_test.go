package bill_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/oxgen/oxgen/bill"
	"github.com/oxgen/oxgen/internal/pyexec"
)

var formats = map[string]func(*bill.Bill, io.Writer) error{
	"CycloneDX": (*bill.Bill).WriteCycloneDX,
	"SPDX":      (*bill.Bill).WriteSPDX,
}

// The official schemas come with Go modules: CycloneDX's with the library that writes it, SPDX's with one that is
// brought for this test alone.
const (
	cycloneModule = "github.com/CycloneDX/cyclonedx-go"
	spdxModule    = "github.com/anchore/syft@v1.57.1"
)

func TestCycloneDXSchema(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(moduleDir(t, "list", "-m", "-json", cycloneModule), "schema")
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for address, file := range map[string]string{
		"http://cyclonedx.org/schema/spdx.schema.json":     "spdx.schema.json",
		"http://cyclonedx.org/schema/jsf-0.82.schema.json": "jsf-0.82.schemax.json",
		"http://cyclonedx.org/schema/bom-1.6.schema.json":  "bom-1.6.schema.json",
	} {
		if err := c.AddResource(address, document(t, filepath.Join(dir, file))); err != nil {
			t.Fatal(err)
		}
	}
	validate(t, c, "http://cyclonedx.org/schema/bom-1.6.schema.json", formats["CycloneDX"])
}

func TestSPDXSchema(t *testing.T) {
	t.Parallel()
	dir := moduleDir(t, "mod", "download", "-json", spdxModule)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("spdx.json", document(t, filepath.Join(dir, "schema", "spdx-json", "spdx-schema-2.3.json"))); err != nil {
		t.Fatal(err)
	}
	validate(t, c, "spdx.json", formats["SPDX"])
}

// moduleDir returns the directory of a module that the go command finds. Without the network the test is left out.
func moduleDir(t *testing.T, args ...string) string {
	t.Helper()
	out, err := pyexec.Run(t.Context(), pyexec.Command{Path: "go", Args: args, Env: os.Environ()})
	if err != nil {
		t.Skipf("no schema: %v", err)
	}
	var m struct{ Dir string }
	if err := json.Unmarshal(out, &m); err != nil || m.Dir == "" {
		t.Fatalf("%v: %s", err, out)
	}
	return m.Dir
}

func document(t *testing.T, file string) any {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// validate holds the bill of the test's program against a schema.
func validate(t *testing.T, c *jsonschema.Compiler, address string, write func(*bill.Bill, io.Writer) error) {
	t.Helper()
	schema, err := c.Compile(address)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := write(madeBill(t), &out); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
	doc.(map[string]any)["nonsense"] = true
	if schema.Validate(doc) == nil {
		t.Error("the schema takes anything")
	}
}
