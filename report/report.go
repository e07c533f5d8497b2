// Package report makes one HTML page of a program: what takes the space in it, which module imports which and why it is
// there, what is missing, licences, machine code.
//
// The page needs nothing else: no network, no file beside it, no server. Style and script are in it under a Content Security
// Policy that allows these two and nothing more, and all that comes from the program is data, as JSON in a script element of a
// type that nobody runs. The same program gives the same page.
package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
)

//go:embed page.html page.css *.js
var sources embed.FS

// scripts are the parts of the page's script, in the order in which they are joined.
var scripts = []string{"base.js", "treemap.js", "imports.js", "tables.js", "main.js"}

var page = template.Must(template.ParseFS(sources, "page.html"))

// Write writes the page.
func Write(w io.Writer, d *Data) error {
	data, err := dataJSON(d)
	if err != nil {
		return err
	}
	style, err := sources.ReadFile("page.css")
	if err != nil {
		return err
	}
	script, err := script()
	if err != nil {
		return err
	}
	// The texts of style and script are our own and the same in each page; the data is escaped by dataJSON.
	return page.Execute(w, map[string]any{
		"Title":  d.Name,
		"Policy": fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'", digest(style), digest(script)),
		"Style":  template.HTML("<style>" + string(style) + "</style>"),
		"Script": template.HTML("<script>" + string(script) + "</script>"),
		"Data":   template.HTML(`<script type="application/json" id="data">` + string(data) + `</script>`),
	})
}

// script joins the parts of the script in a function of its own.
func script() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("(() => {\n\"use strict\";\n")
	for _, name := range scripts {
		part, err := sources.ReadFile(name)
		if err != nil {
			return nil, err
		}
		b.Write(part)
	}
	b.WriteString("})();\n")
	return b.Bytes(), nil
}

// digest returns what a Content Security Policy knows a text by.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// dataJSON returns data as JSON that can't end the script element that it stands in, whatever names and texts of the program
// hold: encoding/json writes <, > and & as \u003c, \u003e and \u0026, and with them U+2028 and U+2029.
func dataJSON(d *Data) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(true)
	if err := e.Encode(d); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
