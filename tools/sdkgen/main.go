// Command sdkgen makes the package's SDKs for TypeScript, Python and Go from its schema.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "sdkgen:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("sdkgen", flag.ContinueOnError)
	flags.SetOutput(out)
	schema := flags.String("schema", "../../provider/schema.json", "the package's schema")
	directory := flags.String("out", "../../sdk", "where the SDKs are, one directory for each language")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("reading the command line: %w", err)
	}
	if flags.NArg() > 0 {
		flags.Usage()
		return errors.New("there are no arguments but flags")
	}
	text, err := os.ReadFile(*schema)
	if err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	files, err := generate(text)
	if err != nil {
		return err
	}

	return write(*directory, files)
}
