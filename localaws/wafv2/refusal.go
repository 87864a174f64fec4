package wafv2

import (
	"fmt"

	"imagecdn/localaws/api"
)

// AWS WAF's refusals, with their fixed sentences.

func nonexistent() error {
	return api.Refuse("WAFNonexistentItemException",
		"AWS WAF couldn't perform the operation because your resource doesn't exist.")
}

func unavailable() error {
	return api.Refuse("WAFUnavailableEntityException", "AWS WAF couldn't retrieve the resource that you requested. Retry your request.")
}

func duplicate() error {
	return api.Refuse("WAFDuplicateItemException", "AWS WAF couldn't perform the operation because some resource in "+
		"your request is a duplicate of an existing one.")
}

func stale() error {
	return api.Refuse("WAFOptimisticLockException", "AWS WAF couldn't save your changes because someone changed the "+
		"resource after you started to edit it. Reapply your changes.")
}

func associated() error {
	return api.Refuse("WAFAssociatedItemException", "AWS WAF couldn't perform the operation because your resource is "+
		"being used by another resource or it's associated with another resource.")
}

func limitExceeded() error {
	return api.Refuse("WAFLimitsExceededException", "AWS WAF couldn't perform the operation because you exceeded your "+
		"resource limit.")
}

// invalid names the parameter that is wrong: field is one of AWS's constants,
// such as SCOPE_VALUE.
func invalid(field, parameter, format string, args ...any) error {
	reason := fmt.Sprintf(format, args...)
	refusal := api.Refuse("WAFInvalidParameterException", "Error reason: %s, field: %s, parameter: %s", reason, field, parameter)
	refusal.Fields = map[string]string{"Field": field, "Parameter": parameter, "Reason": reason}
	return refusal
}
