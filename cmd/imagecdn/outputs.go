package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"imagecdn/internal/verify"
)

// stackOutputs are those of the stack's outputs that a commands can use.
type stackOutputs struct {
	CdnDomain          string   `json:"cdnDomain"`
	Domains            []string `json:"domains"`
	BucketName         string   `json:"bucketName"`
	BucketPrefix       string   `json:"bucketPrefix"`
	DistributionID     string   `json:"distributionId"`
	DistributionDomain string   `json:"distributionDomain"`
	LogsURI            string   `json:"logsUri"`
	// SigningKeyIDs are the ids of public keys by their names.
	SigningKeyIDs map[string]string `json:"signingKeyIds"`
}

// fillFromOutputs completes a target with a stack's outputs, and a private key's id where
// there is but one. What is there already, stays.
func fillFromOutputs(t *verify.Target, key *keyFlags, file string, in io.Reader) error {
	outputs, err := readOutputs(file, in)
	if err != nil {
		return err
	}
	for _, id := range outputs.SigningKeyIDs {
		if key.file != "" && key.id == "" && len(outputs.SigningKeyIDs) == 1 {
			key.id = id
		}
	}
	if t.Bucket == "" {
		t.BucketPrefix = outputs.BucketPrefix
	}
	for field, value := range map[*string]string{
		&t.Domain: outputs.CdnDomain, &t.Bucket: outputs.BucketName, &t.DistributionDomain: outputs.DistributionDomain,
	} {
		if *field == "" {
			*field = value
		}
	}
	return nil
}

func readOutputs(file string, in io.Reader) (stackOutputs, error) {
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return stackOutputs{}, fmt.Errorf("reading the stack's outputs: %w", err)
		}
		defer func() { _ = opened.Close() }() // only read from
		in = opened
	}
	var outputs stackOutputs
	if err := json.NewDecoder(in).Decode(&outputs); err != nil {
		return stackOutputs{}, fmt.Errorf("reading the stack's outputs (`pulumi stack output --json`) from %s: %w", file, err)
	}
	return outputs, nil
}
