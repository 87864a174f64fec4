package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

func TestACommandsWordsAreInItsFailure(t *testing.T) {
	t.Parallel()
	sh := filepath.Join("/", "bin", "sh")
	err := runCommand(t.Context(), io.Discard, []string{"NAME=host"}, sh, "-c", "echo no such $NAME; exit 3")
	if err == nil || !strings.Contains(err.Error(), "no such host") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("got %v", err)
	}
}

func TestASignOfLifeIsSeenOnceEvenInPieces(t *testing.T) {
	t.Parallel()
	seen := 0
	s := &signOfLife{text: "Downloading", seen: func() { seen++ }}
	for _, piece := range []string{"retrying: error downloading\n", "Down", "loading", " Downloading"} {
		fmt.Fprint(s, piece)
	}
	if seen != 1 {
		t.Errorf("seen %d times", seen)
	}
}
