package wafv2

import (
	"maps"
	"slices"

	"imagecdn/localaws/api"
)

// managedRuleGroups are AWS's own, by name ("AWS Managed Rules rule groups list").
var managedRuleGroups = map[string]struct {
	capacity int
	about    string
}{
	"AWSManagedRulesCommonRuleSet":          {700, "Rules that are generally applicable to web applications."},
	"AWSManagedRulesAdminProtectionRuleSet": {100, "Rules that block external access to exposed administrative pages."},
	"AWSManagedRulesKnownBadInputsRuleSet":  {200, "Rules that block request patterns known to be invalid."},
	"AWSManagedRulesSQLiRuleSet":            {200, "Rules that block exploitation of SQL databases."},
	"AWSManagedRulesLinuxRuleSet":           {200, "Rules that block exploitation of Linux."},
	"AWSManagedRulesUnixRuleSet":            {100, "Rules that block exploitation of POSIX systems."},
	"AWSManagedRulesWindowsRuleSet":         {200, "Rules that block exploitation of Windows."},
	"AWSManagedRulesPHPRuleSet":             {100, "Rules that block exploitation of PHP."},
	"AWSManagedRulesWordPressRuleSet":       {100, "Rules that block exploitation of WordPress."},
	"AWSManagedRulesAmazonIpReputationList": {25, "Rules based on Amazon's threat intelligence."},
	"AWSManagedRulesAnonymousIpList":        {50, "Rules against services that hide who a viewer is."},
	"AWSManagedRulesBotControlRuleSet":      {50, "Rules that manage requests of bots."},
	"AWSManagedRulesATPRuleSet":             {50, "Rules against the takeover of accounts."},
	"AWSManagedRulesACFPRuleSet":            {50, "Rules against fraudulent creation of accounts."},
	"AWSManagedRulesAntiDDoSRuleSet":        {50, "Rules against denial of service by many."},
}

type managedRuleGroup struct {
	VendorName, Name, Description string
	VersioningSupported           bool
}

type managedInput struct {
	Scope string
	Limit int
}

type managedOutput struct{ ManagedRuleGroups []managedRuleGroup }

func (s *Service) listManagedRuleGroups(r *api.Request, in *managedInput) (*managedOutput, error) {
	if err := checkScope(r, in.Scope); err != nil {
		return nil, err
	}
	out := &managedOutput{}
	for _, name := range slices.Sorted(maps.Keys(managedRuleGroups)) {
		out.ManagedRuleGroups = append(out.ManagedRuleGroups,
			managedRuleGroup{VendorName: "AWS", Name: name, Description: managedRuleGroups[name].about})
	}
	return out, nil
}
