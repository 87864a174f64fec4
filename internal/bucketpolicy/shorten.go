package bucketpolicy

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// withShortAccounts is the document with each account that is a principal written as its id.
func (d Document) withShortAccounts() Document {
	statements := make([]Statement, len(d.statements))
	for i, s := range d.statements {
		statements[i] = s.withShortAccounts()
	}
	return Document{members: d.members, statements: statements, grown: d.grown}
}

// withShortAccounts changes the text of accounts, and white space, alone.
func (s Statement) withShortAccounts() Statement {
	raw := rewrite(json.RawMessage(s.raw), func(name string) edit {
		switch strings.ToLower(name) {
		case "principal", "notprincipal":
			return shortPrincipal
		}
		return nil
	})
	return Statement{raw: string(raw), sid: s.sid}
}

func shortPrincipal(principal json.RawMessage) json.RawMessage {
	return rewrite(principal, func(kind string) edit {
		if kind == "AWS" {
			return shortNames
		}
		return nil
	})
}

// shortNames shortens one name or a list of names.
func shortNames(names json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if names[0] != '[' || json.Unmarshal(names, &list) != nil {
		return shortName(names)
	}
	for i, name := range list {
		list[i] = shortName(name)
	}
	return slices.Concat([]byte{'['}, bytes.Join(rawList(list), []byte{','}), []byte{']'})
}

func rawList(list []json.RawMessage) [][]byte {
	texts := make([][]byte, len(list))
	for i, item := range list {
		texts[i] = item
	}
	return texts
}

func shortName(name json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(name, &text) != nil {
		return name
	}
	account := accountRoot.FindStringSubmatch(text)
	if account == nil {
		return name
	}
	return quote(account[1])
}

// edit makes another value of a member's.
type edit func(json.RawMessage) json.RawMessage

// rewrite applies to each member of an object the edit that is chosen for its name, if any. What is no object stays.
func rewrite(object json.RawMessage, choose func(name string) edit) json.RawMessage {
	members, err := parseMembers(object)
	if err != nil || len(members) == 0 {
		return object
	}
	var out bytes.Buffer
	for i, m := range members {
		out.WriteByte("{,"[min(i, 1)])
		out.Write(m.name)
		out.WriteByte(':')
		if change := choose(m.key()); change != nil {
			m.value = change(m.value)
		}
		out.Write(m.value)
	}
	out.WriteByte('}')
	return out.Bytes()
}
