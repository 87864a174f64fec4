package components

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// plainString is an input's text where the program gave it as plain text, or not
// at all. It is false for an output: somebody else makes what it says, perhaps in
// the same up, so it can be neither checked nor looked up yet.
func plainString(input pulumi.StringInput) (text string, plain bool) {
	switch given := input.(type) {
	case nil:
		return "", true
	case pulumi.String:
		return string(given), true
	}
	return "", false
}

// unlessEmpty is an input, nil for a plain "": what is set to nothing is left out.
func unlessEmpty(input pulumi.StringInput) pulumi.StringInput {
	if text, plain := plainString(input); plain && text == "" {
		return nil
	}
	return input
}

// unlessEmptyText is unlessEmpty for a text.
func unlessEmptyText(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// plainInt is plainString for a number, with what stands where none was given.
func plainInt(input pulumi.IntInput, otherwise int) (number int, plain bool) {
	switch given := input.(type) {
	case nil:
		return otherwise, true
	case pulumi.Int:
		return int(given), true
	}
	return 0, false
}

func stringOr(input pulumi.StringInput, otherwise string) pulumi.StringInput {
	if text, plain := plainString(input); plain && text == "" {
		return pulumi.String(otherwise)
	}
	return input
}

func intOr(input pulumi.IntInput, otherwise int) pulumi.IntInput {
	if input == nil {
		return pulumi.Int(otherwise)
	}
	return input
}

func textOr(given, otherwise string) string {
	if given == "" {
		return otherwise
	}
	return given
}

func valueOr[T any](given *T, otherwise T) T {
	if given == nil {
		return otherwise
	}
	return *given
}
