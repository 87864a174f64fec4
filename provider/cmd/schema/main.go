// Command schema writes the package's schema: what resources.json says of the custom
// resources, functions and the provider, and the components as their Go types say.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"imagecdn/internal/packageschema"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: schema DIRECTORY, that of the repository")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(root string) error {
	base, err := os.ReadFile(filepath.Join(root, "provider", "resources.json"))
	if err != nil {
		return fmt.Errorf("reading the custom resources: %w", err)
	}
	whole, err := packageschema.Complete(base, filepath.Join(root, "components"))
	if err != nil {
		return fmt.Errorf("deriving the schema: %w", err)
	}
	if err := os.WriteFile(filepath.Join(root, "provider", "schema.json"), whole, 0o600); err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}
	return nil
}
