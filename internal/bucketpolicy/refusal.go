package bucketpolicy

import (
	"path"
	"slices"
	"strings"
)

// readAction is what CloudFront asks the bucket for, in lower case: IAM does not mind the case of actions.
const readAction = "s3:getobject"

// What a request that CloudFront signs is known to say, by condition key in lower case (IAM User Guide, "AWS global
// condition context keys"; CloudFront Developer Guide, "Restrict access to an Amazon S3 origin").
var (
	saidByCloudFront = map[string]string{
		"aws:securetransport": "true", "aws:principalisawsservice": "true", "aws:principalservicename": cloudFrontService,
	}
	// neverSaid are the keys of callers in a network or an organization of the user's.
	neverSaid = []string{
		"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "aws:principalorgid", "aws:principalorgpaths", "aws:username",
	}
	// neverTheUsers are the keys of who calls: where CloudFront has them at all, they are AWS's own.
	neverTheUsers = []string{"aws:principalaccount", "aws:principalarn", "aws:userid"}
)

// RefuseCloudFront names the statements that refuse CloudFront every object of the bucket, whatever another statement
// allows: by Sid, or as JSON where there is none. A statement that refuses only under conditions nobody can tell
// beforehand, or only some of the objects, is not among them.
func (d Document) RefuseCloudFront(bucketARN string) []string {
	names := []string{}
	for _, s := range d.statements {
		if !s.refusesCloudFront(bucketARN) {
			continue
		}
		if s.sid == "" {
			names = append(names, s.raw)
		} else {
			names = append(names, s.sid)
		}
	}
	return names
}

func (s Statement) refusesCloudFront(bucketARN string) bool {
	members, ok := decode([]byte(s.raw)).(map[string]any)
	if !ok {
		return false
	}
	element := map[string]any{}
	for name, value := range members {
		element[strings.ToLower(name)] = value
	}
	return element["effect"] == "Deny" && meansCloudFront(element) && meansReading(element) &&
		slices.ContainsFunc(listed(element["resource"]), func(pattern string) bool { return coversObjects(pattern, bucketARN) }) &&
		conditionsHold(element["condition"])
}

// meansCloudFront reports whether the statement is about CloudFront, or about everybody.
func meansCloudFront(element map[string]any) bool {
	if excepted, given := element["notprincipal"]; given {
		return !names(excepted)
	}
	return names(element["principal"])
}

// names reports whether a principal is CloudFront or everybody.
func names(principal any) bool {
	kinds, ok := principal.(map[string]any)
	if !ok {
		return principal == "*"
	}
	return slices.Contains(listed(kinds["AWS"]), "*") || slices.Contains(listed(kinds["Service"]), cloudFrontService)
}

func meansReading(element map[string]any) bool {
	isReading := func(pattern string) bool { return like(strings.ToLower(pattern), readAction) }
	if excepted, given := element["notaction"]; given {
		return !slices.ContainsFunc(listed(excepted), isReading)
	}
	return slices.ContainsFunc(listed(element["action"]), isReading)
}

// coversObjects reports whether a pattern of resources is of all objects.
func coversObjects(pattern, bucketARN string) bool {
	start, open := strings.CutSuffix(pattern, "*")
	return open && strings.HasPrefix(bucketARN+"/", start)
}

// conditionsHold reports whether every condition holds for CloudFront for sure.
func conditionsHold(condition any) bool {
	if condition == nil {
		return true
	}
	operators, ok := condition.(map[string]any)
	for operator, tests := range operators {
		keys, isObject := tests.(map[string]any)
		ok = ok && isObject
		for key, values := range keys {
			ok = ok && holds(strings.ToLower(operator), strings.ToLower(key), listed(values))
		}
	}
	return ok
}

// holds reports whether one test holds for sure. A test that says "not" holds for a key that is not there (IAM User
// Guide, "Condition operators").
func holds(operator, key string, values []string) bool {
	operator, ifThere := strings.CutSuffix(operator, "ifexists")
	negated := strings.Contains(operator, "not")
	never := slices.Contains(neverSaid, key) || strings.HasPrefix(key, "aws:principaltag/")
	said, known := saidByCloudFront[key]
	switch {
	case strings.Contains(operator, ":"): // of keys with several values
		return false
	case operator == "null":
		return never && slices.Equal(values, []string{"true"}) || known && slices.Equal(values, []string{"false"})
	case known:
		return negated != slices.ContainsFunc(values, func(pattern string) bool { return like(strings.ToLower(pattern), said) })
	case never:
		return negated || ifThere
	}
	return negated && slices.Contains(neverTheUsers, key) &&
		!slices.ContainsFunc(values, func(pattern string) bool { return strings.Trim(pattern, "*?:") == "" })
}

// like matches a text without slashes against a pattern with * and ?.
func like(pattern, text string) bool {
	matched, err := path.Match(strings.NewReplacer("[", `\[`, `\`, `\\`).Replace(pattern), text)
	return err == nil && matched
}

// listed is one value or a list of values as a list; none for anything else.
func listed(value any) []string {
	values, _ := set(value, asWritten).([]string)
	return values
}
